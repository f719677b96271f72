import type { Cluster, ConnectionString } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import type { CheckSubject } from './check.js';
import { wayKey } from './clusters.js';
import { clustersOf, type Facts, orNone } from './facts.js';

/** A private connection string of a cluster through a service. */
export interface StringSubject extends CheckSubject {
  /** The services that are checked, and that it leads through. */
  services: readonly Endpoint[];
  /** The ids of the interface endpoints that it leads through. */
  endpointIds: readonly string[];
  /** The host name of an SRV string; null if there is only a list of hosts. */
  srvName: string | null;
  /** The list of hosts, if there is no SRV string. */
  nodes: readonly Node[];
}

interface Node {
  host: string;
  port: number;
}

/** A host of connection strings, and its ports. */
export interface HostSubject extends CheckSubject {
  host: string;
  ports: readonly number[];
  services: readonly Endpoint[];
  /** The interface endpoints, one of which it leads to. */
  endpointIds: readonly string[];
}

/** The private connection strings through the services, also those for sharded clusters. */
export async function stringsIn(facts: Facts): Promise<StringSubject[]> {
  const [clusters, services] = [await orNone(clustersOf(facts)), await orNone(facts.services())];
  return clusters.flatMap((cluster) => cluster.strings.flatMap((string) => namedBy(string, cluster, services)));
}

function namedBy(string: ConnectionString, cluster: Cluster, services: readonly Endpoint[]): StringSubject[] {
  const endpointIds = string.endpoints.map(({ id }) => id);
  const through = services.filter(({ interfaceEndpoints }) =>
    interfaceEndpoints.some((id) => endpointIds.includes(id)),
  );
  if (through.length === 0) return [];
  const within = [cluster.name, ...through.flatMap((service) => [service.id, wayKey(cluster, service)])];
  const about = { within, services: through, endpointIds };
  const names = [string.srv, string.srvShardOptimized].flatMap((srv) => hostOf(srv ?? '') ?? []);
  if (names.length > 0) return names.map((name) => ({ key: name, name, srvName: name, nodes: [], ...about }));
  const nodes = hostsOf(string.standard ?? '');
  const [first] = nodes;
  return first ? [{ key: first.host, name: first.host, srvName: null, nodes, ...about }] : [];
}

/** The hosts of these strings, each once. */
export async function hostsIn(facts: Facts): Promise<HostSubject[]> {
  const hosts = new Map<string, HostSubject>();
  for (const string of await stringsIn(facts)) {
    const { key, within, services, endpointIds } = string;
    for (const { host, port } of await nodesOf(facts, string)) {
      const known = hosts.get(host);
      hosts.set(host, {
        key: `host ${host}`,
        name: host,
        host,
        within: together(known?.within, [key, ...within]),
        ports: together(known?.ports, [port]).sort((a, b) => a - b),
        services: together(known?.services, services),
        endpointIds: together(known?.endpointIds, endpointIds),
      });
    }
  }
  return [...hosts.values()];
}

function together<T>(some: readonly T[] = [], more: readonly T[] = []): T[] {
  return [...new Set([...some, ...more])];
}

async function nodesOf(facts: Facts, { srvName, nodes }: StringSubject): Promise<readonly Node[]> {
  if (srvName === null) return nodes;
  return orNone(facts.resolver.services(srvOf(srvName)));
}

/** The name of the SRV record of a connection string. */
export function srvOf(name: string): string {
  return `_mongodb._tcp.${name}`;
}

function hostOf(srv: string): string | undefined {
  return /^mongodb\+srv:\/\/(?:[^@/]*@)?([a-z0-9.-]+)/i.exec(srv)?.[1];
}

/** The hosts and ports of a `mongodb://` string. */
function hostsOf(standard: string): Node[] {
  const list = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/i.exec(standard)?.[1] ?? '';
  return list.split(',').flatMap((each) => {
    const [, host, port] = /^([a-z0-9.-]+)(?::(\d+))?$/i.exec(each) ?? [];
    return host === undefined ? [] : [{ host, port: Number(port ?? 27_017) }];
  });
}
