import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import { defaultProject, type World, type WorldOptions } from '../../src/sandbox/world.js';
import { stubAws } from './aws-environment.js';
import { listen } from './listen.js';
import { type CliOptions, ownFolders, type Run, runMain } from './run-main.js';
import { startSandbox } from './sandbox.js';
import { Screen } from './screen.js';

export { type CliOptions, ownFolders, type Run } from './run-main.js';

/** Runs a command in this process, with the AWS account of its environment for the time of the test. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<Run> {
  const { env = ownFolders() } = options;
  stubAws(env);
  return runMain(argv, { ...options, env });
}

/**
 * Makes a function that runs a command, which must end with this exit code, with such a text on stderr, and, where it
 * is given, with exactly this stdout or one like it. The function returns the run.
 */
export function endsOf<Line = string>(run: (line: Line, options?: CliOptions) => Promise<Run>) {
  return async (
    line: Line,
    exitCode: number,
    stderr: string | RegExp = '',
    stdout?: string | RegExp,
    options: CliOptions = {},
  ): Promise<Run> => {
    const ended = await run(line, options);
    const said = typeof stderr === 'string' ? expect.stringContaining(stderr) : expect.stringMatching(stderr);
    const printed = stdout instanceof RegExp ? expect.stringMatching(stdout) : (stdout ?? expect.any(String));
    expect({ line, ...ended }).toEqual({ line, exitCode, stderr: said, stdout: printed });
    return ended;
  };
}

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
    /** Enables regional mode. Only projects with sharded clusters alone have it. */
    async enableRegionalMode(): Promise<void> {
      const { clusters } = (await own.save()).world.options;
      await own.change({ clusters: clusters.map((cluster) => ({ ...cluster, sharded: true })) });
      await own.ends('regional-mode enable --yes', 0);
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
    /** Runs a command in a terminal. `stdin`: what is typed. Returns what the screen shows in the end. */
    async inTerminal(line: string, { columns = 160, ...options }: CliOptions & { columns?: number } = {}) {
      const screen = new Screen({ columns, rows: 60, convertEol: true });
      const { exitCode } = await atlas(line, { ...options, screen });
      await screen.written();
      const lines = screen.lines().map((text) => text.trimEnd());
      return { exitCode, lines, text: lines.join('\n') };
    },
    async succeeds(line: string, options: CliOptions = {}): Promise<Run> {
      const run = await own.atlas(line, options);
      expect(run.exitCode, `${line}\n${run.stderr}`).toBe(0);
      return run;
    },
    ends,
    /** Runs a command that fails with this exit code and error, and changes nothing. Returns what it says. */
    refused: async (
      line: string,
      exitCode: number,
      said: string | RegExp,
      { faults, ...options }: CliOptions & { faults?: readonly Fault[] } = {},
    ) => {
      const { world } = await own.save();
      if (faults) own.faults = faults;
      const { stderr } = await ends(line, exitCode, said, '', options);
      expect((await own.save()).world, stderr).toEqual(world);
      return stderr;
    },
    /** Runs a command, which must succeed. Returns its JSON. */
    async json(line: string, options: CliOptions = {}) {
      return JSON.parse((await ends(`${line} --json`, 0, '', undefined, options)).stdout);
    },
  };
  beforeEach(() => own.restart());
  afterEach(() => own.sandbox.close());
  return own;
}

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Starts a server that responds as the handler says. `count` is the number of the request, from 1. */
export async function serveAnswers(handler: Handler) {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    handler(request, response, count);
  });
  const { host, ...served } = await listen(server);
  return { ...served, baseUrl: `http://${host}`, count: () => count };
}

export async function startServer(handler: Handler) {
  const server = await serveAnswers(handler);
  onTestFinished(server.close);
  return server;
}

export function signedIn(baseUrl: string): Record<string, string> {
  const token = { ATLAS_PE_ACCESS_TOKEN: 't', ATLAS_PE_PROJECT: defaultProject };
  return { ...ownFolders(), ...token, ATLAS_PE_BASE_URL: baseUrl };
}

/** Starts a server for one test. `run` runs a command against it. */
export async function fakeAtlas(handler: Handler, more: Record<string, string> = {}) {
  const server = await startServer(handler);
  const env = { ...signedIn(server.baseUrl), ...more };
  const run = (line: string | readonly string[], options: CliOptions = {}) =>
    runCli(typeof line === 'string' ? line.split(' ') : line, { env, ...options });
  return { ...server, env, run, ends: endsOf(run) };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const kinds = ['progress', 'warning', 'note', 'hint', 'error'] as const;
export type Kind = (typeof kinds)[number];

/** A line of JSON on stderr: its only key, and the value of that key. */
export interface Line {
  kind: Kind;
  said: { message: string; [key: string]: unknown };
  value: Record<string, unknown>;
}

/** Parses the stderr of a command that prints JSON. Fails if a line is not an object with one key. */
export function linesIn(stderr: string): Line[] {
  if (stderr === '') return [];
  expect(stderr.endsWith('\n'), stderr).toBe(true);
  return stderr
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const value = JSON.parse(line);
      const [kind, ...others] = Object.keys(Object(value));
      expect([others, kinds.includes(kind as Kind)], line).toEqual([[], true]);
      return { kind, said: value[kind as Kind], value } as Line;
    });
}

export function messagesIn(stderr: string, kind: Kind): string[] {
  return linesIn(stderr).flatMap((line) => (line.kind === kind ? [line.said.message] : []));
}
