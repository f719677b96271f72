import { UsageError } from '../base/errors.js';
import { objects, text } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import type { RegionNames } from '../clouds/facts.js';
import { regionNames, withBothNames } from '../clouds/regions.js';
import { type Fields, fields } from './errors.js';

export type Cluster = ReturnType<typeof toCluster>;

export interface ClusterRegion extends RegionNames {
  provider: Provider;
}

export type ConnectionString = ReturnType<typeof toConnectionString>;

export function regionText({ provider, region }: Pick<ClusterRegion, 'provider' | 'region'>) {
  return `${clouds[provider].title} ${region}`;
}

type Place = Pick<ClusterRegion, 'provider' | 'atlasRegion'>;

export function isSamePlace(a: Place, b: Place) {
  return a.provider === b.provider && a.atlasRegion === b.atlasRegion;
}

export function hasNodesIn({ regions }: Cluster, at: Place) {
  return regions.some((region) => isSamePlace(region, at));
}

export function canUse(cluster: Cluster, at: Place) {
  return cluster.shared === null && hasNodesIn(cluster, at);
}

/** Throws a usage error if no cluster can have this name. */
export function checkClusterName(name: string | undefined) {
  if (name === undefined || /^[a-z0-9][a-z0-9-]{0,63}$/i.test(name)) return;
  throw new UsageError(`'${name}' is not a valid cluster name.`, 'Example: Cluster0');
}

export function toCluster(answer: unknown) {
  const cluster = fields(answer, 'cluster');
  const { privateEndpoint } = Object(cluster.connectionStrings) as Fields;
  const configs = objects(cluster.replicationSpecs).flatMap(({ regionConfigs }) => objects(regionConfigs));
  return {
    id: text(cluster.id) ?? '',
    name: text(cluster.name) ?? '',
    /** IDLE, or what Atlas is doing to the cluster: CREATING, UPDATING, DELETING, REPAIRING. */
    status: text(cluster.stateName) ?? 'UNKNOWN',
    isPaused: cluster.paused === true,
    /** The kind of a cluster that shares its machines, `M0` or `Flex`: it has no private endpoints. Null if dedicated. */
    shared: sharedKind(configs),
    regions: regionsOf(configs),
    strings: objects(privateEndpoint).map(toConnectionString),
  };
}

function toConnectionString(string: Fields) {
  return {
    /** MONGOD (replica set) or MONGOS (sharded). */
    type: text(string.type),
    standard: text(string.connectionString),
    srv: text(string.srvConnectionString),
    srvShardOptimized: text(string.srvShardOptimizedConnectionString),
    /** The interface endpoints that it uses, one for each region with nodes. */
    endpoints: objects(string.endpoints).map(({ endpointId, providerName, region }) =>
      withBothNames({ id: text(endpointId) ?? '', provider: text(providerName), region: text(region) }),
    ),
  };
}

function sharedKind(configs: readonly Fields[]) {
  const shared = configs.find(({ providerName }) => providerName === 'TENANT' || providerName === 'FLEX');
  if (!shared) return null;
  const { instanceSize } = Object(shared.electableSpecs) as Fields;
  return shared.providerName === 'FLEX' ? 'Flex' : (text(instanceSize) ?? 'M0');
}

/** Clusters on shared hosts have no counts. */
function hasNodes({ electableSpecs, readOnlySpecs, analyticsSpecs }: Fields) {
  const counts = [electableSpecs, readOnlySpecs, analyticsSpecs].map((specs) => Object(specs).nodeCount);
  return counts.every((count) => count === undefined) || counts.some((count) => count > 0);
}

function regionsOf(configs: readonly Fields[]) {
  const found = configs.filter(hasNodes).flatMap(({ providerName, backingProviderName, regionName }) => {
    const provider = providers.find((name) => name === providerName || name === backingProviderName);
    return provider && typeof regionName === 'string' ? [{ provider, ...regionNames(provider, regionName) }] : [];
  });
  return [...new Map(found.map((region) => [`${region.provider} ${region.atlasRegion}`, region])).values()];
}
