import { describe, expect, test } from 'vitest';
import { clusterWith, type DoctorWorld, endpointId, examine, service } from '../helpers/doctor-world.js';
import { fakeClock } from '../helpers/fake-clock.js';

/* doctor --wait waits for what time can heal, and the exit code tells a check that could not be made from a problem. */

const serviceWith = (more: object) => ({ services: { AWS: [{ ...service, ...more }], AZURE: [], GCP: [] } });
const attachedAs = (connectionStatus: string) => ({ interfaces: { [endpointId]: { connectionStatus } } });
const pending = attachedAs('PENDING');
const notOnList = {
  status: 403,
  body: { error: 403, errorCode: 'IP_ADDRESS_NOT_ON_ACCESS_LIST', detail: 'IP address 203.0.113.9 is not allowed.' },
};
const unavailable = { status: 503, body: { error: 503, errorCode: 'X', detail: 'Unavailable.' } };
const place = { providerName: 'FLEX', backingProviderName: 'AWS', regionName: 'US_EAST_1' };
const flex = clusterWith(
  {},
  { configs: [{ ...place, electableSpecs: { instanceSize: 'FLEX' } }], privateEndpoint: [] },
);

/** How long doctor slept, of a minute at most. */
async function waited(world: Partial<DoctorWorld>, line = '') {
  const clock = fakeClock();
  const run = await examine(() => world, `--no-network --wait 1m ${line}`.trim(), { clock });
  return { ...run, sleptMs: clock.sleeps.reduce((sum, each) => sum + each, 0) };
}

describe('--wait ends at once', () => {
  test.each<[what: string, world: Partial<DoctorWorld>, id: string]>([
    ['an interface endpoint is REJECTED', attachedAs('REJECTED'), 'interface-status'],
    ['an interface endpoint is gone', { interfaces: {} }, 'interface-status'],
    ['the service is FAILED', serviceWith({ status: 'FAILED', errorMessage: 'No.' }), 'service-status'],
    ['the service is being deleted', serviceWith({ status: 'DELETING' }), 'service-status'],
    ['the only cluster is paused', { clusters: [clusterWith({ paused: true })] }, 'cluster-running'],
    ['the only cluster is a Flex one', { clusters: [flex] }, 'cluster-dedicated'],
    ['Atlas refuses the key', { env: { ATLAS_PE_ACCESS_TOKEN: 'other' } }, 'key-valid'],
    ['nobody is signed in', { env: {} }, 'key-credentials'],
    ['this address is not on the access list', { api: notOnList, lists: notOnList }, 'key-access-list'],
  ])('if %s', async (_, world, id) => {
    const { checks, sleptMs, exitCode } = await waited(world);
    expect(checks.filter(({ result }) => result === 'error')[0]?.id).toBe(id);
    expect([sleptMs, exitCode]).toEqual([0, 6]);
  });

  test('also if something else could heal', async () => {
    const rejected = { 'vpce-0aaaaaaaaaaaaaaaa': { connectionStatus: 'REJECTED' } };
    const { sleptMs } = await waited({
      ...serviceWith({ interfaceEndpoints: [endpointId, ...Object.keys(rejected)] }),
      interfaces: { ...pending.interfaces, ...rejected },
    });
    expect(sleptMs).toBe(0);
  });

  test.each<[what: string, world: Partial<DoctorWorld>, exit: number]>([
    ['PENDING', pending, 6],
    ['Atlas is in trouble', { api: unavailable }, 1],
  ])('but not if time can heal it: %s', async (_, world, exit) => {
    const { sleptMs, exitCode } = await waited(world);
    expect(sleptMs).toBeGreaterThan(55_000);
    expect(exitCode).toBe(exit);
  });
});

describe('a check that could not be made', () => {
  test.each<[what: string, world: Partial<DoctorWorld>, exit: number, message: RegExp]>([
    ['alone', { clusterList: unavailable }, 1, /^Error: 2 problems: could not check: Unavailable .* \(2 times\)\./],
    [
      'with a real problem',
      { clusterList: unavailable, ...pending },
      6,
      /^Error: 3 problems: could not check: .*, vpce-\w+ PENDING\.\n$/,
    ],
  ])('%s', async (_, world, exit, message) => {
    const { exitCode, stderr, checks } = await examine(() => world, '--no-network');
    expect(checks.find(({ id }) => id === 'cluster-exists')?.detail).toBe('could not check: Unavailable (X 503).');
    expect([exitCode, stderr]).toEqual([exit, expect.stringMatching(message)]);
  });

  test('the list of one cloud fails: the others are checked', async () => {
    const services = { AWS: [service], AZURE: [], GCP: unavailable };
    const { checks, exitCode, stderr } = await examine(() => ({ services }), '--no-network');
    const results = (id: string) => checks.filter((each) => each.id === id).map(({ result }) => result);
    expect(results('service-exists')).toEqual(['error']);
    for (const id of ['service-status', 'interface-status', 'cluster-string', 'dns-endpoint'])
      expect(results(id)).toEqual(['success']);
    expect(checks.find(({ id }) => id === 'service-exists')?.detail).toMatch(/GCP/);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Error: 1 problem: could not check/)]);
  });
});
