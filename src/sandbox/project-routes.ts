import { createdOn } from '../atlas/ids.js';
import type { Clock } from '../base/clock.js';
import { providers } from '../clouds/all.js';
import { clusterAnswer, clusterVersions, containerAnswers, limitAnswers } from './cluster-answers.js';
import { type KeyRights, keyAnswer, visibleProjects } from './key.js';
import { lacksPortMapping } from './port-mapping.js';
import { checkBody, Refusal } from './refusal.js';
import { type ApiRoute, atlasId, olderRoute, pageOf, providerOf, route } from './requests.js';
import { servicesOf } from './services.js';
import type { Store } from './store.js';
import { type ClusterSpec, checkProject, defaultProject, organization, type World } from './world.js';

/** The routes for the key, for projects, their clusters and their regional mode. */
export function projectRoutes(store: Store, clock: Clock, key: KeyRights): ApiRoute[] {
  const clusters: ApiRoute['reply'] = async ({ parts: [id = ''], query, version }) => {
    const [project, world, now] = [atlasId(id, 'groupId'), await store.read(), clock.now()];
    checkProject(world, project);
    const page = pageOf(query, world.options.clusters);
    const results = page.results.map((each) => clusterAnswer(world, now, project, each, version));
    return { status: 200, body: { ...page, results } };
  };
  const cluster: ApiRoute['reply'] = async ({ parts: [id = '', name = ''], version }) => {
    const [project, world, now] = [atlasId(id, 'groupId'), await store.read(), clock.now()];
    return { status: 200, body: clusterAnswer(world, now, project, findCluster(world, project, name), version) };
  };

  return [
    route('GET', '', async ({ publicKey }) => {
      const apiKey = publicKey === null ? null : keyAnswer(key, await store.read(), publicKey);
      return { status: 200, body: { apiKey, appName: 'MongoDB Atlas', build: 'sandbox', throttling: false } };
    }),

    route('GET', '/groups', async ({ query, baseUrl }) => {
      const world = await store.read();
      const page = pageOf(query, visibleProjects(key, world));
      return { status: 200, body: { ...page, results: page.results.map((id) => projectAnswer(world, id, baseUrl)) } };
    }),

    route('GET', '/groups/byName/*', async ({ parts: [name = ''], baseUrl }) => {
      const world = await store.read();
      const id = visibleProjects(key, world).find((project) => projectName(project) === name);
      if (!id) throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with name ${name} exists.`, [name]);
      return { status: 200, body: projectAnswer(world, id, baseUrl) };
    }),

    route('GET', '/groups/*', async ({ parts: [id = ''], baseUrl }) => {
      const [project, world] = [atlasId(id, 'groupId'), await store.read()];
      checkProject(world, project);
      return { status: 200, body: projectAnswer(world, project, baseUrl) };
    }),

    route('GET', '/groups/*/clusters', clusters, clusterVersions),
    olderRoute('GET', '/groups/*/clusters', clusters),
    route('GET', '/groups/*/clusters/*', cluster, clusterVersions),
    olderRoute('GET', '/groups/*/clusters/*', cluster),

    route('GET', '/groups/*/clusters/*/processArgs', async ({ parts: [id = '', name = ''] }) => {
      const [project, world] = [atlasId(id, 'groupId'), await store.read()];
      findCluster(world, project, name);
      return { status: 200, body: { minimumEnabledTlsProtocol: 'TLS1_2' } };
    }),

    // Terraform reads the network of each cluster region here.
    route('GET', '/groups/*/containers', async ({ parts: [id = ''], query }) => {
      const [project, world] = [atlasId(id, 'groupId'), await store.read()];
      checkProject(world, project);
      const provider = providerOf(query.get('providerName') ?? 'AWS');
      return { status: 200, body: pageOf(query, containerAnswers(world, project, provider)) };
    }),

    // The flex clusters of the sandbox are in the list of all clusters.
    ...['teams', 'flexClusters'].map((list) =>
      route('GET', `/groups/*/${list}`, async ({ parts: [id = ''], query }) => {
        checkProject(await store.read(), atlasId(id, 'groupId'));
        return { status: 200, body: pageOf(query, []) };
      }),
    ),

    route('GET', '/groups/*/limits', async ({ parts: [id = ''] }) => {
      const [project, world] = [atlasId(id, 'groupId'), await store.read()];
      checkProject(world, project);
      return { status: 200, body: limitAnswers(world) };
    }),

    route('GET', '/groups/*/privateEndpoint/regionalMode', async ({ parts: [id = ''] }) => {
      const [project, world] = [atlasId(id, 'groupId'), await store.read()];
      checkProject(world, project);
      return { status: 200, body: { enabled: world.regionalMode.includes(project) } };
    }),

    route('PATCH', '/groups/*/privateEndpoint/regionalMode', async ({ parts: [id = ''], body }) => {
      const [project, now] = [atlasId(id, 'groupId'), clock.now()];
      const { enabled } = Object(body) as Record<string, unknown>;
      checkBody({ enabled: [typeof enabled === 'boolean', 'must be true or false'] });
      await store.update((world) => ({
        world: setRegionalMode(world, now, project, enabled === true),
        answer: undefined,
      }));
      return { status: 202, body: { enabled } };
    }),
  ];
}

function findCluster(world: World, projectId: string, name: string): ClusterSpec {
  checkProject(world, projectId);
  const found = world.options.clusters.find((cluster) => cluster.name === name);
  if (found) return found;
  const what = `No cluster named ${name} exists in group ${projectId}.`;
  throw new Refusal(404, 'CLUSTER_NOT_FOUND', what, [name, projectId]);
}

function projectAnswer({ options }: World, id: string, baseUrl: string): Record<string, unknown> {
  return {
    id,
    name: projectName(id),
    orgId: organization,
    clusterCount: options.clusters.length,
    created: createdOn(id),
    links: [{ href: `${baseUrl}/api/atlas/v2/groups/${id}`, rel: 'self' }],
    tags: [],
  };
}

function projectName(id: string): string {
  return id === defaultProject ? 'Sandbox' : `Sandbox-${id.slice(-6)}`;
}

/** Enables or disables regional mode. It cannot be disabled while a region has multiple private endpoints. */
function setRegionalMode(world: World, now: number, projectId: string, enabled: boolean): World {
  checkProject(world, projectId);
  const others = world.regionalMode.filter((id) => id !== projectId);
  if (enabled) return { ...world, regionalMode: [...others, projectId] };
  const places = providers.flatMap((provider) =>
    servicesOf(world, now, projectId, provider).map(
      (service) => `${provider} ${service.atlasRegion}${lacksPortMapping(service) ? ' without port mapping' : ''}`,
    ),
  );
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) {
    const what = `${twice} has multiple private endpoints.`;
    throw new Refusal(409, 'MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION', what, [projectId]);
  }
  return { ...world, regionalMode: others };
}
