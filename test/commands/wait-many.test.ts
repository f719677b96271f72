import { describe, expect, test } from 'vitest';
import { goOnWaiting } from '../../src/endpoints/goal.js';
import { messagesIn, ownSandbox, vpce } from '../helpers/run-cli.js';

const own = ownSandbox({ world: { readyAfter: 5000 } });
const { atlas, ends, json } = own;

async function created(...lines: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const line of lines) ids.push((await atlas(`create --region ${line} --output id`)).stdout.trim());
  own.sandbox.exchanges.length = 0;
  return ids;
}

const requests = () =>
  own.sandbox.exchanges
    .filter(({ requestHeaders }) => requestHeaders.authorization !== undefined)
    .map(({ url }) => {
      const [, cloud = '', id] = /privateEndpoint\/(\w+)\/endpointService(\/\w+)?/.exec(url) ?? [];
      return `${id ? 'get' : 'list'} ${cloud}`;
    });
const linesOf = (stdout: string): unknown[] => JSON.parse(`[${stdout.trim().replaceAll('\n', ',')}]`);
const idsOf = async (line: string) => ((await json(line)) as { id: string }[]).map(({ id }) => id);

describe('many endpoints are polled with one list per cloud', () => {
  test('however many there are', async () => {
    const regions = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2'];
    const all = await created(...regions);
    expect(await idsOf('wait --all --provider aws')).toEqual(all);
    // The first poll, then one a second until they are ready.
    expect(requests()).toEqual(Array(6).fill('list AWS'));
  });

  test('separately for each cloud, and a single endpoint by its id', async () => {
    await created('us-east-1', 'us-east-2', 'us-central1 --provider gcp');
    await ends('wait --all', 0);
    expect(requests().slice(0, 5).sort()).toEqual(['get GCP', 'list AWS', 'list AWS', 'list AZURE', 'list GCP']);
    expect(requests()).toHaveLength(3 + 5 * 2);
  });

  test('an endpoint that the list omits is read by its id before it counts as deleted', async () => {
    const [kept = '', missing = ''] = await created('us-east-1', 'us-east-2');
    const { services } = await own.sandbox.store.read();
    const said = new RegExp(`us-east-2 ${missing} was deleted and cannot become ready.\nHint: .*: atlas-pe list\n$`);
    await ends(`wait ${kept} ${missing} --json`, 6, said, undefined, {
      onStderr: (text) => {
        if (!text.includes(`${missing}: INITIATING`)) return;
        void own.sandbox.store.update((world) => ({
          world: { ...world, services: services.filter(({ id }) => id === kept) },
          answer: undefined,
        }));
      },
    });
    expect(requests()).toContain('get AWS');
  });
});

test('in a terminal, what was ready from the start shows no time, and a late one has not failed', async () => {
  await created('us-east-1');
  await atlas('wait us-east-1');
  own.faults = [{ method: 'POST', fate: { kind: 'never-ready' } }];
  await created('us-east-2');
  const { lines } = await own.inTerminal('wait --all --timeout 10s', { stdin: '' });
  expect(lines.filter((text) => /^[✔✖○] /.test(text))).toEqual([
    expect.stringMatching(/^✔ us-east-1 \w{24}: WAITING_FOR_USER$/),
    expect.stringMatching(/^○ us-east-2 \w{24}: INITIATING after 10s$/),
  ]);
});

describe('wait --all', () => {
  test('waits for all endpoints that match --provider and --region', async () => {
    const [aws = '', azure = ''] = await created('us-east-2', 'eastus2 --provider azure', 'us-west-1');
    expect(await idsOf('wait --all --region US_EAST_2')).toEqual([aws, azure]);
    expect(await idsOf('wait --all --provider azure')).toEqual([azure]);
  });

  test('exits with 3 if there are none, but succeeds for DELETED', async () => {
    await ends('wait --all', 3, '', '');
    await ends('wait --all --until DELETED --json', 0, '', '[]\n');
  });

  test("can't be combined with names", async () => {
    await ends('wait us-east-1 --all', 2, 'Remove: us-east-1');
    expect(own.sandbox.exchanges).toEqual([]);
  });

  test('reports each change, and exits with the worst result', async () => {
    own.faults = [{ method: 'POST', path: '/endpointService', fate: { kind: 'failed', reason: 'No capacity' } }];
    const [failing = ''] = await created('us-east-1');
    own.faults = [{ method: 'POST', path: '/endpointService', fate: { kind: 'never-ready' } }];
    const [never = ''] = await created('us-east-2');
    own.faults = [];
    const [good = ''] = await created('us-west-1');
    const { stderr, stdout } = await ends('wait --all --timeout 1m --json', 6);
    // What is known is printed.
    const known = (JSON.parse(stdout) as { id: string; status: string }[]).map(({ id, status }) => `${id} ${status}`);
    expect(known).toEqual([`${failing} FAILED`, `${never} INITIATING`, `${good} WAITING_FOR_USER`]);
    expect(stderr.split('\n').map((line) => line.replace(/\d+s/, 'Ns'))).toEqual([
      `us-east-1 ${failing}: INITIATING`,
      `us-east-2 ${never}: INITIATING`,
      `us-west-1 ${good}: INITIATING`,
      `us-east-1 ${failing}: FAILED after Ns`,
      `us-west-1 ${good}: WAITING_FOR_USER after Ns`,
      `Warning: Timed out after 1m: us-east-2 ${never} is still INITIATING.`,
      `Error: us-east-1 ${failing} failed: No capacity.`,
      'Hint: Delete it, then create it again:',
      `  atlas-pe delete ${failing} --wait --yes`,
      '  atlas-pe create us-east-1 --provider aws',
      '',
    ]);
  });
});

describe('wait --any', () => {
  test('returns the first ready endpoint as one object, even if others failed', async () => {
    own.faults = [{ method: 'POST', path: '/endpointService', fate: { kind: 'failed', reason: 'No capacity' } }];
    await created('us-east-1');
    own.faults = [];
    const [first = ''] = await created('us-east-2');
    own.sandbox.clock.advance(3000);
    await created('us-west-1');
    const { exitCode, stdout, stderr } = await atlas('wait --any --json');
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ id: first })]);
    expect(stderr).toContain('failed: No capacity');
    expect(stderr).not.toMatch(/us-west-1 \w+: WAITING/);
  });

  test('ignores a missing endpoint, and can be resumed', async () => {
    const [id = ''] = await created('us-east-1');
    await ends('wait --any us-east-1 eu-west-1 --output id', 0, "'eu-west-1' ", `${id}\n`);
    await ends('wait --any eu-west-1 eu-west-2', 3);
    own.faults = [{ method: 'POST', path: '/endpointService', fate: { kind: 'never-ready' } }];
    await created('us-east-2', 'us-west-1');
    const stopped = await atlas('wait us-east-2 us-west-1 --any', {
      onStderr: (text, interrupt) => text.includes('us-west-1') && interrupt('SIGINT'),
    });
    expect(stopped.stderr).toMatch(/: atlas-pe wait us-east-2 us-west-1 --any\n$/);
  });
});

describe('with several clouds', () => {
  test("a failing cloud doesn't stop the others, and is reported once", async () => {
    const [aws = ''] = await created('us-east-1', 'us-central1 --provider gcp');
    own.faults = [{ path: '/GCP/endpointService/*', status: 502 }];
    const { exitCode, stdout, stderr } = await atlas('wait --any --json --log-format json');
    expect([exitCode, JSON.parse(stdout).id]).toEqual([0, aws]);
    expect(messagesIn(stderr, 'warning')).toEqual([
      expect.stringMatching(/^GCP: .*502\)\. Still waiting for the others\.$/),
    ]);
  });

  test('only those that have the region get a request', async () => {
    await created('us-east-1', 'eastus2 --provider azure');
    await ends('get us-east-1', 0);
    expect(requests()).toEqual(['list AWS']);
    await ends('get US_EAST_2', 0);
    expect(requests().slice(1).sort()).toEqual(['list AWS', 'list AZURE']);
  });

  test('an id on a working cloud is found while another cloud fails, but a region is not', async () => {
    const [id = ''] = await created('us-east-2');
    own.faults = [{ path: '/AZURE/endpointService', status: 502 }];
    await ends(`get ${id}`, 0);
    await ends('get US_EAST_2', 1);
  });
});

test('several time-outs give one error, and its hint continues all of them', async () => {
  own.faults = [{ method: 'POST', path: '/endpointService', fate: { kind: 'never-ready' } }];
  const ids = await created('us-east-1', 'us-east-2', 'us-west-1', 'us-west-2');
  const said = /Timed out after 10s: us-east-1 .+ and 1 more are still pending\.\n/;
  const { stderr } = await ends(`wait ${ids.join(' ')} --timeout 10s`, 8, said);
  expect(stderr).toContain(`\nHint: ${goOnWaiting} atlas-pe wait ${ids.join(' ')}\n`);
});

test.each([
  ['SIGINT', 'wait us-east-1 --until AVAILABLE'],
  ['SIGTERM', 'wait until DELETED --all --interface --provider aws'],
] as const)('%s during the first poll of %s says how to continue', async (signal, line) => {
  let interrupt = (): void => undefined;
  own.faults = [{ method: 'GET', delayMs: 20_000 }];
  const late = {
    ...own.sandbox.clock,
    timeout: (ms: number) => {
      interrupt();
      return own.sandbox.clock.timeout(ms);
    },
  };
  const { stderr } = await atlas(line, {
    clock: late,
    onStart: (send) => {
      interrupt = () => send(signal);
    },
  });
  expect(stderr).toContain(`Hint: ${goOnWaiting} atlas-pe ${line}\n`);
});

test('--output jsonl prints each endpoint at first and after each change', async () => {
  const [first = '', second = ''] = await created('us-east-1', 'us-east-2');
  const { stdout } = await ends('wait --all --output jsonl --fields id,status', 0);
  expect(linesOf(stdout)).toEqual([
    { id: first, status: 'INITIATING' },
    { id: second, status: 'INITIATING' },
    { id: first, status: 'WAITING_FOR_USER' },
    { id: second, status: 'WAITING_FOR_USER' },
  ]);
  await atlas(`delete ${first} --yes`);
  const gone = await atlas(`wait ${first} us-west-2 --until DELETED --output jsonl --fields region,status`);
  expect(linesOf(gone.stdout)).toEqual([
    { region: 'us-west-2', status: 'DELETED' },
    { region: 'us-east-1', status: 'DELETING' },
    { region: 'us-east-1', status: 'DELETED' },
  ]);
});

describe('a wait retries failed requests', () => {
  test('from the first poll on, and reports them once', async () => {
    await created('us-east-1');
    own.faults = [{ method: 'GET', nth: [{ from: 1, to: 4 }], status: 503 }];
    const { stderr } = await ends('wait --provider aws', 0);
    expect(stderr.match(/^Warning: .*503.*Still waiting\./gm)).toHaveLength(1);
    expect(stderr.match(/^Atlas is responding again\.$/gm)).toHaveLength(1);
    expect(own.sandbox.exchanges.filter(({ status }) => status === 503)).toHaveLength(4);
  });

  test('also if something else answers for once, after Atlas has', async () => {
    own.faults = [{ path: '*/endpointService/*', nth: [{ from: 1, to: 1 }], status: 200, body: '<html></html>' }];
    await ends('create us-east-1 --wait', 0, 'Still waiting.');
  });

  test("--timeout also ends it if Atlas doesn't respond, and the error says so", async () => {
    await created('us-east-1');
    own.faults = [{ method: 'GET', delayMs: 60_000 }];
    const { stderr } = await ends('wait --timeout 20s --json', 8, 'Timed out after 20s: no response from Atlas.', '');
    // A warning that it is still waiting would be wrong.
    expect(stderr).not.toContain('Still waiting');
    expect(stderr).toContain('Try again when Atlas responds.');
  });

  test.each([
    ['the look where it is named', 'us-east-1', '/AWS/endpointService'],
    ['the look where else it may be', 'us-east-1', '/AZURE/endpointService'],
    ['the look for all', '--all', '/GCP/endpointService'],
    ['the look for a project', 'us-east-1 --project Mine', '/groups/byName/*'],
    ['the look for what is attached', 'us-west-2 --interface', '/endpointService/*/endpoint/*'],
  ])('--timeout limits the tries of %s', async (_, args, path) => {
    await atlas('create us-west-2 --wait');
    await atlas(`interface add us-west-2 vpce-${'a'.repeat(17)}`);
    own.faults = [{ method: 'GET', path, status: 503 }];
    const started = own.sandbox.clock.monotonic();
    await ends(`wait ${args} --timeout 2s`, 8);
    expect(own.sandbox.clock.monotonic() - started).toBeLessThan(2500);
  });

  test('a time-out while Atlas is down reports both', async () => {
    await created('us-east-1');
    own.faults = [{ path: '/endpointService/*', status: 502 }];
    await ends('wait --timeout 20s', 8, /Timed out after 20s: us-east-1 \w+ is still INITIATING\. Last error: .*502/);
  });

  test('after five minutes it gives up and shows the last status', async () => {
    const [id] = await created('us-east-1');
    own.faults = [{ path: '/endpointService/*', drop: 'before' }];
    const hint = `Current status: us-east-1 ${id} (INITIATING). ${goOnWaiting} atlas-pe wait ${id}\n`;
    const { stderr } = await ends('wait', 1, /closed the connection.*\nHint: .*\n$/, '');
    expect(stderr).toContain(hint);
  });

  test.each([401, 403])('a %i ends it at once', async (status) => {
    const [id] = await created('us-east-1');
    own.faults = [{ path: '/endpointService/*', status }];
    await ends('wait', 4, `${goOnWaiting} atlas-pe wait ${id}`);
    expect(requests().filter((request) => request.startsWith('get'))).toHaveLength(1);
  });
});

describe('the hint of a time-out continues the same wait', () => {
  const continued = (stderr: string) => / atlas-pe (wait .*)\n$/.exec(stderr)?.[1];

  test.each([
    ['', ''],
    [' --until AVAILABLE', ' --until AVAILABLE'],
    [' --until ready', ''],
    [' --any', ' --any'],
    [' --any --until WAITING_FOR_USER', ' --until WAITING_FOR_USER --any'],
  ])('for endpoints: wait%s', async (options, more) => {
    const [one = '', other = ''] = await created('us-east-1', 'us-east-2');
    const both = await atlas(`wait us-east-1 us-east-2 --timeout 0s${options}`);
    expect([both.exitCode, continued(both.stderr)]).toEqual([8, `wait ${one} ${other}${more}`]);
    const all = await atlas(`wait --all --timeout 0s${options}`);
    expect(continued(all.stderr)).toBe(`wait --all${more}`);
    const some = await atlas(`wait --all --provider aws --region us-east-1 --timeout 0s${options}`);
    expect(continued(some.stderr)).toBe(`wait --all --provider aws --region us-east-1${more}`);
  });

  test('for interface endpoints', async () => {
    const ids = await created('us-east-1', 'us-east-2');
    await atlas('wait --all');
    for (const [index, id] of ids.entries()) await atlas(`interface add ${id} ${vpce(String(index))}`);
    for (const words of [ids.join(' '), '--all']) {
      const line = `wait ${words} --interface`;
      const { stderr } = await ends(`${line} --any --until DELETED --timeout 0s`, 8);
      expect(continued(stderr)).toBe(`${line} --until DELETED --any`);
    }
  });
});

test('a wait for AVAILABLE says that it needs an interface endpoint', async () => {
  await created('us-east-1', 'eu-west-1');
  const { stderr } = await ends('wait --all --until AVAILABLE --timeout 2m', 8);
  for (const region of ['us-east-1', 'eu-west-1'])
    expect(
      stderr.match(new RegExp(`${region} \\w{24} becomes AVAILABLE when .*: atlas-pe connect ${region}`, 'g')),
    ).toHaveLength(1);
  await ends('wait us-east-1 --until AVAILABLE --timeout 1m', 8, 'becomes AVAILABLE when');
});
