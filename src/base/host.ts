import type { Readable, Writable } from 'node:stream';

/** The environment variables, or a test's. An empty variable counts as unset. */
export type Env = Readonly<Record<string, string | undefined>>;

export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export interface Streams {
  stdin: Readable & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  stdout: Output;
  stderr: Output;
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGTSTP' | 'SIGCONT' | 'SIGHUP' | 'SIGQUIT';

/** The parts of the process that main uses, so that tests can replace them. */
export interface Host extends Streams {
  env: Env;
  on(event: Signal | 'warning', listener: (warning?: unknown) => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
  /** How many listeners print Node's own warnings. 0 if warnings are switched off. */
  listenerCount(event: 'warning'): number;
  removeAllListeners(event: 'warning'): unknown;
  /** Sends this process a signal. */
  kill(pid: number, signal: Signal): unknown;
  readonly pid: number;
  readonly platform: NodeJS.Platform;
}
