import { UsageError } from '../base/errors.js';
import { text, texts } from '../base/json.js';
import { type Provider, providers } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { fields } from './read.js';

/** The parts of a cluster that matter to private endpoints. */
export interface Cluster {
  id: string;
  name: string;
  /** IDLE, or what Atlas is doing to the cluster: CREATING, UPDATING, DELETING, REPAIRING. */
  status: string;
  isPaused: boolean;
  /** The kind of a cluster that shares its machines, `M0` or `Flex`: it has no private endpoints. Null if dedicated. */
  shared: string | null;
  /** The regions that have nodes, in Atlas's spelling. */
  regions: readonly { provider: Provider; atlasRegion: string }[];
  strings: readonly ConnectionString[];
}

/** A private connection string. It holds no password. */
export interface ConnectionString {
  /** MONGOD (replica set) or MONGOS (sharded). */
  type: string | null;
  standard: string | null;
  srv: string | null;
  srvShardOptimized: string | null;
  /** The interface endpoints that it uses, one for each region with nodes. */
  endpoints: readonly { id: string; provider: string; atlasRegion: string }[];
}

export function hasNodesIn({ regions }: Cluster, at: { provider: Provider; atlasRegion: string }): boolean {
  return regions.some(({ provider, atlasRegion }) => provider === at.provider && atlasRegion === at.atlasRegion);
}

/** Whether a private endpoint in this region can serve the cluster. */
export function canUse(cluster: Cluster, at: { provider: Provider; atlasRegion: string }): boolean {
  return cluster.shared === null && hasNodesIn(cluster, at);
}

/** Throws a usage error if no cluster can have this name. */
export function checkClusterName(name: string | undefined): void {
  if (name === undefined || /^[a-z0-9][a-z0-9-]{0,63}$/i.test(name)) return;
  throw new UsageError(`'${name}' is not a valid cluster name.`, 'Example: Cluster0');
}

export function toCluster(answer: unknown): Cluster {
  const cluster = fields(answer, 'cluster');
  const { privateEndpoint } = Object(cluster.connectionStrings) as Record<string, unknown>;
  return {
    id: text(cluster.id) ?? '',
    name: text(cluster.name) ?? '',
    status: text(cluster.stateName) ?? 'UNKNOWN',
    isPaused: cluster.paused === true,
    shared: sharedKind(cluster.replicationSpecs),
    regions: regionsOf(cluster.replicationSpecs),
    strings: list(privateEndpoint).map(toConnectionString),
  };
}

function toConnectionString(answer: unknown): ConnectionString {
  const found = Object(answer) as Record<string, unknown>;
  return {
    type: text(found.type),
    standard: text(found.connectionString),
    srv: text(found.srvConnectionString),
    srvShardOptimized: text(found.srvShardOptimizedConnectionString),
    endpoints: list(found.endpoints).map((each) => {
      const endpoint = Object(each) as Record<string, unknown>;
      return {
        id: text(endpoint.endpointId) ?? '',
        provider: text(endpoint.providerName) ?? '',
        atlasRegion: text(endpoint.region) ?? '',
      };
    }),
  };
}

type Config = Record<string, unknown>;

/** `replicationSpecs[].regionConfigs[]`. */
function configsOf(specs: unknown): Config[] {
  const configs = list(specs).flatMap((spec) => list((Object(spec) as Config).regionConfigs));
  return configs.map((config) => Object(config) as Config);
}

/** Clusters that share their machines have the provider `TENANT` or `FLEX` instead of a cloud. */
function sharedKind(specs: unknown): string | null {
  const shared = configsOf(specs).find(({ providerName }) => providerName === 'TENANT' || providerName === 'FLEX');
  if (!shared) return null;
  const { instanceSize } = Object(shared.electableSpecs) as Config;
  return shared.providerName === 'FLEX' ? 'Flex' : (text(instanceSize) ?? 'M0');
}

/** Each region once. */
function regionsOf(specs: unknown): Cluster['regions'] {
  const found = configsOf(specs).flatMap(({ providerName, backingProviderName, regionName }) => {
    const [provider] = providers.filter((name) => name === providerName || name === backingProviderName);
    const [region] = texts([regionName]);
    return provider && region !== undefined
      ? [{ provider, atlasRegion: regionNames(provider, region).atlasRegion }]
      : [];
  });
  return [...new Map(found.map((region) => [`${region.provider} ${region.atlasRegion}`, region])).values()];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
