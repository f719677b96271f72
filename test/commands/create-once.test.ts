import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { fakeAtlas, json, ownFolders, ownSandbox, runCli, vpce } from '../helpers/run-cli.js';

/* create never makes two endpoints, and a second delete succeeds. */

const own = ownSandbox();
const { atlas, ends } = own;
const lose = (fault: Fault) => {
  own.faults = [{ method: 'POST', path: '/endpointService', ...fault }];
};

const conflict = { errorCode: 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', detail: 'It exists.' };
const service = {
  cloudProvider: 'AWS',
  id: '6a793f68c0eb9e7a17715835',
  regionName: 'US_EAST_1',
  status: 'INITIATING',
};

/** Runs a create whose response is lost. Atlas sends this Date, and lists a service that was created so many seconds later. */
async function createBeside(
  seconds: number,
  { date, isRegional = false }: { date?: string | undefined; isRegional?: boolean } = {},
) {
  const clock = fakeClock();
  const id = `${Math.floor(clock.now() / 1000 + seconds).toString(16)}c0eb9e7a17715835`;
  const { run } = await fakeAtlas((request, response) => {
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    if (request.method === 'POST') return void request.socket.destroy();
    json(response, 200, request.url?.endsWith('regionalMode') ? { enabled: isRegional } : [{ ...service, id }]);
  });
  const { exitCode } = await run('create --region us-east-1', { clock });
  return { exitCode, sleeps: clock.sleeps };
}

describe('a create without a response', () => {
  test('uses the service that was created, and says so', async () => {
    lose({ drop: 'after' });
    const { exitCode, stdout, stderr } = await atlas('create --region us-east-1 --json');
    const [service] = (await own.sandbox.store.read()).services;
    expect([exitCode, JSON.parse(stdout).id]).toEqual([0, service?.id]);
    expect(stderr).toContain('Checking whether the endpoint was created.');
    expect(stderr).toContain(`us-east-1 ${service?.id} was created (INITIATING).`);
  });

  test('does not use an older service', async () => {
    const { stdout: id } = await atlas('create us-east-1 --output id');
    own.sandbox.clock.advance(600_000);
    lose({ drop: 'before' });
    await ends('create us-east-1', 5, `${id.trim()} (WAITING_FOR_USER)`);
    await ends('create --region us-east-1 --if-not-exists --output id', 0, '', id);
  });

  test("is found by Atlas's clock if this machine's clock is wrong", async () => {
    lose({ drop: 'after' });
    for (const [region, skew] of [
      ['us-east-1', 600_000],
      ['us-east-2', -600_000],
    ] as const) {
      const clock = { ...own.sandbox.clock, now: () => own.sandbox.clock.now() + skew };
      const run = await runCli(`create ${region} --output id`.split(' '), { env: own.sandbox.env, clock });
      expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('was created (') });
    }
  });

  const now = fakeClock().now();
  const day = 24 * 60 * 60_000;

  test.each([
    ['from the stone age', new Date(now - 9000 * day)],
    ['of yesterday', new Date(now - day)],
    ['of next year', new Date(now + 365 * day)],
  ])("with a Date %s does not use another user's service, but still finds its own", async (_, at) => {
    const date = at.toUTCString();
    expect((await createBeside(-600, { date })).exitCode).toBe(5);
    expect((await createBeside(1, { date })).exitCode).toBe(0);
  });

  test.each([undefined, new Date(now).toUTCString()])('uses no id from the future (Date: %s)', async (date) => {
    expect((await createBeside(365 * 86_400, { date })).exitCode).toBe(5);
    expect((await createBeside(2 * 3600, { date })).exitCode).toBe(5);
    expect((await createBeside(0, { date })).exitCode).toBe(0);
  });

  test.each([408, 499])('because a proxy timed out (%i) is looked up', async (status) => {
    lose({ status, effect: true });
    await ends('create us-east-1', 0);
  });
});

describe('a create that never arrived', () => {
  const regional = () => own.enableRegionalMode();
  const posts = () => own.sandbox.exchanges.filter(({ method, status }) => method === 'POST' && status !== 401);

  test.each<Fault>([{ drop: 'before' }, { status: 503 }])('is sent again if a region has one: %j', async (fault) => {
    lose({ ...fault, nth: [{ from: 1, to: 1 }] });
    await ends('create us-east-1 --json', 0);
    expect((await own.sandbox.store.read()).services).toHaveLength(1);
    lose(fault);
    await ends('create us-east-2', 1, 'The endpoint may or may not have been created.');
  });

  test('is not sent again if a region may have several', async () => {
    await regional();
    lose({ status: 503, nth: [{ from: 1, to: 1 }] });
    await ends('create us-east-1', 1, 'The endpoint may or may not have been created.');
    expect(posts().map(({ status }) => status)).toEqual([503]);
  });

  test('but did, before Atlas listed it, ends with the service that was created', async () => {
    const clock = fakeClock();
    const id = `${(clock.now() / 1000).toString(16)}c0eb9e7a17715835`;
    let sent = 0;
    const { ends } = await fakeAtlas((request, response) => {
      if (request.url?.endsWith('regionalMode')) return json(response, 200, { enabled: false });
      if (request.method === 'GET') return json(response, 200, sent < 2 ? [] : [{ ...service, id }]);
      if (++sent === 1) return void request.socket.destroy();
      json(response, 409, conflict);
    });
    await ends('create us-east-1 --output id', 0, '', `${id}\n`, { clock });
  });

  test('and attaches is sent once more, too', async () => {
    await atlas('create us-east-1 --wait');
    own.faults = [{ method: 'POST', path: '/endpoint', status: 503, nth: [{ from: 1, to: 1 }] }];
    await ends(`interface add us-east-1 ${vpce('a')} --wait`, 0);
    const [{ interfaces = [] } = {}] = (await own.sandbox.store.read()).services;
    expect(interfaces.map(({ id }) => id)).toEqual([vpce('a')]);
  });
});

describe('--if-not-exists', () => {
  const ensure = 'create --region us-east-1 --if-not-exists --output id';

  test('many at once create one endpoint, and all return it', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => {
        const env = { ...own.sandbox.env, ...ownFolders() };
        return runCli(ensure.split(' '), { env, clock: own.sandbox.clock });
      }),
    );
    expect(runs.map(({ exitCode }) => exitCode)).toEqual(Array(8).fill(0));
    expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
    const posts = own.sandbox.exchanges.filter(({ method, status }) => method === 'POST' && status !== 401);
    // Some commands see it before they send the create. The others get 409.
    expect(posts.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(posts.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  });

  /** A fake Atlas that refuses the create because one exists, and lists it from this poll on. */
  async function refusing(from: number, listed: Record<string, unknown> = service) {
    const requests: string[] = [];
    const clock = fakeClock();
    const at = clock.monotonic();
    let lists = 0;
    const { run } = await fakeAtlas((request, response) => {
      requests.push(`${request.method} at ${(clock.monotonic() - at) / 1000}`);
      if (request.method === 'POST') return json(response, 409, conflict);
      json(response, 200, lists++ >= from ? [listed] : []);
    });
    return { run: (line: string) => run(line, { clock }), requests };
  }

  test.each([
    [1, 'at 0'],
    [2, 'at 3'],
    [3, 'at 10'],
  ])('returns the existing one as soon as a list shows it (%i)', async (from, when) => {
    const { run, requests } = await refusing(from);
    const { exitCode, stdout } = await run(ensure);
    expect([exitCode, stdout, requests.at(-1)]).toEqual([0, `${service.id}\n`, `GET ${when}`]);
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual(['POST at 0']);
  });

  test('reports a conflict if no list shows it, and never sends a second create', async () => {
    const { run, requests } = await refusing(9);
    const { exitCode, stdout, stderr } = await run(ensure);
    expect([exitCode, stdout]).toEqual([5, '']);
    expect(requests).toEqual(['GET at 0', 'POST at 0', 'GET at 0', 'GET at 3', 'GET at 10']);
    expect(stderr).toMatch(
      /^Error: It exists \(PRIVATE\w+ 409\)\.\nHint: Atlas does not list it\. .*: atlas-pe list/,
    );
  });
});

test('a service with interface endpoints is not deleted; the error names them and how to remove them', async () => {
  const attached = { ...service, status: 'AVAILABLE', interfaceEndpoints: ['vpce-0a', 'vpce-0b'] };
  const { ends } = await fakeAtlas((request, response) => {
    if (request.method === 'DELETE') json(response, 409, { errorCode: 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS' });
    else json(response, 200, /Service$/.test(request.url ?? '') ? [attached] : attached);
  });
  const { stderr } = await ends(`delete ${service.id} --provider aws --yes`, 5);
  expect(stderr.slice(stderr.indexOf('Hint: ')).split('\n')).toEqual([
    'Hint: Remove its interface endpoints (vpce-0a, vpce-0b) first, or use --cascade:',
    `  atlas-pe interface remove ${service.id} vpce-0a --wait --yes`,
    `  atlas-pe delete ${service.id} --cascade --yes`,
    '',
  ]);
});

describe('the services that a lookup shows after a create without a response', () => {
  test.each([
    [-3, 5],
    [-2, 0],
    [0, 0],
    [60, 0],
    [61, 5],
  ])('one that was created %i s after it exits with %i: it is ours or a conflict', async (seconds, exit) => {
    expect((await createBeside(seconds)).exitCode).toBe(exit);
  });

  test('an older one is no conflict if a region may have several, so the lookup continues for 10 s', async () => {
    const { exitCode, sleeps } = await createBeside(-3, { isRegional: true });
    expect([exitCode, sleeps]).toEqual([1, [0, 3000, 7000]]);
  });
});

test.each([
  ['us-east-1', ''],
  ['eu-west-1', ''],
  ['ap-south-1', 'Warning: No dedicated cluster has nodes in AWS ap-south-1 yet, so nothing can use '],
])('in %s, where a cluster has nodes or not: %j', async (region, warning) => {
  const regions = (atlasRegion: string) => [{ provider: 'AWS', atlasRegion } as const];
  await own.restart({
    clusters: [
      { name: 'one', regions: regions('US_EAST_1') },
      { name: 'two', regions: regions('EU_WEST_1') },
      { name: 'free', tier: 'M0', regions: regions('AP_SOUTH_1') },
    ],
  });
  const { stderr } = await atlas(`create ${region}`, { hints: true });
  if (warning === '') expect(stderr).not.toContain('Warning');
  else expect(stderr).toContain(warning);
  // connect would refuse the region.
  expect(stderr.includes(`atlas-pe connect ${region}`)).toBe(warning === '');
  const reads = own.sandbox.exchanges.length;
  await atlas(`get ${region} --json`);
  expect(own.sandbox.exchanges.slice(reads).filter(({ url }) => url.includes('/clusters'))).toEqual([]);
  // A script is warned, too.
  const { stderr: inScript } = await atlas('create us-west-2 --json');
  expect(inScript).toContain('Warning: No dedicated cluster has nodes in AWS us-west-2');
});
