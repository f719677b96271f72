import type { Provider } from '../clouds/all.js';
import { digits } from './chance.js';
import { sandboxClouds } from './clouds/all.js';
import { type ClusterString, clusterState, standardString, txtOptions } from './clusters.js';
import type { ClusterSpec, World, WorldView } from './world.js';

/**
 * The versions of clusters. Before the last one, a replication spec described several shards, and the disk size was a
 * top-level key. The answer without a version is the oldest.
 */
const newest = '2024-08-05';
export const clusterVersions = ['2023-01-01', '2023-02-01', newest];

export function clusterAnswer(
  { project, version, ...view }: WorldView & { project: string; version: string },
  spec: ClusterSpec,
): Record<string, unknown> {
  const isOld = version < newest;
  const disk = { diskSizeGB: 10 };
  const { status, privateStrings } = clusterState(view, project, spec);
  const seed = (string: ClusterString) =>
    `mongodb://${string.nodes.map(({ host, port }) => `${host}:${port}`).join(',')}/?ssl=true&${txtOptions(string)}`;
  const standard = standardString(project, spec);
  const privateEndpoint = privateStrings.map((string) => ({
    connectionString: seed(string),
    srvConnectionString: `mongodb+srv://${string.name}`,
    type: 'MONGOD',
    endpoints: string.ways.map(({ service: { provider, atlasRegion }, attachment }) => ({
      endpointId: attachment.id,
      providerName: provider,
      region: atlasRegion,
    })),
  }));
  return {
    id: digits(project + spec.name, 24),
    name: spec.name,
    groupId: project,
    stateName: status,
    clusterType: 'REPLICASET',
    paused: spec.paused ?? false,
    links: [],
    mongoDBMajorVersion: '8.0',
    mongoDBVersion: '8.0.12',
    versionReleaseSystem: 'LTS',
    ...(isOld && disk),
    connectionStrings: {
      standard: seed(standard),
      standardSrv: `mongodb+srv://${standard.name}`,
      ...(privateEndpoint.length > 0 && { privateEndpoint }),
    },
    replicationSpecs: [
      {
        id: digits(`${project}${spec.name}spec`, 24),
        ...(isOld ? { numShards: 1 } : { zoneId: digits(`${project}${spec.name}zone`, 24) }),
        zoneName: 'Zone 1',
        regionConfigs: spec.regions.map(({ provider, atlasRegion }, index) => ({
          ...hardwareOf(spec.tier, provider, isOld ? {} : disk),
          regionName: atlasRegion,
          priority: 7 - index,
        })),
      },
    ],
  };
}

/**
 * Clusters on shared hosts have a provider of their own. The newest API versions list flex clusters elsewhere; those of
 * the sandbox do not.
 */
function hardwareOf(tier: ClusterSpec['tier'], provider: Provider, disk: object): Record<string, unknown> {
  if (tier === undefined) {
    return { providerName: provider, electableSpecs: { instanceSize: 'M10', nodeCount: 3, ...disk } };
  }
  const providerName = tier === 'M0' ? 'TENANT' : tier;
  return { providerName, backingProviderName: provider, electableSpecs: { instanceSize: tier } };
}

/** The networks of the clusters of a project. Those of shared clusters are not listed. */
export function containerAnswers({ options }: World, projectId: string, provider: Provider): Record<string, unknown>[] {
  const dedicated = options.clusters.filter(({ tier }) => tier === undefined);
  const own = dedicated.flatMap(({ regions }) => regions).filter((each) => each.provider === provider);
  const regions = [...new Set(own.map(({ atlasRegion }) => atlasRegion))];
  return sandboxClouds[provider].networks(regions).map((network) => ({
    id: digits(`${projectId}${provider}${JSON.stringify(network)}container`, 24),
    providerName: provider,
    provisioned: true,
    atlasCidrBlock: '192.168.248.0/21',
    ...network,
  }));
}

/** The limits of a project that concern private endpoints. How Atlas counts connections is not recorded. */
export function limitAnswers({ world: { options } }: WorldView): Record<string, unknown>[] {
  const dedicated = options.clusters.filter(({ tier }) => tier === undefined);
  const places = dedicated.flatMap(({ regions }) => regions.map((each) => `${each.provider} ${each.atlasRegion}`));
  const nodes = places.map((place) => 3 * places.filter((other) => other === place).length);
  const limit = (name: string, currentUsage: number, maximumLimit: number) => {
    return { name: `atlas.project.deployment.${name}`, value: 50, currentUsage, defaultLimit: 50, maximumLimit };
  };
  const connections = limit('privateServiceConnectionsPerRegionGroup', 0, 100);
  return [limit('nodesPerPrivateLinkRegion', Math.max(0, ...nodes), 90), connections];
}
