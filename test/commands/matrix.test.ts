import { expect, test } from 'vitest';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { createService, statusOf } from '../../src/sandbox/services.js';
import { defaultProject, type FaultOutcome } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runCli } from '../helpers/run-cli.js';
import { startSandbox } from '../helpers/sandbox.js';

/*
 * Every command under every fault. A fault affects the main request of a command: the POST of a create, the DELETE of a
 * delete, and otherwise the GETs. It affects the first one only, or all of them.
 */

const commands = {
  create: { line: 'create --region us-east-1', hits: { method: 'POST', path: '/endpointService' } },
  'create --wait': { line: 'create --region us-east-1 --wait', hits: { method: 'POST', path: '/endpointService' } },
  get: { line: 'get us-east-1', hits: { method: 'GET' } },
  list: { line: 'list', hits: { method: 'GET' } },
  delete: { line: 'delete us-east-1 --yes', hits: { method: 'DELETE' } },
  'delete --wait': { line: 'delete us-east-1 --yes --wait', hits: { method: 'DELETE' } },
  wait: { line: 'wait us-east-1', hits: { method: 'GET' } },
  'wait, polling': { line: 'wait us-east-1', hits: { method: 'GET', path: '/endpointService/*' } },
} satisfies Record<string, { line: string; hits: Fault }>;

const faults: Record<string, { fault?: Fault; fate?: FaultOutcome; refused?: true; token?: true }> = {
  none: {},
  refused: { refused: true },
  'reset before': { fault: { drop: 'before' } },
  'reset after': { fault: { drop: 'after' } },
  'time-out': { fault: { delayMs: 31_000 } },
  'HTTP 429': { fault: { status: 429 } },
  'HTTP 429 Retry-After': { fault: { status: 429, headers: { 'Retry-After': '7' } } },
  'HTTP 502': { fault: { status: 502, body: '<html>' } },
  'HTTP 503 Retry-After': { fault: { status: 503, headers: { 'Retry-After': '7' } } },
  'HTTP 504 after': { fault: { status: 504, effect: true } },
  HTML: { fault: { status: 200, body: '<html>' } },
  truncated: { fault: { truncate: 1 } },
  'stale nonce': { fault: { auth: 'stale-nonce' } },
  'expired token': { fault: { auth: 'expired-token' }, token: true },
  FAILED: { fate: { kind: 'failed', reason: 'No capacity' } },
  vanishes: { fate: { kind: 'vanishes' } },
  'never ready': { fate: { kind: 'never-ready' } },
};

interface Cell {
  exitCode: number;
  requests: number;
  /** The statuses of the endpoints that exist afterwards. */
  world: string[];
  seconds: number;
}

async function run(command: keyof typeof commands, name: string, times: 'once' | 'always'): Promise<Cell> {
  const { line, hits } = commands[command];
  const { fault, fate, refused, token } = faults[name] ?? {};
  const clock = fakeClock();
  const nth = times === 'once' ? [{ from: 1, to: 1 }] : [{ from: 1, to: Number.POSITIVE_INFINITY }];
  const fates: Fault[] = fate ? [{ method: 'POST', path: '/endpointService', fate }] : [];
  const sandbox = await startSandbox({
    clock,
    world: { readyAfter: 5000 },
    faults: createFaults([...(fault ? [{ ...hits, ...fault, nth }] : []), ...fates]),
  });
  if (!line.startsWith('create')) {
    const wanted = {
      provider: 'AWS',
      region: 'us-east-1',
      supportedRemoteRegions: null,
      portMappingEnabled: false,
    } as const;
    await sandbox.store.update((world) => ({
      world: createService({ world, now: clock.now(), random: () => 0.5, project: defaultProject, fate }, wanted)
        .world,
      answer: undefined,
    }));
    // A wait sees the change. The other commands start after it.
    if (fate && !line.startsWith('wait')) clock.advance(6000);
  }
  const env = {
    ...sandbox.env,
    ...(token && { ATLAS_PE_CLIENT_ID: sandboxKeys.clientId, ATLAS_PE_CLIENT_SECRET: sandboxKeys.clientSecret }),
  };
  if (refused) await sandbox.close();

  const started = clock.now();
  const provider = line.startsWith('create') ? [] : ['--provider', 'aws'];
  const { exitCode, stdout, stderr } = await runCli(
    [...line.split(' '), ...provider, '--json', '--log-format', 'json'],
    { env, clock },
  );
  const seconds = Math.round((clock.now() - started) / 1000);
  const view = { world: await sandbox.store.read(), now: clock.now() };
  const world = view.world.services.map((service) => statusOf(service, view)).filter((status) => status !== null);
  await sandbox.close();

  // On success valid JSON. Otherwise no output, and exactly one error with a hint.
  if (exitCode === 0) expect(JSON.parse(stdout), `${command}, ${name}`).toBeTypeOf('object');
  else {
    expect(stdout, `${command}, ${name}`).toBe('');
    const errors = stderr.split('\n').filter((text) => text.startsWith('{"error"'));
    expect(
      errors.map((text) => JSON.parse(text).error),
      `${command}, ${name}`,
    ).toEqual([expect.objectContaining({ exitCode, hint: expect.stringMatching(/\w/) })]);
  }
  return { exitCode, requests: sandbox.requests(), world, seconds };
}

const short: Record<string, string> = { INITIATING: 'I', WAITING_FOR_USER: 'W', FAILED: 'F', DELETING: 'D' };

/** `exit, requests, existing endpoints`, and the seconds if it took any. */
function show({ exitCode, requests, world, seconds }: Cell): string {
  const there = world.map((status) => short[status] ?? status).join('') || '-';
  return `${exitCode} ${requests}r ${there}${seconds > 0 ? ` ${seconds}s` : ''}`;
}

async function matrix(times: 'once' | 'always'): Promise<string> {
  const rows = [['', ...Object.keys(commands)]];
  // Without a fault of a request, the number of times makes no difference.
  for (const name of Object.keys(faults).filter((name) => times === 'once' || faults[name]?.fault)) {
    const cells = [];
    for (const command of Object.keys(commands) as (keyof typeof commands)[]) {
      cells.push(show(await run(command, name, times)));
    }
    rows.push([name, ...cells]);
  }
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join(' | ')
      .trimEnd(),
  );
  return `\n${lines.join('\n')}\n`;
}

test('a fault that occurs once', async () => {
  expect(await matrix('once')).toBe(`
                     | create     | create --wait  | get        | list       | delete     | delete --wait | wait           | wait, polling
none                 | 0 3r I     | 0 8r W 5s      | 0 2r I     | 0 2r I     | 0 3r D     | 0 6r - 3s     | 0 7r W 5s      | 0 7r W 5s
refused              | 1 0r - 3s  | 1 0r - 3s      | 1 0r I 3s  | 1 0r I 3s  | 1 0r I 3s  | 1 0r I 3s     | 1 0r W 317s    | 1 0r W 317s
reset before         | 0 9r I 10s | 0 14r W 15s    | 0 4r I     | 0 4r I     | 0 5r D     | 0 8r - 3s     | 0 9r W 5s      | 0 9r W 5s
reset after          | 0 5r I     | 0 10r W 5s     | 0 4r I     | 0 4r I     | 0 5r D     | 0 8r - 3s     | 0 9r W 5s      | 0 9r W 5s
time-out             | 0 5r W 31s | 0 5r W 31s     | 0 4r W 31s | 0 4r W 31s | 0 6r - 34s | 0 6r - 34s    | 0 4r W 31s     | 0 5r W 32s
HTTP 429             | 0 4r I     | 0 9r W 5s      | 0 3r I     | 0 3r I     | 0 4r D     | 0 7r - 3s     | 0 8r W 5s      | 0 8r W 5s
HTTP 429 Retry-After | 0 4r I 7s  | 0 9r W 12s     | 0 3r W 7s  | 0 3r W 7s  | 0 4r D 7s  | 0 7r - 10s    | 0 3r W 7s      | 0 4r W 8s
HTTP 502             | 0 8r I 10s | 0 13r W 15s    | 0 3r I     | 0 3r I     | 0 4r D     | 0 7r - 3s     | 0 8r W 5s      | 0 8r W 5s
HTTP 503 Retry-After | 0 8r I 10s | 0 13r W 15s    | 0 3r W 7s  | 0 3r W 7s  | 0 4r D 7s  | 0 7r - 10s    | 0 3r W 7s      | 0 4r W 8s
HTTP 504 after       | 0 4r I     | 0 9r W 5s      | 0 3r I     | 0 3r I     | 0 4r D     | 0 7r - 3s     | 0 8r W 5s      | 0 8r W 5s
HTML                 | 0 8r I 10s | 0 13r W 15s    | 1 2r I     | 1 2r I     | 1 4r I     | 1 4r I        | 1 2r I         | 0 8r W 5s
truncated            | 0 4r I     | 0 9r W 5s      | 0 3r I     | 0 3r I     | 0 4r D     | 0 7r - 3s     | 0 8r W 5s      | 0 8r W 5s
stale nonce          | 0 4r I     | 0 9r W 5s      | 0 3r I     | 0 3r I     | 0 4r D     | 0 7r - 3s     | 0 8r W 5s      | 0 8r W 5s
expired token        | 0 5r I     | 0 10r W 5s     | 0 4r I     | 0 4r I     | 0 5r D     | 0 8r - 3s     | 0 9r W 5s      | 0 9r W 5s
FAILED               | 0 3r I     | 6 7r F 5s      | 0 2r F     | 0 2r F     | 0 3r D     | 0 6r - 3s     | 6 7r F 5s      | 6 7r F 5s
vanishes             | 0 3r I     | 6 33r - 62s    | 3 7r -     | 0 2r -     | 3 7r -     | 3 7r -        | 6 33r - 62s    | 6 33r - 62s
never ready          | 0 3r I     | 8 316r I 3600s | 0 2r I     | 0 2r I     | 0 3r D     | 0 6r - 3s     | 8 316r I 3600s | 8 316r I 3600s
`);
});

test('a permanent fault', async () => {
  expect(await matrix('always')).toBe(`
                     | create      | create --wait | get        | list       | delete     | delete --wait | wait           | wait, polling
reset before         | 1 12r - 20s | 1 12r - 20s   | 1 10r I 3s | 1 10r I 3s | 1 13r I 3s | 1 13r I 3s    | 1 36r W 317s   | 1 37r W 318s
reset after          | 0 5r I      | 0 10r W 5s    | 1 10r I 3s | 1 10r I 3s | 0 13r - 3s | 0 13r - 3s    | 1 36r W 317s   | 1 37r W 318s
time-out             | 0 5r W 31s  | 0 5r W 31s    | 1 4r W 62s | 1 4r W 62s | 0 7r - 62s | 0 7r - 62s    | 1 18r W 336s   | 1 19r W 337s
HTTP 429             | 1 6r - 3s   | 1 6r - 3s     | 1 6r I 3s  | 1 6r I 3s  | 1 7r I 3s  | 1 7r I 3s     | 8 174r W 3600s | 8 174r W 3600s
HTTP 429 Retry-After | 1 6r - 28s  | 1 6r - 28s    | 1 6r W 28s | 1 6r W 28s | 1 7r W 28s | 1 7r W 28s    | 8 173r W 3600s | 8 174r W 3600s
HTTP 502             | 1 10r - 20s | 1 10r - 20s   | 1 6r I 3s  | 1 6r I 3s  | 1 8r I 3s  | 1 8r I 3s     | 1 22r W 317s   | 1 23r W 318s
HTTP 503 Retry-After | 1 10r - 20s | 1 10r - 20s   | 1 6r W 28s | 1 6r W 28s | 1 8r W 28s | 1 8r W 28s    | 1 21r W 316s   | 1 22r W 317s
HTTP 504 after       | 0 4r I      | 0 9r W 5s     | 1 6r I 3s  | 1 6r I 3s  | 0 8r - 3s  | 0 8r - 3s     | 1 22r W 317s   | 1 23r W 318s
HTML                 | 1 10r - 20s | 1 10r - 20s   | 1 2r I     | 1 2r I     | 1 4r I     | 1 4r I        | 1 2r I         | 1 23r W 318s
truncated            | 0 4r I      | 0 9r W 5s     | 1 6r I 3s  | 1 6r I 3s  | 0 8r - 3s  | 0 8r - 3s     | 1 22r W 317s   | 1 23r W 318s
stale nonce          | 4 4r -      | 4 4r -        | 4 4r I     | 4 4r I     | 4 6r I     | 4 6r I        | 4 4r I         | 4 6r I 1s
expired token        | 4 6r -      | 4 6r -        | 4 6r I     | 4 6r I     | 4 7r I     | 4 7r I        | 4 6r I         | 4 7r I 1s
`);
});
