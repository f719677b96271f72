import { Resolver } from 'node:dns/promises';
import { createConnection } from 'node:net';
import { connect } from 'node:tls';
import { privateStrings } from '../../src/sandbox/network/records.js';
import { type NetworkOptions, startNetwork } from '../../src/sandbox/network/start.js';
import { attachInterface } from '../../src/sandbox/service-routes.js';
import { createService } from '../../src/sandbox/services.js';
import {
  type AttachRequest,
  type ClusterSpec,
  defaultProject,
  emptyWorld,
  memoryStore,
  type Service,
  type World,
} from '../../src/sandbox/world.js';
import { fakeClock } from './fake-clock.js';

type Region = ClusterSpec['regions'][number];

export interface Attached extends Region, AttachRequest {
  portMappingEnabled?: boolean;
}

export const vpce = `vpce-${'a'.repeat(17)}`;
export const usEast: Region = { provider: 'AWS', atlasRegion: 'US_EAST_1' };

interface Options extends Partial<Omit<NetworkOptions, 'store' | 'clock'>> {
  clusters?: readonly ClusterSpec[];
  attached?: readonly Attached[];
  /** Changes the world after the interface endpoints were attached. */
  change?: (world: World) => World;
}

/** A network between this test and clusters that have been connected for a while. */
export async function openNetwork({ clusters, attached, change = (world) => world, ...options }: Options = {}) {
  const clock = fakeClock();
  let world = emptyWorld({ readyAfter: 0, projects: [defaultProject], anyVpce: true, ...(clusters && { clusters }) });
  let service: Service | undefined;
  for (const { provider, atlasRegion, portMappingEnabled = false, ...request } of attached ?? [
    { ...usEast, id: vpce },
  ]) {
    const asked = { provider, region: atlasRegion, supportedRemoteRegions: null, portMappingEnabled };
    const now = clock.now();
    ({ world, service } = createService({ world, now, random: Math.random, project: defaultProject }, asked));
    ({ world } = attachInterface({ world, now }, service, request));
  }
  const store = memoryStore(change(world));
  clock.advance(60_000);
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: false, ...options });
  const dns = new Resolver({ timeout: 2000, tries: 1 });
  dns.setServers([network.dnsServer]);
  const strings = async () => privateStrings({ world: await store.read(), now: clock.now() });
  /** The hosts and ports of the only private string, as DNS answers. */
  const nodes = async () => dns.resolveSrv(`_mongodb._tcp.${(await strings())[0]?.name}`);
  /** What happens to a connection to each of these nodes. */
  const shake = async () =>
    Promise.all((await nodes()).map(({ name, port }) => handshake(port, name, network.authority)));
  return { network, dns, store, clock, strings, nodes, shake, [Symbol.asyncDispose]: network.close };
}

export type TestNetwork = Awaited<ReturnType<typeof openNetwork>>;

/** What happens to a connection with TLS to this port of loopback: `ok`, or an error's code. */
export function handshake(port: number, servername: string, ca: string | null): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ...(ca !== null && { ca }) }, () => {
      socket.destroy();
      resolve('ok');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
