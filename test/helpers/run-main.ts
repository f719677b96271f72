import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Host } from '../../src/base/host.js';
import type { Keychain } from '../../src/config/store.js';
import { main } from '../../src/main.js';
import { type FakeClock, fakeClock } from './fake-clock.js';
import { clockOf } from './rough.js';
import type { Screen } from './screen.js';
import { temporaryFolder } from './temporary-folder.js';

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  clock?: FakeClock;
  /** Default: none. No test accesses the keychain of its machine. */
  keychain?: Keychain | null;
  /** A terminal to use instead of pipes. What is written to it is not in the run's stdout and stderr. */
  screen?: Screen;
  /** Whether stderr is a terminal (one that can't move its cursor), so that it shows hints. */
  hints?: boolean;
  /** What writing to stdout ends with, such as a full disk. Default: nothing. */
  stdoutError?: Error;
  /** Null: stdin stays open and empty. */
  stdin?: string | Buffer | Readable | null;
  /** Receives a function that interrupts the run and returns whether the run listened. */
  onStart?: (interrupt: (signal: 'SIGINT' | 'SIGTERM') => boolean) => void;
  /** How long the process took to start, in milliseconds. */
  startMs?: number;
  /** Called with the delay in milliseconds when the process asks to be killed. */
  onKillAfter?: (ms: number) => void;
  lookup?: LookupFunction | undefined;
  addresses?: readonly string[];
  /** Called with each chunk of stderr. It may interrupt the run. */
  onStderr?: (text: string, interrupt: (signal: 'SIGINT' | 'SIGTERM') => void) => void;
}

/** New temporary folders for configuration and sandbox, as environment variables. */
export function ownFolders(): Record<string, string> {
  const folder = temporaryFolder();
  return {
    ATLAS_PE_CONFIG_DIR: join(folder, 'config'),
    ATLAS_PE_DATA_DIR: join(folder, 'data'),
    ATLAS_PE_CACHE_DIR: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'others'),
    HOME: folder,
  };
}

/** Runs a command in this process, on pipes or a given screen, with a clock that never really waits. */
export async function runMain(argv: readonly string[], options: CliOptions = {}): Promise<Run> {
  const {
    hints = false,
    env: given = ownFolders(),
    clock = fakeClock(),
    stdin = '',
    onStart,
    onStderr,
    onKillAfter,
    keychain = null,
    startMs = 0,
    screen,
    stdoutError,
    lookup,
    addresses = ['192.0.2.1'],
  } = options;
  const env = hints ? { ...given, TERM: 'dumb' } : given;
  const listeners = new Map<string, Set<() => void>>();
  const interrupt = (signal: string) => {
    const called = [...(listeners.get(signal) ?? [])];
    for (const listener of called) listener();
    return called.length > 0;
  };
  const [stdout, stderr] = [collector(), collector((text) => onStderr?.(text, interrupt))];
  if (hints) Object.assign(stderr.stream, { isTTY: true });
  if (stdoutError) stdout.stream._transform = (_chunk, _encoding, done) => done(stdoutError);
  const input = Object.assign(new PassThrough(), { isTTY: screen !== undefined });
  if (stdin instanceof Readable) stdin.pipe(input);
  else if (stdin !== null) input.end(stdin);
  const host: Host = {
    env,
    stdin: input,
    stdout: screen?.stream ?? stdout.stream,
    stderr: screen?.stream ?? stderr.stream,
    on: (signal, listener) => listeners.set(signal, (listeners.get(signal) ?? new Set()).add(listener)),
    pid: 0,
    platform: 'linux',
    kill: () => undefined,
    listenerCount: () => 0,
    removeAllListeners: () => undefined,
    off: (signal, listener) => listeners.get(signal)?.delete(listener),
  };
  onStart?.(interrupt);
  const exitCode = await main(argv, host, {
    clock: clockOf(clock),
    lookup,
    keychain: async () => keychain,
    startedAt: clock.now() - startMs,
    foreground: async () => () => true,
    addresses: () => addresses,
    killAfter: async (ms) => onKillAfter?.(ms),
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(onText?: (text: string) => void): { stream: PassThrough; text: () => string } {
  let text = '';
  const stream = new PassThrough();
  stream.on('data', (chunk) => {
    text += chunk;
    onText?.(String(chunk));
  });
  return { stream, text: () => text };
}
