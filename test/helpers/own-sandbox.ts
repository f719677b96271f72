import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import type { World, WorldOptions } from '../../src/sandbox/world.js';
import { type CliOptions, endsOf, type Run, runCli } from './run-cli.js';
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

/** What a sandbox has at some time. */
export interface Saved {
  world: World;
  now: number;
}

/**
 * One sandbox for each test of a file. A test can set and change its faults. `hints`: commands show them. `world`: what
 * it has unless a test says otherwise.
 */
export function ownSandbox({ hints = false, world = {} }: { hints?: boolean; world?: Partial<WorldOptions> } = {}) {
  let rules = createFaults([]);
  /** Runs a command against the sandbox. Moves the clock, so that no two commands start at the same moment. */
  const atlas = (line: string, options: CliOptions = {}): Promise<Run> => {
    own.sandbox.clock.advance(1);
    return runCli(line.split(' '), { env: own.sandbox.env, clock: own.sandbox.clock, hints, ...options });
  };
  const ends = endsOf(atlas);
  const own = {
    sandbox: undefined as unknown as Awaited<ReturnType<typeof startSandbox>>,
    /** Also resets the request counts of the faults. */
    set faults(faults: readonly Fault[]) {
      rules = createFaults(faults);
    },
    /** Starts a new sandbox with other options. */
    async restart(more: Partial<WorldOptions> = {}): Promise<void> {
      await own.sandbox?.close();
      own.faults = [];
      const next = (...request: Parameters<typeof rules.next>) => rules.next(...request);
      own.sandbox = await startSandbox({ world: { ...world, ...more }, faults: { next } });
    },
    /** Changes options of the sandbox that is there. */
    async change(options: Partial<WorldOptions>): Promise<void> {
      await own.sandbox.store.update((world) => {
        return { world: { ...world, options: { ...world.options, ...options } }, answer: undefined };
      });
    },
    async save(): Promise<Saved> {
      return { world: await own.sandbox.store.read(), now: own.sandbox.clock.now() };
    },
    /** Gives the sandbox what was saved, no earlier than it was. */
    async load(saved: Saved): Promise<void> {
      const { store, clock } = own.sandbox;
      clock.advance(Math.max(0, saved.now - clock.now()));
      await store.update(() => ({ world: saved.world, answer: undefined }));
    },
    /** The same, with a new sandbox. */
    async restore(saved: Saved): Promise<void> {
      await own.restart();
      await own.load(saved);
    },
    /** What this leaves, for several tests: only the first call runs it. Each call returns what it has returned. */
    once<T>(prepare: () => Promise<T>): () => Promise<T> {
      let first: (Saved & { result: T }) | undefined;
      return async () => {
        if (first) await own.load(first);
        else {
          const result = await prepare();
          first = { result, ...(await own.save()) };
        }
        return first.result;
      };
    },
    atlas,
    /** Runs a command, which must succeed. */
    async succeeds(line: string, options: CliOptions = {}): Promise<Run> {
      const run = await own.atlas(line, options);
      expect(run.exitCode, `${line}\n${run.stderr}`).toBe(0);
      return run;
    },
    /** Runs a command that must end in this way. */
    ends,
    /** Runs a command, which must succeed. Returns its JSON. */
    async json(line: string, options: CliOptions = {}) {
      return JSON.parse((await ends(`${line} --json`, 0, '', undefined, options)).stdout);
    },
  };
  beforeEach(() => own.restart());
  afterEach(() => own.sandbox.close());
  return own;
}
