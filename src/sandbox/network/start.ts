import type { Server } from 'node:http';
import type { Clock } from '../../base/clock.js';
import { once } from '../../base/once.js';
import type { Node } from '../clusters.js';
import type { Store } from '../store.js';
import type { NetworkFault, NetworkFaults } from './faults.js';
import { allNames, loopback, privateStrings } from './records.js';

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

/** The network between a client and the nodes of the sandbox's clusters: names, ports and TLS. */
export async function startNetwork(options: NetworkOptions) {
  const { store, clock, dnsPort, mongo, warn = () => {} } = options;
  const faults: NetworkFaults = new Set(options.faults);
  const ports = mongo ? await (await import('./ports.js')).createMongoPorts({ faults, ports: mongo, warn }) : null;
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

  async function lookUp() {
    await refresh();
    const portOf = ports ? ports.portOf : ({ port }: Node) => port;
    return allNames(await view(), { faults, portOf, address: ports ? loopback : null });
  }

  const dns = dnsPort === null ? null : await (await import('./dns-server.js')).startDnsServer(dnsPort, lookUp, faults);
  const close = once(async () => {
    await dns?.close();
    await following;
    await ports?.close();
  });
  return {
    /** `127.0.0.1:5353`; null without DNS. */
    dnsServer: dns?.address ?? null,
    /* Null without ports. */
    authority: ports?.authority ?? null,
    serveHttps: async (server: Server) => ports?.serveHttps(server) ?? null,
    refresh,
    close,
  };
}
