import { InterruptedError } from './errors.js';
import type { System } from './host.js';

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
  const [onInterrupt, onTerminate] = [stop('SIGINT'), stop('SIGTERM')];
  const end = () => {
    system.off('SIGINT', onInterrupt);
    system.off('SIGTERM', onTerminate);
  };
  system.on('SIGINT', onInterrupt);
  system.on('SIGTERM', onTerminate);
  return { signal: interruption.signal, end };
}
