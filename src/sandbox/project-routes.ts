import { createdOn } from '../atlas/ids.js';
import { type Provider, providers } from '../clouds/all.js';
import { type AnswerBody, sandboxClouds } from './clouds/all.js';
import { type ClusterString, clusterState, standardString, txtOptions } from './clusters.js';
import { checkBody, ensureAtlas, ensureKnown } from './frontend.js';
import { keyAnswer, visibleProjects } from './gate.js';
import {
  type ApiRoute,
  type AtlasRequest,
  apiChange,
  apiRead,
  olderApiRead,
  pageOf,
  providerOf,
} from './requests.js';
import { lacksPortMapping, servicesOf } from './services.js';
import { type ClusterSpec, defaultProject, digits, organization, type World, type WorldView } from './world.js';

const group = '/groups/{project}';
const [clusters, cluster] = [`${group}/clusters`, `${group}/clusters/{name}`];

const readCluster = (request: AtlasRequest) => clusterAnswer(request, findCluster(request));
const readClusters = (request: AtlasRequest) => {
  const page = pageOf(request.query, request.world.options.clusters);
  return { ...page, results: page.results.map((each) => clusterAnswer(request, each)) };
};

/** Before this version, a replication spec described several shards, and the disk size was a top-level key. */
const newest = '2024-08-05';
const clusterVersions = ['2023-01-01', '2023-02-01', newest];

export const projectRoutes: readonly ApiRoute[] = [
  apiRead('', ({ world, publicKey, rights }) => {
    const apiKey = publicKey === null ? null : keyAnswer(rights, world, publicKey);
    return { apiKey, appName: 'MongoDB Atlas', build: 'sandbox', throttling: false };
  }),

  apiRead('/groups', ({ world, query, root, rights }) => {
    const page = pageOf(query, visibleProjects(rights, world));
    return { ...page, results: page.results.map((id) => projectAnswer(world, id, root)) };
  }),

  apiRead('/groups/byName/{name}', ({ world, name, root, rights }) => {
    const id = visibleProjects(rights, world).find((project) => projectName(project) === name);
    ensureKnown(id, 'GROUP_NOT_FOUND', 'group with name', name);
    return projectAnswer(world, id, root);
  }),

  apiRead(group, ({ world, project, root }) => projectAnswer(world, project, root)),

  apiRead(clusters, readClusters, clusterVersions),
  olderApiRead(clusters, readClusters),
  apiRead(cluster, readCluster, clusterVersions),
  olderApiRead(cluster, readCluster),

  apiRead(`${cluster}/processArgs`, (request) => {
    findCluster(request);
    return { minimumEnabledTlsProtocol: 'TLS1_2' };
  }),

  // Terraform reads the network of each cluster region here.
  apiRead(`${group}/containers`, ({ world, project, query }) =>
    pageOf(query, containerAnswers(world, project, providerOf(query.get('providerName') ?? 'AWS'))),
  ),

  // The flex clusters of the sandbox are in the list of all clusters.
  ...['teams', 'flexClusters'].map((list) => apiRead(`${group}/${list}`, ({ query }) => pageOf(query, []))),

  apiRead(`${group}/limits`, limitAnswers),

  apiRead(`${group}/privateEndpoint/regionalMode`, ({ world, project }) => {
    return { enabled: world.regionalMode.includes(project) };
  }),

  apiChange('PATCH', `${group}/privateEndpoint/regionalMode`, 202, (request) => {
    const { enabled } = Object(request.body) as AnswerBody;
    checkBody({ enabled: [typeof enabled === 'boolean', 'must be true or false'] });
    return { world: setRegionalMode(request, request.project, enabled === true), answer: { enabled } };
  }),
];

function findCluster({ world, project, name }: AtlasRequest) {
  const found = world.options.clusters.find((cluster) => cluster.name === name);
  ensureAtlas(found, 'CLUSTER_NOT_FOUND', `No cluster named ${name} exists in group ${project}.`, 404, name, project);
  return found;
}

function projectAnswer({ options }: World, id: string, root: string) {
  return {
    id,
    name: projectName(id),
    orgId: organization,
    clusterCount: options.clusters.length,
    created: createdOn(id),
    links: [{ href: `${root}/api/atlas/v2/groups/${id}`, rel: 'self' }],
    tags: [],
    withDefaultAlertsSettings: true,
  };
}

function projectName(id: string) {
  return id === defaultProject ? 'Sandbox' : `Sandbox-${id.slice(-6)}`;
}

function setRegionalMode({ world, now }: WorldView, project: string, enabled: boolean) {
  const others = world.regionalMode.filter((id) => id !== project);
  if (enabled) {
    // The published description: 409 unless all clusters are sharded. Guess: the code and the sentence.
    const isSharded = world.options.clusters.every(({ sharded }) => sharded);
    const sentence = 'Regional mode requires that all clusters are sharded.';
    ensureAtlas(isSharded, 'REGIONAL_MODE_REQUIRES_SHARDED_CLUSTERS', sentence, 409, project);
    return { ...world, regionalMode: [...others, project] };
  }
  const places = providers.flatMap((provider) =>
    servicesOf({ world, now, project, provider }).map(
      (service) => `${provider} ${service.atlasRegion}${lacksPortMapping(service) ? ' without port mapping' : ''}`,
    ),
  );
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  const what = `${twice} has multiple private endpoints.`;
  ensureAtlas(twice === undefined, 'MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION', what, 409, project);
  return { ...world, regionalMode: others };
}

function clusterAnswer({ project, version, ...view }: AtlasRequest, spec: ClusterSpec) {
  const isOld = version < newest;
  const disk = { diskSizeGB: 10 };
  const { status, privateStrings } = clusterState(view, project, spec);
  const seed = (string: ClusterString) =>
    `mongodb://${string.nodes.map(({ host, port }) => `${host}:${port}`).join(',')}/?ssl=true&${txtOptions(string)}`;
  const standard = standardString(project, spec);
  const privateEndpoint = privateStrings.map((string) => ({
    connectionString: seed(string),
    srvConnectionString: `mongodb+srv://${string.name}`,
    type: spec.sharded ? 'MONGOS' : 'MONGOD',
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
    clusterType: spec.sharded ? 'SHARDED' : 'REPLICASET',
    paused: spec.paused ?? false,
    links: [],
    mongoDBMajorVersion: '8.0',
    mongoDBVersion: '8.0.12',
    versionReleaseSystem: 'LTS',
    ...(isOld && disk),
    connectionStrings: {
      standard: seed(standard),
      standardSrv: `mongodb+srv://${standard.name}`,
      // Recorded without one: an empty list in a cluster that is updating, and no key in one that is IDLE or CREATING.
      ...((status === 'UPDATING' || privateEndpoint.length > 0) && { privateEndpoint }),
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

/** Shared clusters have a provider of their own. The real API lists flex clusters elsewhere; the sandbox does not. */
function hardwareOf(tier: ClusterSpec['tier'], provider: Provider, disk: object) {
  if (tier === undefined) {
    return { providerName: provider, electableSpecs: { instanceSize: 'M10', nodeCount: 3, ...disk } };
  }
  const providerName = tier === 'M0' ? 'TENANT' : tier;
  return { providerName, backingProviderName: provider, electableSpecs: { instanceSize: tier } };
}

function containerAnswers({ options }: World, projectId: string, provider: Provider) {
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

/** The limits of a project that concern private endpoints. Guess: how Atlas counts connections. */
function limitAnswers({ world: { options } }: WorldView) {
  const dedicated = options.clusters.filter(({ tier }) => tier === undefined);
  const places = dedicated.flatMap(({ regions }) => regions.map((each) => `${each.provider} ${each.atlasRegion}`));
  const nodes = places.map((place) => 3 * places.filter((other) => other === place).length);
  const limit = (name: string, currentUsage: number, maximumLimit: number) => {
    return { name: `atlas.project.deployment.${name}`, value: 50, currentUsage, defaultLimit: 50, maximumLimit };
  };
  const connections = limit('privateServiceConnectionsPerRegionGroup', 0, 100);
  return [limit('nodesPerPrivateLinkRegion', Math.max(0, ...nodes), 90), connections];
}
