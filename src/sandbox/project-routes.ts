import { createdOn } from '../atlas/ids.js';
import { providers } from '../clouds/all.js';
import { clusterAnswer, clusterVersions, containerAnswers, limitAnswers } from './cluster-answers.js';
import { type KeyRights, keyAnswer, visibleProjects } from './key.js';
import { checkBody, Refusal } from './refusal.js';
import { type ApiRead, type ApiRoute, apiChange, apiRead, olderApiRead, pageOf, providerOf } from './requests.js';
import { lacksPortMapping, servicesOf } from './services.js';
import { type ClusterSpec, defaultProject, organization, type World, type WorldView } from './world.js';

export function projectRoutes(key: KeyRights): ApiRoute[] {
  const group = '/groups/{project}';
  const [clusters, cluster] = [`${group}/clusters`, `${group}/clusters/{name}`];
  const readClusters: ApiRead = (request) => {
    const page = pageOf(request.query, request.world.options.clusters);
    return { ...page, results: page.results.map((each) => clusterAnswer(request, each)) };
  };
  const readCluster: ApiRead = (request) => clusterAnswer(request, findCluster(request));

  return [
    apiRead('', ({ world, publicKey }) => {
      const apiKey = publicKey === null ? null : keyAnswer(key, world, publicKey);
      return { apiKey, appName: 'MongoDB Atlas', build: 'sandbox', throttling: false };
    }),

    apiRead('/groups', ({ world, query, root }) => {
      const page = pageOf(query, visibleProjects(key, world));
      return { ...page, results: page.results.map((id) => projectAnswer(world, id, root)) };
    }),

    apiRead('/groups/byName/{name}', ({ world, name, root }) => {
      const id = visibleProjects(key, world).find((project) => projectName(project) === name);
      if (!id) throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with name ${name} exists.`, [name]);
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
      const { enabled } = Object(request.body) as Record<string, unknown>;
      checkBody({ enabled: [typeof enabled === 'boolean', 'must be true or false'] });
      return { world: setRegionalMode(request, request.project, enabled === true), answer: { enabled } };
    }),
  ];
}

function findCluster({ world, project, name }: { world: World; project: string; name: string }): ClusterSpec {
  const found = world.options.clusters.find((cluster) => cluster.name === name);
  if (found) return found;
  const what = `No cluster named ${name} exists in group ${project}.`;
  throw new Refusal(404, 'CLUSTER_NOT_FOUND', what, [name, project]);
}

function projectAnswer({ options }: World, id: string, root: string): Record<string, unknown> {
  return {
    id,
    name: projectName(id),
    orgId: organization,
    clusterCount: options.clusters.length,
    created: createdOn(id),
    links: [{ href: `${root}/api/atlas/v2/groups/${id}`, rel: 'self' }],
    tags: [],
  };
}

function projectName(id: string): string {
  return id === defaultProject ? 'Sandbox' : `Sandbox-${id.slice(-6)}`;
}

/** Enables or disables regional mode. It cannot be disabled while a region has multiple private endpoints. */
function setRegionalMode({ world, now }: WorldView, project: string, enabled: boolean): World {
  const others = world.regionalMode.filter((id) => id !== project);
  if (enabled) return { ...world, regionalMode: [...others, project] };
  const places = providers.flatMap((provider) =>
    servicesOf({ world, now, project, provider }).map(
      (service) => `${provider} ${service.atlasRegion}${lacksPortMapping(service) ? ' without port mapping' : ''}`,
    ),
  );
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) {
    const what = `${twice} has multiple private endpoints.`;
    throw new Refusal(409, 'MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION', what, [project]);
  }
  return { ...world, regionalMode: others };
}
