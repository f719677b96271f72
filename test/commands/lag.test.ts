import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { ownSandbox } from '../helpers/run-cli.js';

/* Atlas needs a while to show new resources: lists omit them, and reads return 404. */

const own = ownSandbox();
const { atlas, ends } = own;

const missing = JSON.stringify({ errorCode: 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', detail: 'None.' });
/** These reads of an endpoint return 404, as if it didn't exist. */
const reads = (to: number, from = 1): Fault => ({
  method: 'GET',
  path: '/endpointService/*',
  nth: [{ from, to }],
  status: 404,
  body: missing,
});
/** The first lists of AWS are empty. */
const lists = (to: number): Fault => ({
  method: 'GET',
  path: '/AWS/endpointService',
  nth: [{ from: 1, to }],
  status: 200,
  body: '[]',
});

async function create() {
  const { stdout } = await atlas('create us-east-1 --output id');
  own.sandbox.exchanges.length = 0;
  return stdout.trim();
}

/** Runs a command and measures its time in seconds. */
async function timed(line: string) {
  const before = own.sandbox.clock.monotonic();
  const run = await atlas(line);
  return { ...run, seconds: (own.sandbox.clock.monotonic() - before) / 1000 };
}

test('a list that has a service twice has one', async () => {
  const id = await create();
  const path = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AWS/endpointService`;
  const [service] = (await own.sandbox.ask(path)).body;
  own.faults = [{ ...lists(9), body: JSON.stringify([service, service]) }];
  expect((await own.json('list')).map((each: { id: string }) => each.id)).toEqual([id]);
  await own.succeeds('delete us-east-1 --yes');
});

describe('a wait right after a create', () => {
  test.each([1, 3])('continues after %i reads that return 404', async (count) => {
    own.faults = [reads(count)];
    const { stderr } = await ends('create --region us-east-1 --wait', 0, 'WAITING_FOR_USER after');
    expect(stderr).not.toMatch(/DELETED|Warning/);
  });

  test.each(['ready', 'AVAILABLE'])('until %s finds an endpoint by its id that lists omit first', async (until) => {
    const id = await create();
    await own.change({ readyStatus: 'AVAILABLE' });
    own.faults = [lists(10)];
    const { stderr } = await ends(`wait ${id} --until ${until} --output id`, 0, '', `${id}\n`);
    expect(stderr.match(/does not list the new private endpoint service yet/g)).toHaveLength(1);
  });

  test('finds an endpoint by region, or as the only one, that a list omits once', async () => {
    const id = await create();
    for (const line of ['wait us-east-1', 'wait', 'wait --all', 'wait --any', `wait us-east-1 ${id}`]) {
      own.faults = [lists(1)];
      await ends(`${line} --output id`, 0, '', `${id}\n`);
    }
  });

  test("uses Atlas's clock if this machine's clock is wrong", async () => {
    const id = await create();
    for (const skew of [-1_800_000, 1_800_000]) {
      own.faults = [lists(10)];
      const clock = { ...own.sandbox.clock, now: () => own.sandbox.clock.now() + skew };
      expect((await atlas(`wait ${id}`, { clock })).exitCode).toBe(0);
    }
  });
});

describe('a wait for an older endpoint', () => {
  const old = async () => {
    const id = await create();
    own.sandbox.clock.advance(120_000);
    return id;
  };

  test('ignores a single 404, but not two', async () => {
    own.faults = [{ method: 'POST', fate: { kind: 'never-ready' } }];
    const id = await old();
    own.faults = [reads(1), reads(9, 4)];
    const { exitCode, seconds, stderr } = await timed(`wait ${id}`);
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining('was deleted')]);
    expect(own.sandbox.exchanges.map(({ status }) => status).slice(-5)).toEqual([404, 200, 200, 404, 404]);
    expect(seconds).toBeLessThan(10);
  });

  test('polls once more for a missing endpoint, 2 to 3 s later', async () => {
    const id = await old();
    for (const name of ['us-west-2', `${id.slice(0, 23)}${id.endsWith('0') ? 1 : 0}`]) {
      const { exitCode, seconds } = await timed(`wait ${name}`);
      expect([exitCode, seconds >= 2, seconds <= 3]).toEqual([3, true, true]);
    }
  });
});

test('a new endpoint that a list omits does not count as DELETED', async () => {
  const id = await create();
  own.faults = [lists(1)];
  await ends(`wait ${id} --until DELETED --timeout 20s`, 8, 'is still WAITING_FOR_USER');
});

describe("a resource that Atlas doesn't find at first", () => {
  test('can be deleted', async () => {
    const id = await create();
    own.faults = [{ method: 'DELETE', nth: [{ from: 1, to: 1 }], status: 404, body: missing }];
    await ends(`delete ${id} --yes`, 0);
    await ends('list --fields id,status --output tsv', 0, '', `${id}\tDELETING\n`);
  });

  test('can be removed, and waited for before that', async () => {
    await create();
    own.sandbox.clock.advance(120_000);
    const body = missing.replace('PRIVATE_ENDPOINT_SERVICE', 'PRIVATELINK_INTERFACE_ENDPOINT');
    const unknown = (method: string): Fault => ({
      method,
      path: '/endpoint/*',
      nth: [{ from: 1, to: 1 }],
      status: 404,
      body,
    });
    own.faults = [unknown('GET'), unknown('DELETE')];
    const vpce = 'vpce-0123456789abcdef0';
    await ends(`interface add us-east-1 ${vpce} --wait`, 0);
    await ends(`interface remove us-east-1 ${vpce} --yes --wait --output id`, 0);
    expect((await atlas('list --fields interfaceEndpoints --json')).stdout).toContain('[]');
  });
});

test('an existing interface endpoint is returned as soon as a read shows it', async () => {
  await create();
  own.sandbox.clock.advance(120_000);
  const vpce = 'vpce-0123456789abcdef0';
  await atlas(`interface add us-east-1 ${vpce}`);
  const body = missing.replace('PRIVATE_ENDPOINT_SERVICE', 'PRIVATELINK_INTERFACE_ENDPOINT');
  own.faults = [{ method: 'GET', path: '/endpoint/*', nth: [{ from: 1, to: 2 }], status: 404, body }];
  await ends(`interface add us-east-1 ${vpce} --if-not-exists --output id`, 0, '', `${vpce}\n`);
});

test.each(['connect us-east-1', 'connect --cluster Cluster0'])(
  '%s prints the string while the list lags',
  async (line) => {
    await atlas('create us-east-1 --wait');
    await atlas('list --provider aws');
    const isList = ({ url, status }: { url: string; status: number }) =>
      status === 200 && /AWS\/endpointService(?:\?|$)/.test(url);
    const body = own.sandbox.exchanges.findLast(isList)?.body ?? '';
    own.faults = [{ method: 'GET', path: '/AWS/endpointService', status: 200, body }];
    const { stdout } = await ends(`${line} --yes`, 0, 'Connection strings: Cluster0');
    expect(stdout).toMatch(/^Cluster0\tmongodb\+srv:/);
  },
);
