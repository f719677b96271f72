import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { createAuthority } from '../../src/sandbox/network/certificates.js';
import type { NetworkFault } from '../../src/sandbox/network/faults.js';
import { type Member, serveMongo } from '../../src/sandbox/network/mongo.js';
import type { NameRecord } from '../../src/sandbox/network/records.js';
import { type LookUp, startDnsServer } from '../../src/sandbox/network/start.js';
import { fakeClock } from './fake-clock.js';
import { listen } from './listen.js';
import { type CliOptions, json, ownFolders, runCli, serveAnswers } from './run-cli.js';
import { whenItWaits } from './stalls.js';

/* A private endpoint from Atlas to the ports of its nodes, in which a test can break any part. */

export const projectId = '1'.repeat(24);
export const serviceId = '6b074f0407a4d16704be228c';
export const endpointId = 'vpce-0123456789abcdef0';
const domain = 'k45tj.mongodb.net';
export const setName = 'atlas-abcdef-shard-0';
export const srvName = `cluster0-pl-0.${domain}`;
export const host = `pl-0-us-east-1.${domain}`;
const alias = `${endpointId}-abcdefgh.vpce-svc-0667f4ca6f4a2bbc8.us-east-1.vpce.amazonaws.com`;

/** A response of Atlas: a body, or a status and a body. */
type Answer = { status: number; body: unknown };

export interface DoctorWorld {
  /** The response to `GET /api/atlas/v2`. */
  api: unknown;
  /** The services of each cloud; an `Answer` replaces the list. `silent`: there is none. */
  services: Record<'AWS' | 'AZURE' | 'GCP', object[] | Answer | 'silent'>;
  /** If set, the response to every list of services. */
  lists?: Answer;
  interfaces: Record<string, object>;
  clusters: object[];
  /** If set, the response to the list of clusters. */
  clusterList?: Answer;
  /** What the DNS server knows. `fail`: it answers that it failed. */
  names: Record<string, NameRecord[]> | 'fail';
  /** How the ports of the nodes behave. */
  tls: NetworkFault | undefined;
  /** How long the nodes take to answer hello, in milliseconds. */
  delayMs: number;
  /** Where doctor signs in; default: a token that Atlas accepts. */
  env: Record<string, string>;
}

export const service = {
  cloudProvider: 'AWS',
  id: serviceId,
  regionName: 'US_EAST_1',
  status: 'AVAILABLE',
  errorMessage: null,
  endpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8',
  interfaceEndpoints: [endpointId],
  supportedRemoteRegions: null,
};

const way = { endpointId, providerName: 'AWS', region: 'US_EAST_1' };
export const nodesIn = (providerName: string, regionName: string) => ({
  providerName,
  regionName,
  priority: 7,
  electableSpecs: { instanceSize: 'M10', nodeCount: 3 },
});

export function clusterWith(
  more: object = {},
  {
    configs = [nodesIn('AWS', 'US_EAST_1')],
    privateEndpoint = [{ srvConnectionString: `mongodb+srv://${srvName}`, type: 'MONGOD', endpoints: [way] }],
  }: { configs?: object[]; privateEndpoint?: object[] } = {},
): object {
  return {
    id: '2'.repeat(24),
    name: 'Cluster0',
    stateName: 'IDLE',
    paused: false,
    connectionStrings: { privateEndpoint },
    replicationSpecs: [{ regionConfigs: configs }],
    ...more,
  };
}

export const apiKey = {
  apiKey: {
    id: '3'.repeat(24),
    publicKey: 'k',
    roles: [{ roleName: 'GROUP_OWNER', groupId: projectId }],
    accessList: [],
  },
};

/** The names of the private connection string, with its host at this address and these ports. */
export function namesAt(address: string, ports: readonly number[]): Record<string, NameRecord[]> {
  return {
    [`_mongodb._tcp.${srvName}`]: ports.map((port) => ({ type: 'SRV', data: { target: host, port } })),
    [host]: [{ type: 'CNAME', data: alias }],
    [alias]: [{ type: 'A', data: address }],
  };
}

/** The certificate of the nodes, and of who has signed it. */
async function certificatesWith(...faults: NetworkFault[]) {
  const { pem, certificateOf } = await createAuthority(new Set(faults));
  return { pem, secureContext: createSecureContext(await certificateOf(domain)) };
}

const usual = certificatesWith();

const challenge = { 'www-authenticate': 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth", stale=false' };

/** Starts the world, runs doctor in it with these arguments, and returns the checks by id. */
export async function examine(
  change: (world: DoctorWorld, ports: readonly number[]) => Partial<DoctorWorld>,
  line = '',
  { isTrusting = true, ...options }: CliOptions & { isTrusting?: boolean } = {},
) {
  const nodes: Awaited<ReturnType<typeof startNode>>[] = [];
  const healthy: DoctorWorld = {
    api: apiKey,
    services: { AWS: [service], AZURE: [], GCP: [] },
    clusters: [clusterWith()],
    tls: undefined,
    delayMs: 0,
    interfaces: { [endpointId]: { connectionStatus: 'AVAILABLE' } },
    names: {},
    env: { ATLAS_PE_ACCESS_TOKEN: 't' },
  };
  const clock = options.clock ?? fakeClock();
  const { tls, delayMs } = { ...healthy, ...change(healthy, []) };
  const { pem, secureContext } = await (tls === undefined ? usual : certificatesWith(tls));
  let [asked, mostAsked] = [0, 0];
  const delay = async () => {
    mostAsked = Math.max(mostAsked, ++asked);
    if (delayMs > 0) await new Promise((resolve) => clock.timeout(delayMs).addEventListener('abort', resolve));
    asked--;
  };
  // The nodes take this time on the clock of doctor, all that are asked at once together.
  const stop = whenItWaits(() => (delayMs > 0 ? asked : 0), clock.expireNext, 50);
  for (let index = 0; index < 3; index++) {
    const member = (name: string) => {
      const hosts = nodes.map(({ port }) => `${name}:${port}`);
      return { setName, hosts, me: hosts[index] ?? '', primary: tls === 'no-primary' ? null : (hosts[0] ?? null) };
    };
    nodes.push(await startNode(secureContext, delay, member));
  }
  const ports = nodes.map(({ port }) => port);
  const base = { ...healthy, names: namesAt('127.0.0.1', ports) };
  const world = { ...base, ...change(base, ports) };

  let [pending, mostAtOnce] = [0, 0];
  const atlas = await serveAnswers(({ url = '', headers }, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++pending);
    response.on('close', () => pending--);
    if (headers.authorization !== 'Bearer t' && !/^Digest /.test(headers.authorization ?? ''))
      return json(response, 401, { error: 401, errorCode: 'UNEXPECTED_ERROR', detail: 'No.' }, challenge);
    const answer = answerTo(world, decodeURIComponent(url.split('?')[0] ?? ''));
    if (answer.body !== 'silent') json(response, answer.status, answer.body);
  });
  const lookUp: LookUp = async () => {
    if (world.names === 'fail') throw new Error('failed');
    return new Map(Object.entries(world.names));
  };
  const dns = await startDnsServer(0, lookUp);
  const env = ownFolders();
  const file = join(env.HOME ?? '', 'ca.pem');
  writeFileSync(file, pem);
  const settings = { ATLAS_PE_BASE_URL: atlas.baseUrl, ATLAS_PE_PROJECT: projectId, ...world.env };
  const words = line.split(' ').filter((word) => word !== '');
  try {
    const run = await runCli(
      ['doctor', '--json', '--dns-server', dns.address, ...(isTrusting ? ['--tls-ca-file', file] : []), ...words],
      { ...options, clock, env: { ...env, ...settings, ...options.env } },
    );
    const { categories } = run.stdout === '' ? { categories: [] } : JSON.parse(run.stdout);
    const checks: CheckRow[] = categories.flatMap(({ checks: some }: { checks: CheckRow[] }) => some);
    const connections = nodes.reduce((sum, each) => sum + each.connections(), 0);
    return { ...run, checks, requests: atlas.count(), mostAtOnce, mostAsked, connections };
  } finally {
    stop();
    await Promise.all([...nodes, atlas, dns].map((each) => each.close()));
  }
}

export interface CheckRow {
  id: string;
  subject: string | null;
  title: string;
  result: string;
  detail: string;
  hint: string | null;
  commands: string[];
}

function answerTo({ api, services, lists, interfaces, clusters, clusterList }: DoctorWorld, path: string): Answer {
  const list = /\/privateEndpoint\/(AWS|AZURE|GCP)\/endpointService$/.exec(path)?.[1];
  if (path === '/api/atlas/v2') return isAnswer(api) ? api : { status: 200, body: api };
  const own = services[list as 'AWS'];
  if (list !== undefined) return lists ?? (isAnswer(own) ? own : { status: 200, body: own });
  if (path.endsWith('/clusters')) {
    return clusterList ?? { status: 200, body: { results: clusters, totalCount: clusters.length } };
  }
  const found = Object.entries(interfaces).find(([id]) => path.endsWith(`/endpoint/${id}`));
  if (found) return { status: 200, body: found[1] };
  const error = { error: 404, errorCode: 'PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND', detail: 'Not found.' };
  return { status: 404, body: error };
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value && 'body' in value;
}

/** A port of a node. */
async function startNode(secureContext: SecureContext, delay: () => Promise<void>, member: (name: string) => Member) {
  const server = createServer((socket) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => {});
    secure.once('secure', () => {
      const { servername } = secure as { servername?: string | false };
      void delay().then(() => serveMongo(secure, () => member(servername || host)));
    });
  });
  return listen(server);
}
