import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFaults } from '../../src/sandbox/faults.js';
import { randomNumbers } from '../../tools/replay.js';
import { fill } from '../helpers/dozen.js';
import { type FakeClock, standStill } from '../helpers/fake-clock.js';
import { runCli } from '../helpers/run-cli.js';
import { startSandbox } from '../helpers/sandbox.js';
import { Screen } from '../helpers/screen.js';

/*
 * What commands leave in a terminal, or show at a moment, as files in screens/. After an intended change, run npx
 * vitest run test/ui/screens.test.ts -u and check the difference.
 */

interface Moment {
  /** Seconds from the start until the clock stops. */
  at: number;
  /** What the screen shows at that moment. */
  shows: RegExp;
}

interface Scene {
  moment?: Moment;
  env?: Record<string, string>;
  stdin?: string;
  columns?: number;
}

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  sandbox = await startSandbox();
  await fill(sandbox.store, sandbox.clock.now());
});
afterEach(() => sandbox.close());

const awsEast = { provider: 'AWS', atlasRegion: 'US_EAST_1' } as const;

const frames = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g;

function start(line: string, screen: Screen, clock: FakeClock, env = {}, stdin: string | null = null) {
  let interrupt = (_: 'SIGINT') => {};
  const ended = runCli(line.split(' '), {
    screen,
    stdin,
    clock,
    env: { ...sandbox.env, ...env },
    onStart: (given) => {
      interrupt = given;
    },
  });
  return { ended, interrupt };
}

/** Returns the screen after a command. With a moment: the screen at that moment, before the command is interrupted. */
async function show(line: string, { moment, env = {}, stdin, columns = 80 }: Scene = {}): Promise<string> {
  const screen = new Screen({ columns, rows: 60, convertEol: true });
  const { clock } = sandbox;
  const used = moment ? standStill(clock, clock.now() + moment.at * 1000) : clock;
  const { ended, interrupt } = start(line, screen, used, env, stdin);
  let lines: string[] | undefined;
  if (moment) {
    await screen.shows(moment.shows, ended);
    lines = screen.lines();
    interrupt('SIGINT');
  }
  await ended;
  await screen.written();
  return known(lines ?? screen.lines());
}

/** The visible frame of a spinner is random, and so are ids in AWS. */
function known(lines: readonly string[]): string {
  const shown = lines.map((text) => `${text.trimEnd()}\n`).join('');
  const same = shown.replaceAll(/(?<=\b(?:sg|vpce)-)[0-9a-f]{17}\b/g, '0123456789abcdef0');
  return same.replaceAll(frames, '⠋').replaceAll(/^[-\\|/] /gm, '- ');
}

const asking = { at: 0, shows: /\[y\/N\]/ };

const scenes: [name: string, line: string, scene?: Scene][] = [
  ['list', 'list'],
  ['list', 'list', { columns: 60 }],
  ['list-check', 'list --check --provider aws'],
  ['list-all-projects', 'list --all-projects --check --provider azure'],
  ['get-azure', 'get eastus2'],
  ['wait', 'wait eu-west-1 westeurope northeurope europe-west1', { moment: { at: 25, shows: /europe-west1 .* 25/ } }],
  ['wait-ascii', 'wait eu-west-1 westeurope', { moment: { at: 5, shows: /europe .* 5/ }, env: { TERM: 'linux' } }],
  ['wait-failed', 'wait eu-west-1 northeurope'],
  ['error', 'get us-east-2'],
  ['help-list', 'list --help'],
  ['help-list', 'list --help', { columns: 60 }],
  ['connect-plan', 'connect us-east-1', { moment: asking }],
  ['connect-plan', 'connect us-east-1', { moment: asking, columns: 60 }],
  ['delete', 'delete us-west-2', { moment: asking }],
];

test('spinner rows leave nothing behind if the terminal gets narrower', async () => {
  const screen = new Screen({ columns: 110, rows: 40, convertEol: true });
  screen.write('before\n');
  const clock = standStill(sandbox.clock, sandbox.clock.now() + 5000);
  const { ended, interrupt } = start('wait westeurope europe-west1', screen, clock);
  const shown = () => screen.lines().join('\n').replaceAll(frames, '⠋');
  await screen.shows(/europe-west1 .* 5s .*–/, ended);
  for (const columns of [100, 45, 20, 110, 50]) {
    // Pending output was drawn for the old width.
    await screen.written();
    screen.resize(columns, 40);
    // A spinner that is being redrawn may have no rows yet.
    await expect
      .poll(() => shown().replaceAll(/ +(INIT|[0-9a-f]{24}|\d+s|$).*/gm, ''))
      .toBe('before\n⠋ westeurope\n⠋ europe-west1');
  }
  interrupt('SIGINT');
  await ended;
});

test('faults are told above the rows, once', async () => {
  await sandbox.close();
  const faults = createFaults([{ path: '/endpointService/*', nth: [{ from: 1, to: 2 }], status: 502 }]);
  sandbox = await startSandbox({ faults });
  expect((await show('create us-east-1 --wait', { columns: 200 })).split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(/^Warning: .*\(UNEXPECTED_ERROR 502\)\. Still waiting\. The wait ends after 5m without/),
    'Atlas is responding again.',
    expect.stringMatching(/^✔ us-east-1/),
  ]);
});

test('colours are readable on a dark and on a light background', async () => {
  const used = new Set<string>();
  const lines = ['list', 'list --check', 'get us-east-1', 'get eastus2', 'interface list', 'connection-strings'];
  for (const line of lines) {
    const screen = new Screen({ columns: 120, rows: 60, convertEol: true });
    await runCli(line.split(' '), { screen, stdin: null, clock: sandbox.clock, env: sandbox.env });
    await screen.written();
    for (const piece of screen.raw.split('\x1b[')) used.add(/^([\d;]*)m/.exec(piece)?.[1] ?? '');
  }
  // Bold, dim, red, green, magenta, cyan, and their ends. Not yellow (33), white (37), bright colours or backgrounds.
  const readable = ['', '1', '2', '22', '31', '32', '35', '36', '39'];
  expect([...used].filter((code) => !readable.includes(code))).toEqual([]);
  expect([...used]).toEqual(expect.arrayContaining(['31', '32', '35', '36']));
});

test.each(scenes)('%s: %s %o', async (name, line, scene) => {
  const shown = await show(line, scene);
  await expect(shown).toMatchFileSnapshot(`screens/${name}.${scene?.columns ?? 80}.txt`);
});

test('connect, again, and disconnect', async () => {
  await sandbox.close();
  sandbox = await startSandbox({
    // The same ids each time.
    random: randomNumbers(1),
    world: { clusters: ['Cluster0', 'Reports'].map((name) => ({ name, regions: [awsEast] })) },
  });
  const pieces: [name: string, lines: string[]][] = [
    ['connect-done', ['connect us-east-1 --yes']],
    ['connect-again', ['connect us-east-1']],
    ['disconnect', ['disconnect us-east-1 --keep-service', 'disconnect us-east-1 --dry-run', 'disconnect us-east-1']],
  ];
  for (const [name, lines] of pieces) {
    const shown: string[] = [];
    for (const line of lines) shown.push(await show(line, { stdin: 'y\r' }));
    await expect(shown.join('\n')).toMatchFileSnapshot(`screens/${name}.80.txt`);
  }
});

test('connect that is interrupted', async () => {
  const screen = new Screen({ columns: 80, rows: 60, convertEol: true });
  const { ended, interrupt } = start(
    'connect us-east-1 --yes',
    screen,
    standStill(sandbox.clock, sandbox.clock.now()),
  );
  await screen.shows(/VPC endpoint {8}vpce/, ended);
  interrupt('SIGINT');
  await ended;
  await screen.written();
  await expect(known(screen.lines())).toMatchFileSnapshot('screens/connect-interrupted.80.txt');
});

test('the older kind on GCP, and its conversion', async () => {
  await sandbox.close();
  sandbox = await startSandbox({
    // The same ids each time.
    random: randomNumbers(1),
    world: { clusters: [{ name: 'app', regions: [{ provider: 'GCP', atlasRegion: 'US_EAST_4' }] }] },
  });
  for (const line of [
    'create --provider gcp --region us-east4 --no-port-mapping --wait',
    'interface add us-east4 grp --gcp-project atlas-pe-sandbox --endpoint a@10.0.0.1,b@10.0.0.2 --wait',
    'connection-strings --wait',
  ]) {
    sandbox.clock.advance(1);
    const { exitCode, stderr } = await runCli(line.split(' '), { env: sandbox.env, clock: sandbox.clock });
    expect(exitCode, stderr).toBe(0);
  }
  const shown: string[] = [];
  for (const line of ['list', 'convert us-east4 --yes', 'convert us-east4 --finish --yes'])
    shown.push(await show(line));
  await expect(shown.join('\n')).toMatchFileSnapshot('screens/convert.80.txt');
});
