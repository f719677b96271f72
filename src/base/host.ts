import type { Readable, Writable } from 'node:stream';

/** The environment, or a stand-in for it. An empty variable counts as one that isn't set. */
export type Env = Readonly<Record<string, string | undefined>>;

export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export interface Streams {
  stdin: Readable & { isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  stdout: Output;
  stderr: Output;
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGTSTP' | 'SIGCONT' | 'SIGHUP' | 'SIGQUIT';

/** What main needs of the process, so that a test can be one. */
export interface System extends Streams {
  env: Env;
  on(event: Signal | 'warning', listener: (warning?: unknown) => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
  /** How many print the warnings of Node itself: none where they are switched off. */
  listenerCount(event: 'warning'): number;
  removeAllListeners(event: 'warning'): unknown;
  /** Sends this process a signal. */
  kill(pid: number, signal: Signal): unknown;
  readonly pid: number;
  readonly platform: NodeJS.Platform;
}
