import { digits } from './chance.js';
import type { ClusterWay, Path } from './clusters.js';
import type { ClusterSpec, World } from './world.js';

/* The connection strings of clusters, and the hosts and ports behind them. */

/** A node, as a connection string names it. */
export interface Node {
  host: string;
  port: number;
  /** Its number among the nodes of its region. */
  index: number;
  /** The interface endpoint that leads to it. Null for a public host. */
  way: ClusterWay | null;
}

export interface ClusterString {
  /** What follows `mongodb+srv://`. The SRV record is below this name. */
  name: string;
  nodes: readonly Node[];
  /** The options of the TXT record. */
  options: string;
}

const nodesPerRegion = [0, 1, 2] as const;

/** The domain of all hosts of a cluster. */
export function domainOf(projectId: string, { name }: Pick<ClusterSpec, 'name'>): string {
  return `${digits(projectId + name, 5)}.mongodb.net`;
}

/** The string for connections over the Internet. */
export function standardString(projectId: string, spec: ClusterSpec): ClusterString {
  const [name, domain] = [spec.name.toLowerCase(), domainOf(projectId, spec)];
  const nodes = nodesPerRegion.map((index) => {
    return { host: `${name}-shard-00-0${index}.${domain}`, port: 27_017, index, way: null };
  });
  return { name: `${name}.${domain}`, nodes, options: optionsOf(spec) };
}

/** A private string: in each region, the nodes behind one interface endpoint. */
export function privateString(
  { options: { clusters } }: World,
  projectId: string,
  spec: ClusterSpec,
  { hosts, number, ways }: Path,
): ClusterString {
  const { prefix, firstPort, lastPort, perNode } = hosts;
  const domain = domainOf(projectId, spec);
  // No two strings of a project share a port. So all of them can be served on one address.
  const before = clusters.slice(0, clusters.indexOf(spec));
  const start = number * countNodes(clusters) + countNodes(before);
  const nodes = ways.flatMap((way, region) =>
    nodesPerRegion.map((index) => {
      const host = `${prefix}-${number}-${way.service.atlasRegion.toLowerCase().replaceAll('_', '-')}`;
      const place = (perNode ? 0 : start + region * nodesPerRegion.length) + index;
      const port = firstPort + (place % (lastPort - firstPort + 1));
      return { host: `${host}${perNode ? `-${index}` : ''}.${domain}`, port, index, way };
    }),
  );
  return { name: `${spec.name.toLowerCase()}-${prefix}-${number}.${domain}`, nodes, options: optionsOf(spec) };
}

function countNodes(clusters: readonly ClusterSpec[]): number {
  return clusters.reduce((sum, { regions }) => sum + regions.length * nodesPerRegion.length, 0);
}

function optionsOf({ name }: ClusterSpec): string {
  return `authSource=admin&replicaSet=atlas-${digits(name, 6)}-shard-0`;
}
