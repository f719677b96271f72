import type { Server } from 'node:http';
import type { Clock } from '../../base/clock.js';
import { once } from '../../base/once.js';
import type { Node } from '../clusters.js';
import type { Store } from '../store.js';
import type { NetworkFault, NetworkFaults } from './faults.js';
import { loopback, namesAround, privateStrings } from './records.js';
import type { TlsDoor } from './tls-door.js';

export interface NetworkOptions {
  store: Store;
  clock: Clock;
  /** The UDP port of the DNS server on 127.0.0.1; 0 takes a free one. Null: no DNS. */
  dnsPort: number | null;
  /**
   * Whether to listen on the ports of the private connection strings. `own`: on the same ports. `free`: on any free
   * ports, which only the SRV records name.
   */
  mongo: false | 'own' | 'free';
  faults?: readonly NetworkFault[];
  /** Called if a port can't be opened. */
  warn?(message: string): void;
}

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** The network between a client and the nodes of the sandbox's clusters: names, ports and TLS. */
export async function startNetwork(options: NetworkOptions) {
  const { store, clock, dnsPort, mongo, warn = () => {} } = options;
  const faults: NetworkFaults = new Set(options.faults);
  const authority = mongo ? await (await import('./certificates.js')).createAuthority(faults) : null;
  const ports =
    mongo && authority && (await import('./ports.js')).createMongoPorts({ authority, faults, ports: mongo, warn });
  let following = Promise.resolve();

  const view = async () => ({ world: await store.read(), now: clock.now() });

  /** Opens and closes ports so that they are those of the private strings that exist now. A DNS query does this too. */
  const refresh = async () => {
    if (!ports) return;
    // One after the other, because each compares what is wanted with what is open.
    following = following
      .then(async () => ports.follow(privateStrings(await view())))
      // The next request that reads the state reports that it can't be read.
      .catch(() => {});
    await following;
  };

  async function lookUp(name: string) {
    await refresh();
    const portOf = ports ? ports.portOf : ({ port }: Node) => port;
    return namesAround(await view(), name, { faults, portOf, address: ports ? loopback : null });
  }

  const dns = dnsPort === null ? null : await (await import('./dns-server.js')).startDnsServer(dnsPort, lookUp, faults);
  let door: TlsDoor | undefined;
  const serveOverTls = async (server: Server) => {
    if (!authority) return null;
    door = await (await import('./tls-door.js')).openTlsDoor(server, await authority.certificateOf('127.0.0.1'));
    return door.baseUrl;
  };
  const close = once(async () => {
    door?.close();
    await dns?.close();
    await following;
    if (ports) await ports.close();
  });
  return {
    /** `127.0.0.1:5353`; null without DNS. */
    dnsServer: dns?.address ?? null,
    /** The certificate, in PEM, of the authority that signed those of the nodes. Null without their ports. */
    authority: authority?.pem ?? null,
    /** Serves an HTTP server over TLS too. Returns the base URL; null without the ports. */
    serveOverTls,
    refresh,
    close,
  };
}
