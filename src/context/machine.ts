import type { LookupFunction } from 'node:net';
import { type Clock, systemClock } from '../base/clock.js';
import { type Keychain, openKeychain } from '../config/keychain.js';

/** What of the machine a test replaces. */
export interface Machine {
  clock: Clock;
  /** Null where this machine has no keychain. */
  keychain: () => Promise<Keychain | null>;
  /** Numbers from 0 to 1, for jitter. */
  random: () => number;
  /** When this process began; milliseconds since 1970. */
  startedAt: number;
  /** What tells, whenever it is asked, whether this process is in the foreground of its terminal. */
  foreground(): Promise<() => boolean>;
  /** How host names are looked up; the system's way where it is left out. */
  lookup?: LookupFunction | undefined;
  /** Ends the process by force should it be there still after so many milliseconds. */
  killAfter(ms: number): Promise<void>;
}

export const thisMachine: Machine = {
  clock: systemClock,
  keychain: openKeychain,
  random: Math.random,
  startedAt: performance.timeOrigin,
  foreground: async () => (await import('../base/foreground.js')).isInForeground,
  // From another thread: a native call that never returns holds up this one's timers, and its end too.
  killAfter: async (ms) => {
    const { Worker } = await import('node:worker_threads');
    const script = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`;
    new Worker(script, { eval: true }).unref();
  },
};
