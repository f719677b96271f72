import { afterEach, beforeEach } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { type CliOptions, type Run, runCli } from './run-cli.js';
import { startSandbox } from './sandbox.js';

/** A sandbox for each test of a file, whose faults a test may set and change as it goes. */
export function ownSandbox() {
  const own = {
    sandbox: undefined as unknown as Awaited<ReturnType<typeof startSandbox>>,
    faults: [] as Fault[],
    /** Begins anew, with a world of another kind. */
    async restart(world: Partial<WorldOptions> = {}): Promise<void> {
      await own.sandbox?.close();
      own.faults = [];
      const faults = { next: (method: string, path: string) => createFaults(own.faults).next(method, path) };
      own.sandbox = await startSandbox({ world, faults });
    },
    /** Runs one command line against it. No two start at the same moment. */
    atlas(line: string, options: CliOptions = {}): Promise<Run> {
      own.sandbox.clock.advance(1);
      return runCli(line.split(' '), { env: own.sandbox.env, clock: own.sandbox.clock, ...options });
    },
  };
  beforeEach(() => own.restart());
  afterEach(() => own.sandbox.close());
  return own;
}
