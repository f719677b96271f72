import { codeOf, reasonOf } from '../../base/errors.js';
import type { ClusterString, Node } from '../connection-strings.js';
import type { Authority } from './certificates.js';
import { closedDoor, domainOfHost, type OpenDoor, type Port, silentDoor, tlsDoor } from './doors.js';
import type { NetworkFaults } from './faults.js';

/** Listens on the ports of the private connection strings, on loopback, as the nodes of the clusters do. */
export interface MongoPorts {
  /** Opens and closes ports, so that they are those of these strings. */
  follow(strings: readonly ClusterString[]): Promise<void>;
  /** The port on which a node listens. */
  portOf(node: Node): number;
  close(): Promise<void>;
}

interface MongoPortsOptions {
  authority: Authority;
  faults: NetworkFaults;
  /** `own` are the ports in the connection strings, `free` are free ports of this machine. */
  ports: 'own' | 'free';
  warn(message: string): void;
}

export function createMongoPorts({ authority, faults, ports, warn }: MongoPortsOptions): MongoPorts {
  const doors = new Map<string, Port>();
  const warned = new Set<number>();
  let nodes = new Map<string, Node[]>();
  // Several hosts may share a port on this one address. Each host can have a free port.
  const keyOf = ({ host, port }: Node) => (ports === 'own' ? String(port) : `${host}:${port}`);

  function doorOf(key: string, { index }: Node): OpenDoor {
    if (faults.has('closed-port') && index === 1) return closedDoor;
    if (faults.has('silent-port') && index === 2) return silentDoor;
    return tlsDoor(authority, () => (nodes.get(key) ?? []).map(({ host }) => domainOfHost(host)));
  }

  async function open(key: string, node: Node): Promise<void> {
    try {
      doors.set(key, await doorOf(key, node)(ports === 'own' ? node.port : 0));
    } catch (error) {
      if (warned.has(node.port)) return;
      warned.add(node.port);
      const why = codeOf(error) === 'EADDRINUSE' ? 'It is already in use' : reasonOf(error).replace(/\.$/, '');
      warn(`The sandbox can't listen on port ${node.port} of a cluster. ${why}.`);
    }
  }

  return {
    follow: async (strings) => {
      nodes = new Map();
      for (const node of strings.flatMap((string) => string.nodes)) {
        nodes.set(keyOf(node), [...(nodes.get(keyOf(node)) ?? []), node]);
      }
      const unwanted = [...doors].filter(([key]) => !nodes.has(key));
      for (const [key] of unwanted) doors.delete(key);
      await Promise.all(unwanted.map(([, door]) => door.close()));
      const missing = [...nodes].filter(([key]) => !doors.has(key));
      await Promise.all(missing.map(async ([key, [node]]) => node && open(key, node)));
    },
    portOf: (node) => doors.get(keyOf(node))?.port ?? node.port,
    close: async () => {
      const all = [...doors.values()];
      doors.clear();
      await Promise.all(all.map((door) => door.close()));
    },
  };
}
