import { InterruptedError } from './errors.js';
import type { Host, Signal } from './host.js';

/** Listens to several signals. Returns a function that stops listening. */
export function onSignals(host: Pick<Host, 'on' | 'off'>, listeners: Partial<Record<Signal, () => void>>): () => void {
  const entries = Object.entries(listeners) as [Signal, () => void][];
  for (const [signal, listener] of entries) host.on(signal, listener);
  return () => {
    for (const [signal, listener] of entries) host.off(signal, listener);
  };
}

/** The first SIGINT or SIGTERM aborts the returned signal. A second one ends the process, in case it hangs. */
export function listenToSignals(host: Host): { signal: AbortSignal; end(): void } {
  const interruption = new AbortController();
  const stop = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (interruption.signal.aborted) {
      end();
      host.kill(host.pid, signal);
    }
    interruption.abort(new InterruptedError(signal));
  };
  const end = onSignals(host, { SIGINT: stop('SIGINT'), SIGTERM: stop('SIGTERM') });
  return { signal: interruption.signal, end };
}
