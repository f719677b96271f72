import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { type CliOptions, type Run, runCli } from './run-cli.js';
import { startSandbox } from './sandbox.js';

/** An id of an interface endpoint on AWS. */
export const vpce = (digit: string) => `vpce-${digit.repeat(17)}`;

/** One sandbox for all tests of a file. Its list of exchanges is cleared after each test. */
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

/** One sandbox for each test of a file. A test can set and change its faults. `hints`: commands show them. */
export function ownSandbox({ hints = false }: { hints?: boolean } = {}) {
  let rules = createFaults([]);
  const own = {
    sandbox: undefined as unknown as Awaited<ReturnType<typeof startSandbox>>,
    /** Also resets the request counts of the faults. */
    set faults(faults: readonly Fault[]) {
      rules = createFaults(faults);
    },
    /** Starts a new sandbox with other options. */
    async restart(world: Partial<WorldOptions> = {}): Promise<void> {
      await own.sandbox?.close();
      own.faults = [];
      const next = (...request: Parameters<typeof rules.next>) => rules.next(...request);
      own.sandbox = await startSandbox({ world, faults: { next } });
    },
    /** Runs a command against the sandbox. Moves the clock, so that no two commands start at the same moment. */
    atlas(line: string, options: CliOptions = {}): Promise<Run> {
      own.sandbox.clock.advance(1);
      return runCli(line.split(' '), { env: own.sandbox.env, clock: own.sandbox.clock, hints, ...options });
    },
    /** Runs a command that must end with this exit code, with this text on stderr, and with exactly this stdout. */
    async ends(line: string, exitCode: number, stderr: string | RegExp, stdout?: string): Promise<void> {
      const run = await own.atlas(line);
      const like = typeof stderr === 'string' ? expect.stringContaining(stderr) : expect.stringMatching(stderr);
      expect({ line, ...run }).toEqual({ line, exitCode, stderr: like, stdout: stdout ?? expect.any(String) });
    },
  };
  beforeEach(() => own.restart());
  afterEach(() => own.sandbox.close());
  return own;
}
