import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { standStill } from '../helpers/fake-clock.js';
import { linesIn, ownSandbox } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

/* Progress during a wait: JSON lines, and rows in a terminal. */

const own = ownSandbox({ world: { readyAfter: 5000 } });
const { atlas, ends } = own;
const vpce = `vpce-${'a'.repeat(17)}`;
const attach = `interface add us-east-1 ${vpce} --wait`;

async function created(): Promise<string> {
  return (await atlas('create --region us-east-1 --wait --output id')).stdout.trim();
}

/** The data in the JSON lines, without the messages. */
async function factsOf(line: string) {
  const { stderr } = await ends(`${line} --json --log-format json`, 0);
  return linesIn(stderr)
    .filter(({ kind }) => kind === 'progress')
    .map(({ said: { message, ...facts } }) => facts);
}

describe('a JSON line says what changed, where, and after how many seconds', () => {
  const here = { projectId: defaultProject, provider: 'AWS', region: 'us-east-1', atlasRegion: 'US_EAST_1' };

  test('for endpoints', async () => {
    const facts = await factsOf('create us-east-1 --wait');
    const endpointId = (await atlas('list --output id')).stdout.trim();
    const about = { ...here, endpointId, interfaceEndpointId: null, cluster: null };
    expect(facts).toEqual([
      { ...about, status: 'INITIATING', elapsedSeconds: 0 },
      { ...about, status: 'WAITING_FOR_USER', elapsedSeconds: expect.any(Number) },
    ]);
    // The sandbox takes 5 s. It is polled about once a second.
    expect(facts[1]?.elapsedSeconds).toBeGreaterThanOrEqual(4.9);
    expect(facts[1]?.elapsedSeconds).toBeLessThan(7);
  });

  test('for interface endpoints', async () => {
    const endpointId = await created();
    const facts = await factsOf(attach);
    const about = { ...here, endpointId, interfaceEndpointId: vpce, cluster: null };
    expect(facts.length).toBeGreaterThan(1);
    for (const each of facts) expect(each).toMatchObject(about);
    expect([facts[0]?.elapsedSeconds, facts.at(-1)?.status]).toEqual([0, 'AVAILABLE']);
  });

  test('for clusters', async () => {
    await created();
    await atlas(`interface add us-east-1 ${vpce}`);
    const facts = await factsOf('connection-strings --wait');
    const none = { endpointId: null, interfaceEndpointId: null, provider: null, region: null, atlasRegion: null };
    expect(facts.length).toBeGreaterThan(1);
    for (const each of facts) expect(each).toMatchObject({ ...none, cluster: 'Cluster0', projectId: defaultProject });
    expect(facts.at(-1)?.status).toBe('IDLE');
  });
});

describe('a row in a terminal has a name, status and elapsed time', () => {
  /** The visible rows after this many seconds. */
  async function rowsAt(seconds: number, line: string): Promise<string[]> {
    const screen = new Screen({ columns: 160, rows: 24, convertEol: true });
    const { clock } = own.sandbox;
    let interrupt = (_: 'SIGINT') => {};
    const ended = atlas(line, {
      screen,
      stdin: null,
      clock: standStill(clock, clock.now() + 1 + seconds * 1000),
      onStart: (given) => {
        interrupt = given;
      },
    });
    await screen.shows(new RegExp(` ${seconds}s  `), ended);
    const rows = screen.lines().filter((text) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /.test(text));
    interrupt('SIGINT');
    expect((await ended).exitCode).toBe(130);
    return rows.map((row) => row.slice(2));
  }

  test.each([
    ['endpoints', 0, 'create --region us-east-1 --wait', /^us-east-1 {2}INITIATING {2}2s {2}[0-9a-f]{24} {2}\S/],
    ['interface endpoints', 1, attach, /^us-east-1 {2}\w+ {2}2s {2}vpce-a{17}$/],
    ['clusters', 2, 'connection-strings --wait', /^Cluster0 {2}\w+ {2}2s {2}\S/],
  ])('for %s', async (_, step, line, row) => {
    if (step > 0) await created();
    if (step > 1) await atlas(`interface add us-east-1 ${vpce}`);
    expect(await rowsAt(2, line)).toEqual([expect.stringMatching(row)]);
  });
});
