import { beforeAll, describe, expect, test } from 'vitest';
import {
  clusterWith,
  type DoctorWorld,
  endpointId,
  examine,
  host,
  namesAt,
  nodesIn,
  service,
  serviceId,
  srvName,
} from '../helpers/doctor-world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import type { CliOptions } from '../helpers/run-cli.js';
import { phases, whenItWaits } from '../helpers/stalls.js';

/* doctor where not every node is near: many clusters, two VPCs, two regions, and networks behind a peering or a transit gateway. */

// The first run loads modules, and no time may pass meanwhile.
beforeAll(async () => {
  await examine(() => ({}));
});

const domain = 'k45tj.mongodb.net';
const other = 'vpce-0aaaaaaaaaaaaaaaa';
const otherHost = `pl-1-us-east-1.${domain}`;

/** The names of a string with these places; each host is an alias of its interface endpoint. */
function namesOf(
  name: string,
  places: readonly { host: string; id: string; ports: readonly number[]; at?: string }[],
): DoctorWorld['names'] {
  const services = places.flatMap((each) =>
    each.ports.map((port) => ({ type: 'SRV' as const, data: { target: each.host, port } })),
  );
  const names: Exclude<DoctorWorld['names'], 'fail'> = { [`_mongodb._tcp.${name}`]: services };
  for (const { host, id, at = '127.0.0.1' } of places) {
    const alias = `${id}-${host.slice(0, 4)}.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com`;
    names[host] = [{ type: 'CNAME', data: alias }];
    names[alias] = [{ type: 'A', data: at }];
  }
  return names;
}

const stringOf = (name: string, ...ids: string[]) => ({
  srvConnectionString: `mongodb+srv://${name}`,
  endpoints: ids.map((id) => ({ endpointId: id, providerName: 'AWS', region: 'US_EAST_1' })),
});

test('12 clusters of 3 nodes, 100 ms away: at most 16 sockets at once, and soon done', async () => {
  const clock = fakeClock();
  const all = Array.from({ length: 12 }, (_, index) => ({
    name: `c${index}-pl-0.${domain}`,
    host: `pl-${index}-us-east-1.${domain}`,
  }));
  const change = (_: DoctorWorld, ports: readonly number[]) => ({
    clusters: all.map(({ name }, index) =>
      clusterWith({ name: `C${index}` }, { privateEndpoint: [stringOf(name, endpointId)] }),
    ),
    names: Object.assign({}, ...all.map(({ name, host }) => namesOf(name, [{ host, id: endpointId, ports }]))),
    delayMs: 100,
  });
  const { checks, exitCode, mostAsked, connections } = await examine(change, '', { clock });
  // One after the other, they would take 3.6 s, and as long with the driver.
  expect(clock.monotonic()).toBeLessThan(3000);
  expect(exitCode).toBe(0);
  expect(checks.filter(({ id, result }) => id === 'network-hello' && result === 'success')).toHaveLength(12);
  // The driver has one more for each node, and one for its ping.
  expect(connections).toBeLessThanOrEqual(2 * 36 + 12);
  expect(mostAsked).toBeGreaterThan(4);
  expect(mostAsked).toBeLessThanOrEqual(16);
});

/** A world in which one port is silent: its connections take as long as they may. */
async function withSilence(
  change: (healthy: DoctorWorld, ports: readonly number[], silent: number) => Partial<DoctorWorld>,
  line = '',
  options: CliOptions = {},
) {
  const clock = fakeClock();
  const deaf = await phases.TCP?.start(() => undefined);
  const silent = Number(new URL(deaf?.env.ATLAS_PE_BASE_URL ?? '').port);
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 100);
  try {
    const run = await examine((healthy, ports) => change(healthy, ports, silent), line, { ...options, clock });
    const tcp = run.checks.filter(({ id }) => id === 'network-tcp');
    return { ...run, tcp: new Map(tcp.map((each) => [each.subject, each])) };
  } finally {
    stop();
    await deaf?.close();
  }
}

describe('two interface endpoints in two VPCs', () => {
  const names = [srvName, `cluster0-pl-1.${domain}`] as const;
  const world = (_: DoctorWorld, ports: readonly number[], silent: number): Partial<DoctorWorld> => ({
    services: { AWS: [{ ...service, interfaceEndpoints: [endpointId, other] }], AZURE: [], GCP: [] },
    interfaces: { [endpointId]: { connectionStatus: 'AVAILABLE' }, [other]: { connectionStatus: 'AVAILABLE' } },
    clusters: [clusterWith({}, { privateEndpoint: [stringOf(names[0], endpointId), stringOf(names[1], other)] })],
    names: {
      ...Object(namesOf(names[0], [{ host, id: endpointId, ports }])),
      ...Object(namesOf(names[1], [{ host: otherHost, id: other, ports: [silent] }])),
    },
  });

  test.each([
    ['', 'warning', 'To check it, run doctor in its network.', 0],
    ['--from-here', 'error', 'Allow TCP 1024-65535', 6],
  ])('the other one is silent: with "%s", that is a result of %s', async (line, result, hint, code) => {
    const { tcp, exitCode } = await withSilence(world, line);
    expect(tcp.get(host)?.result).toBe('success');
    expect(tcp.get(otherHost)).toMatchObject({ result, hint: expect.stringContaining(hint) });
    const why =
      /no response .*\. Another interface endpoint works from here, so this one may belong to another network$/;
    if (result === 'warning') expect(tcp.get(otherHost)?.detail).toMatch(why);
    expect(exitCode).toBe(code);
  });

  test.each([
    [endpointId, host, 'success'],
    [other, otherHost, 'error'],
  ])('doctor %s looks at this one only: %s, %s', async (id, subject, result) => {
    const { tcp, checks, exitCode } = await withSilence(world, id);
    expect([...tcp].map(([name, each]) => [name, each.result])).toEqual([[subject, result]]);
    expect(checks.filter(({ id }) => id === 'interface-status').map(({ subject }) => subject)).toEqual([
      expect.stringContaining(id),
    ]);
    expect(exitCode).toBe(result === 'error' ? 6 : 0);
  });
});

describe('one string with hosts of two regions', () => {
  const ids = [endpointId, other];
  const services = [
    service,
    { ...service, id: `${serviceId.slice(0, -1)}d`, regionName: 'EU_WEST_1', interfaceEndpoints: [other] },
  ];
  const farHost = `pl-0-eu-west-1.${domain}`;
  const world = (ports: readonly number[], far: readonly number[]): Partial<DoctorWorld> => ({
    services: { AWS: services, AZURE: [], GCP: [] },
    interfaces: Object.fromEntries(ids.map((id) => [id, { connectionStatus: 'AVAILABLE' }])),
    clusters: [
      clusterWith(
        {},
        {
          configs: [nodesIn('AWS', 'US_EAST_1'), nodesIn('AWS', 'EU_WEST_1')],
          privateEndpoint: [stringOf(srvName, ...ids)],
        },
      ),
    ],
    names: namesOf(srvName, [
      { host, id: endpointId, ports },
      { host: farHost, id: other, ports: far },
    ]),
  });

  test('each host is checked with its own interface endpoint', async () => {
    const { checks, exitCode } = await examine((_, [one = 0, two = 0, three = 0]) => world([one, two], [three]));
    const found = checks.filter(({ id }) => id === 'dns-endpoint').map(({ subject, detail }) => [subject, detail]);
    expect(found).toEqual([
      [host, endpointId],
      [farHost, other],
    ]);
    expect(checks.filter(({ result }) => result !== 'success')).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('the silence of one region is a warning: drivers connect through the other one', async () => {
    const { tcp, exitCode, checks } = await withSilence((_, [one = 0, two = 0], silent) =>
      world([one, two], [silent]),
    );
    expect(tcp.get(host)?.result).toBe('success');
    expect(tcp.get(farHost)).toMatchObject({
      result: 'warning',
      detail: expect.stringMatching(/^1 of 1 connections failed: no response/),
      hint: expect.stringMatching(/in another region, connect the networks .*, or use regional mode\.$/),
    });
    expect(checks.find(({ id }) => id === 'network-driver')?.result).toBe('success');
    expect(exitCode).toBe(0);
  });
});

describe('hub and spoke: the nodes are in no network of this machine', () => {
  const silentOnes = (_: DoctorWorld, __: readonly number[], silent: number) => ({
    names: namesAt('127.0.0.1', [silent, silent]),
  });
  const unroutable = () => ({ names: namesAt('255.255.255.255', [27_017]) });
  const place = (checks: { id: string }[]) => checks.find(({ id }) => id === 'network-place');

  test('if every node is silent, that is an error', async () => {
    const { tcp, exitCode } = await withSilence(silentOnes, '', { addresses: ['100.64.9.9'] });
    expect([tcp.get(host)?.result, exitCode]).toEqual(['error', 6]);
    expect(tcp.get(host)?.detail).toMatch(/^1 of 1 connections failed: no response/);
  });

  test('50 hosts that are silent take 10 s at most, though not all of them can be tried', async () => {
    const clock = fakeClock();
    const deaf = await phases.TCP?.start(() => undefined);
    const silent = Number(new URL(deaf?.env.ATLAS_PE_BASE_URL ?? '').port);
    const stop = whenItWaits(clock.timeouts, clock.expireNext, 100);
    const places = Array.from({ length: 50 }, (_, index) => {
      return { host: `pl-${index}-us-east-1.${domain}`, id: endpointId, ports: [silent] };
    });
    const names = namesOf(srvName, places);
    const { checks, exitCode } = await examine(() => ({ names }), '', { clock }).finally(stop);
    await deaf?.close();
    const tcp = checks.filter(({ id }) => id === 'network-tcp');
    expect([tcp.length, new Set(tcp.map(({ result }) => result)), exitCode]).toEqual([50, new Set(['error']), 6]);
    expect(clock.monotonic()).toBeLessThanOrEqual(10_000);
  });

  test('if no node answers, the error names peering and the transit gateway, which --from-here is for', async () => {
    const options = { addresses: ['100.64.9.9'] };
    const { checks, exitCode, stderr } = await examine(unroutable, '', options);
    expect(place(checks)).toMatchObject({ result: 'error', detail: expect.stringContaining('(100.64.9.9)') });
    expect(place(checks)).toMatchObject({ hint: expect.stringMatching(/peering or a transit gateway.*--from-here/) });
    expect([exitCode, stderr]).toEqual([6, 'Error: 1 problem: no node answers from here.\n']);
    expect((await examine(unroutable, '--no-network', options)).exitCode).toBe(0);
    const must = await examine(unroutable, '--from-here', options);
    expect(place(must.checks)).toMatchObject({ result: 'success', detail: expect.stringMatching(/must reach/) });
    expect(must.exitCode).toBe(6);
  });

  test.each([
    ['100.63.255.255', 'error'],
    ['100.127.255.254', 'success'],
  ])('without an alias, the address %s is private or not: %s', async (data, result) => {
    const { checks } = await examine(
      () => ({ names: { ...namesAt(data, [27_017]), [host]: [{ type: 'A', data }] } }),
      '--no-network',
    );
    expect(checks.find(({ id }) => id === 'dns-private')?.result).toBe(result);
  });
});
