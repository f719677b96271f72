import type { Cluster, ConnectionString } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import { ignoreFailure } from '../../base/errors.js';
import type { Subject } from './check.js';
import type { Facts } from './facts.js';
import { clustersOf } from './project-facts.js';

/** A private connection string of a cluster through a service. */
export interface StringSubject extends Subject {
  cluster: Cluster;
  /** The services that it leads through. */
  services: readonly Endpoint[];
  string: ConnectionString;
  /** The host name of the SRV string; null if there is only a list of hosts. */
  srvName: string | null;
}

/** A host of connection strings, and its ports. */
export interface HostSubject extends Subject {
  host: string;
  ports: readonly number[];
  services: readonly Endpoint[];
}

/** The private connection strings through the services. */
export async function stringsIn(facts: Facts): Promise<StringSubject[]> {
  const clusters = await clustersOf(facts).catch(ignoreFailure);
  const services = await facts.services().catch(ignoreFailure);
  return (clusters ?? []).flatMap((cluster) =>
    cluster.strings.flatMap((string) => {
      const ids = string.endpoints.map(({ id }) => id);
      const through = (services ?? []).filter(({ interfaceEndpoints }) =>
        interfaceEndpoints.some((id) => ids.includes(id)),
      );
      const srvName = hostOf(string.srv ?? '') ?? null;
      const name = srvName ?? hostsOf(string.standard ?? '')[0]?.host;
      if (through.length === 0 || name === undefined) return [];
      const within = [cluster.name, ...through.map(({ id }) => id)];
      return [{ key: name, name, within, cluster, services: through, string, srvName }];
    }),
  );
}

/** The hosts of these strings, each once. */
export async function hostsIn(facts: Facts): Promise<HostSubject[]> {
  const hosts = new Map<string, HostSubject>();
  for (const { key, within, string, srvName, services } of await stringsIn(facts)) {
    for (const { host, port } of await nodesOf(facts, { string, srvName })) {
      const known = hosts.get(host);
      hosts.set(host, {
        key: `host ${host}`,
        name: host,
        host,
        within: [...new Set([...(known?.within ?? []), key, ...within])],
        ports: [...new Set([...(known?.ports ?? []), port])].sort((a, b) => a - b),
        services: [...new Set([...(known?.services ?? []), ...services])],
      });
    }
  }
  return [...hosts.values()];
}

async function nodesOf(facts: Facts, { string, srvName }: Pick<StringSubject, 'string' | 'srvName'>) {
  if (srvName === null) return hostsOf(string.standard ?? '');
  return (await facts.resolver.services(srvOf(srvName)).catch(ignoreFailure)) ?? [];
}

/** The name of the SRV record of a connection string. */
export function srvOf(name: string): string {
  return `_mongodb._tcp.${name}`;
}

function hostOf(srv: string): string | undefined {
  return /^mongodb\+srv:\/\/(?:[^@/]*@)?([a-z0-9.-]+)/i.exec(srv)?.[1];
}

/** The hosts and ports of a `mongodb://` string. */
function hostsOf(standard: string): { host: string; port: number }[] {
  const list = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/i.exec(standard)?.[1] ?? '';
  return list.split(',').flatMap((each) => {
    const [, host, port] = /^([a-z0-9.-]+)(?::(\d+))?$/i.exec(each) ?? [];
    return host === undefined ? [] : [{ host, port: Number(port ?? 27_017) }];
  });
}
