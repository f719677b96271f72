import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { type CliOptions, type Run, runCli } from './run-cli.js';
import { startSandbox } from './sandbox.js';

/** A sandbox for all tests of a file, whose exchanges are forgotten after each. */
export function sharedSandbox() {
  const shared = { sandbox: undefined as unknown as Awaited<ReturnType<typeof startSandbox>> };
  beforeAll(async () => {
    shared.sandbox = await startSandbox();
  });
  afterEach(async () => {
    await shared.sandbox.idle();
    shared.sandbox.exchanges.length = 0;
  });
  afterAll(() => shared.sandbox.close());
  return shared;
}

/** A sandbox for each test of a file, whose faults a test may set and change as it goes. */
export function ownSandbox() {
  let rules = createFaults([]);
  const own = {
    sandbox: undefined as unknown as Awaited<ReturnType<typeof startSandbox>>,
    /** Requests are counted from here on. */
    set faults(faults: readonly Fault[]) {
      rules = createFaults(faults);
    },
    /** Begins anew, with a world of another kind. */
    async restart(world: Partial<WorldOptions> = {}): Promise<void> {
      await own.sandbox?.close();
      own.faults = [];
      const next = (...request: Parameters<typeof rules.next>) => rules.next(...request);
      own.sandbox = await startSandbox({ world, faults: { next } });
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
