import type { LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { systemClock } from '../base/clock.js';
import { openKeychain } from '../config/store.js';

/** The parts of the host that tests replace, besides Node's process. */
export type HostParts = typeof hostParts & {
  /** Looks up host names; default: the system's lookup. */
  lookup?: LookupFunction | undefined;
};

export const hostParts = {
  clock: systemClock,
  /** Null if this host has no keychain. */
  keychain: openKeychain,
  /** When this process started, in milliseconds since 1970. */
  startedAt: Date.now() - process.uptime() * 1000,
  foreground: async () => (await import('../base/foreground.js')).isInForeground,
  /** Its IPv4 addresses, without loopback. */
  addresses: (): readonly string[] =>
    Object.entries(networkInterfaces())
      // The networks of containers are on this machine only.
      .filter(([name]) => !/^(?:docker|br-|veth|virbr)/.test(name))
      .flatMap(([, each]) => each ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address),
  /** Kills the process after this many milliseconds, from another thread: a native call may block this one. */
  killAfter: async (ms: number) => {
    const { Worker } = await import('node:worker_threads');
    const script = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`;
    new Worker(script, { eval: true }).unref();
  },
};
