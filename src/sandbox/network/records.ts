import type { ClusterString, Node } from '../connection-strings.js';
import type { World } from '../world.js';
import { type HostRecords, hostRecords, publicAddress } from './addresses.js';
import type { NetworkFaults } from './faults.js';
import { privateStrings, stringsOfWorld } from './strings.js';

/* The DNS records of the connection strings, from the state of the world at the time of a query. */

/** The records of one name, by type. */
export interface NameRecords {
  SRV?: readonly { host: string; port: number }[];
  TXT?: string;
  CNAME?: string;
  A?: readonly string[];
}

/** How the records of private strings differ from those of Atlas. */
export interface Adjustments {
  faults: NetworkFaults;
  /** The address on which the nodes listen. Null: they have their own addresses. */
  address: string | null;
  /** The port on which a node listens. */
  portOf(node: Node): number;
}

/** The names around this one, which is in lower case, with their records. It is one of them if it exists. */
export function namesAround(
  world: World,
  now: number,
  name: string,
  adjust: Adjustments,
): ReadonlyMap<string, NameRecords> {
  const domain = /(?:^|\.)([^.]+\.mongodb\.net)$/.exec(name)?.[1];
  // An alias leads to a name outside of the cluster's domain.
  const strings = domain === undefined ? privateStrings(world, now) : stringsOfWorld(world, now, domain);
  const found = strings.filter(({ nodes }) => !nodes.some(isPrivate) || !adjust.faults.has('no-srv'));
  return new Map(found.flatMap((string) => namesOf(world, now, string, adjust)));
}

function namesOf(world: World, now: number, string: ClusterString, adjust: Adjustments): [string, NameRecords][] {
  const { name, nodes, options } = string;
  return [
    [`_mongodb._tcp.${name}`, { SRV: nodes.map((node) => ({ host: node.host, port: adjust.portOf(node) })) }],
    [name, { TXT: options }],
    ...nodes.flatMap((node): [string, NameRecords][] => {
      const { alias, addresses } = isPrivate(node) ? adjusted(world, now, node, adjust) : hostRecords(world, now, node);
      const records = addresses.length > 0 ? { A: addresses } : {};
      return alias === null
        ? [[node.host, records]]
        : [
            [node.host, { CNAME: alias }],
            [alias, records],
          ];
    }),
  ];
}

function adjusted(world: World, now: number, node: Node, { faults, address }: Adjustments): HostRecords {
  const isOther = faults.has('other-endpoint');
  const { alias, addresses } = hostRecords(world, now, node, isOther);
  // A resolver that filters private addresses removes them, and leaves the alias.
  if (faults.has('no-address')) return { alias, addresses: [] };
  if (faults.has('public-address')) return { alias, addresses: [publicAddress(node.host)] };
  // Without an alias, only the address shows that it is another endpoint.
  const isLocal = address !== null && !(isOther && alias === null);
  return { alias, addresses: isLocal ? [address] : addresses };
}

function isPrivate({ way }: Node): boolean {
  return way !== null;
}
