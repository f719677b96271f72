import { InterruptedError } from './errors.js';
import type { Signal, System } from './host.js';

/** Listens to several signals. Returns what ends that. */
export function onSignals(
  system: Pick<System, 'on' | 'off'>,
  listeners: Partial<Record<Signal, () => void>>,
): () => void {
  const entries = Object.entries(listeners) as [Signal, () => void][];
  for (const [signal, listener] of entries) system.on(signal, listener);
  return () => {
    for (const [signal, listener] of entries) system.off(signal, listener);
  };
}

/** Makes the first SIGINT or SIGTERM abort a signal of ours; a second one, for what hangs, does what it does by default. */
export function listenToSignals(system: System): { signal: AbortSignal; end(): void } {
  const interruption = new AbortController();
  const stop = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (interruption.signal.aborted) {
      end();
      system.kill(system.pid, signal);
    }
    interruption.abort(new InterruptedError(signal));
  };
  const end = onSignals(system, { SIGINT: stop('SIGINT'), SIGTERM: stop('SIGTERM') });
  return { signal: interruption.signal, end };
}
