import type { LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Clock, systemClock } from '../base/clock.js';
import { type Keychain, openKeychain } from '../config/keychain.js';

/** The parts of the host that tests replace, besides Node's process. */
export interface HostParts {
  clock: Clock;
  /** Null if this host has no keychain. */
  keychain: () => Promise<Keychain | null>;
  /** Random numbers from 0 to 1, for jitter. */
  random: () => number;
  /** When this process started, in milliseconds since 1970. */
  startedAt: number;
  /** Loads a function that returns whether this process is in the foreground of its terminal. */
  foreground(): Promise<() => boolean>;
  /** Looks up host names; default: the system's lookup. */
  lookup?: LookupFunction | undefined;
  /** Its IPv4 addresses, without loopback. */
  addresses(): readonly string[];
  /** Kills the process if it is still running after this many milliseconds. */
  killAfter(ms: number): Promise<void>;
}

export const hostParts: HostParts = {
  clock: systemClock,
  keychain: openKeychain,
  random: Math.random,
  startedAt: Date.now() - process.uptime() * 1000,
  foreground: async () => (await import('../base/foreground.js')).isInForeground,
  addresses: () =>
    Object.entries(networkInterfaces())
      // The networks of containers are on this machine only.
      .filter(([name]) => !/^(?:docker|br-|veth|virbr)/.test(name))
      .flatMap(([, each]) => each ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address),
  // Uses another thread: a native call that never returns would block this thread's timers and its exit.
  killAfter: async (ms) => {
    const { Worker } = await import('node:worker_threads');
    const script = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`;
    new Worker(script, { eval: true }).unref();
  },
};
