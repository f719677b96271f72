import type { Readable, Writable } from 'node:stream';
import { InterruptedError } from './errors.js';

/** The environment variables, or a test's. An empty variable counts as unset. */
export type Env = Readonly<Record<string, string | undefined>>;

export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGTSTP' | 'SIGCONT' | 'SIGHUP' | 'SIGQUIT';

export interface Host {
  stdin: Readable & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  stdout: Output;
  stderr: Output;
  env: Env;
  on(event: Signal | 'warning', listener: (warning?: unknown) => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
  /** How many listeners print Node's own warnings. 0 if warnings are switched off. */
  listenerCount(event: 'warning'): number;
  removeAllListeners(event: 'warning'): unknown;
  kill(pid: number, signal: Signal): unknown;
  readonly pid: number;
  readonly platform: NodeJS.Platform;
}

export function onSignals(
  host: Pick<Host, 'on' | 'off'>,
  listeners: Partial<Record<Signal, () => void>>,
): () => void {
  const entries = Object.entries(listeners) as [Signal, () => void][];
  for (const [signal, listener] of entries) host.on(signal, listener);
  return () => {
    for (const [signal, listener] of entries) host.off(signal, listener);
  };
}

export type Interruption = ReturnType<typeof listenToSignals>;

export function listenToSignals(host: Host) {
  const interruption = new AbortController();
  const stop = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (interruption.signal.aborted) {
      end();
      host.kill(host.pid, signal);
    }
    interruption.abort(new InterruptedError(signal));
  };
  const end = onSignals(host, { SIGINT: stop('SIGINT'), SIGTERM: stop('SIGTERM') });
  return {
    /** The first SIGINT or SIGTERM aborts it. A second one ends the process, in case it hangs. */
    signal: interruption.signal,
    end,
    /** From now on, calls this for these signals. They don't interrupt the command any longer. */
    takeSignals: (signals: readonly Signal[], listener: (signal: Signal) => void) => {
      end();
      onSignals(host, Object.fromEntries(signals.map((each) => [each, () => listener(each)])));
    },
  };
}
