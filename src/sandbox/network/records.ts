import { regionNames } from '../../clouds/regions.js';
import { accounts } from '../accounts.js';
import { sandboxClouds } from '../clouds/all.js';
import { type ClusterString, clusterState, type Node, standardString, txtOptions } from '../clusters.js';
import { digits, projectsOf, type WorldView } from '../world.js';
import type { NetworkFaults } from './faults.js';

export type NameRecord =
  | { type: 'SRV'; data: { target: string; port: number } }
  | { type: 'TXT' | 'CNAME' | 'A'; data: string };

export type Names = ReadonlyMap<string, readonly NameRecord[]>;

interface Adjustments {
  faults: NetworkFaults;
  /** The address on which the nodes listen. Null: they have their own addresses. */
  address: string | null;
  portOf(node: Node): number;
}

export function allNames(view: WorldView, adjust: Adjustments): Names {
  const found = allStrings(view).filter(({ ways }) => ways.length === 0 || !adjust.faults.has('no-srv'));
  return new Map(found.flatMap((string) => namesOf(view, string, adjust)));
}

function namesOf(view: WorldView, string: ClusterString, adjust: Adjustments): [string, NameRecord[]][] {
  const { name, nodes } = string;
  return [
    [
      `_mongodb._tcp.${name}`,
      nodes.map((node) => ({ type: 'SRV', data: { target: node.host, port: adjust.portOf(node) } })),
    ],
    [name, [{ type: 'TXT', data: txtOptions(string) }]],
    ...nodes.flatMap((node): [string, NameRecord[]][] => {
      const { alias, addresses } = node.way ? adjusted(view, node, adjust) : hostRecords(view, node);
      const records = addresses.map((data): NameRecord => ({ type: 'A', data }));
      if (alias === null) return [[node.host, records]];
      return [
        [node.host, [{ type: 'CNAME', data: alias }]],
        [alias, records],
      ];
    }),
  ];
}

function adjusted(view: WorldView, node: Node, { faults, address }: Adjustments) {
  const isOther = faults.has('other-endpoint');
  const { alias, addresses } = hostRecords(view, node, isOther);
  // A resolver that filters private addresses removes them, and leaves the alias.
  if (faults.has('no-address')) return { alias, addresses: [] };
  if (faults.has('public-address')) return { alias: null, addresses: [publicAddress(node.host)] };
  // Without an alias, only the address shows that it is another endpoint.
  const isLocal = address !== null && !(isOther && alias === null);
  return { alias, addresses: isLocal ? [address] : addresses };
}

/** What a host resolves to: addresses of its own, or of an alias. `isOther`: of another interface endpoint. */
function hostRecords(view: WorldView, { host, index, way }: Node, isOther = false) {
  if (way === null) return { alias: null, addresses: [publicAddress(host)] };
  const { service, attachment } = way;
  const { names } = sandboxClouds[service.provider];
  const own = accounts[service.provider].addresses?.(view, attachment.id);
  const region = own?.region ?? regionNames(service.provider, service.atlasRegion).region;
  // Ids of endpoints end in hex digits, or in a name.
  const otherId = attachment.id.replace(/[0-9a-z]+$/, (end) => digits(`other ${end}`, end.length));
  const id = isOther ? otherId : attachment.id;
  const alias = names.alias?.(id, service.id, region) ?? null;
  if (isOther) return { alias, addresses: [madeUpAddress(id)] };
  const chosen = names.addresses?.(attachment) ?? [];
  if (chosen.length > 0) return { alias, addresses: [chosen[index % chosen.length] ?? ''] };
  return { alias, addresses: own?.addresses.length ? own.addresses : [madeUpAddress(id)] };
}

/** A private address for an endpoint that the sandbox's cloud does not have. */
function madeUpAddress(name: string) {
  const bytes = [...Buffer.from(digits(name, 6), 'hex')];
  return `10.${bytes.map((byte) => (byte % 200) + 10).join('.')}`;
}

/** From the range for documentation (RFC 5737). */
function publicAddress(name: string) {
  return `203.0.113.${(Number.parseInt(digits(name, 2), 16) % 254) + 1}`;
}

export function privateStrings(view: WorldView): ClusterString[] {
  return allStrings(view).filter(({ ways }) => ways.length > 0);
}

function allStrings(view: WorldView) {
  return projectsOf(view.world).flatMap((project) =>
    view.world.options.clusters.flatMap((spec) => [
      standardString(project, spec),
      ...clusterState(view, project, spec).privateStrings,
    ]),
  );
}

/** Everything listens here, because it is the one address of loopback that every system has. */
export const loopback = '127.0.0.1';
