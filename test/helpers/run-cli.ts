import { mkdtempSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { System } from '../../src/base/host.js';
import type { Keychain } from '../../src/config/keychain.js';
import { main } from '../../src/main.js';
import { stubAws } from './aws-environment.js';
import { type FakeClock, fakeClock } from './fake-clock.js';
import type { Screen } from './screen.js';

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  clock?: FakeClock;
  /** None by default: no test touches the keychain of the machine it runs on. */
  keychain?: Keychain;
  /** A terminal, instead of pipes; what is written to it is not in the run's stdout and stderr. */
  screen?: Screen;
  /** Null: nothing comes, and it stays open. */
  stdin?: string | Buffer | Readable | null;
  /** Given a way to interrupt the run. */
  onStart?: (interrupt: (signal: 'SIGINT' | 'SIGTERM') => void) => void;
  /** How long the process took to start, in milliseconds. */
  startMs?: number;
  /** How host names are looked up. */
  lookup?: LookupFunction | undefined;
  /** Called with each piece of stderr; may interrupt the run. */
  onStderr?: (text: string, interrupt: (signal: 'SIGINT' | 'SIGTERM') => void) => void;
}

/** Folders of its own for a test's configuration and sandbox, as the environment names them. */
export function ownFolders(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-'));
  return {
    ATLAS_PE_CONFIG_DIR: join(folder, 'config'),
    ATLAS_PE_DATA_DIR: join(folder, 'data'),
    ATLAS_PE_CACHE_DIR: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'others'),
    HOME: folder,
  };
}

/** Runs one command line in this process, in pipes unless it is given a screen, on a clock that never waits. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<Run> {
  const {
    env = ownFolders(),
    clock = fakeClock(),
    stdin = '',
    onStart,
    onStderr,
    keychain = null,
    startMs = 0,
    screen,
    lookup,
  } = options;
  const listeners = new Map<string, Set<() => void>>();
  const interrupt = (signal: string) => {
    for (const listener of listeners.get(signal) ?? []) listener();
  };
  const [stdout, stderr] = [collector(), collector((text) => onStderr?.(text, interrupt))];
  const input = Object.assign(new PassThrough(), { isTTY: screen !== undefined });
  if (stdin instanceof Readable) stdin.pipe(input);
  else if (stdin !== null) input.end(stdin);
  const system: System = {
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
  stubAws(env);
  onStart?.(interrupt);
  const exitCode = await main(argv, system, {
    ...{ clock, lookup, random: () => 0.5, keychain: async () => keychain },
    ...{ startedAt: clock.now() - startMs, killAfter: async () => undefined, foreground: async () => () => true },
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
