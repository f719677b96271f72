import type { Clock } from '../clock.js';
import { clusterAnswer, projectAnswer, projectName } from './answers.js';
import { atlasId, checkFields, pageOf, type Route, route } from './requests.js';
import type { Store } from './store.js';
import { checkProject, projectsOf, Refusal, setRegionalMode } from './world.js';

/** Projects, their clusters and their regional mode. */
export function projectRoutes(store: Store, clock: Clock): Route[] {
  return [
    route('GET', '/groups', async ({ query, baseUrl }) => {
      const page = pageOf(query, projectsOf(await store.read()));
      return { status: 200, body: { ...page, results: page.results.map((id) => projectAnswer(id, baseUrl)) } };
    }),

    route('GET', '/groups/byName/*', async ({ parts: [name = ''], baseUrl }) => {
      const id = projectsOf(await store.read()).find((project) => projectName(project) === name);
      if (!id) throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with name ${name} exists.`, [name]);
      return { status: 200, body: projectAnswer(id, baseUrl) };
    }),

    route('GET', '/groups/*', async ({ parts: [id = ''], baseUrl }) => {
      const project = atlasId(id, 'groupId');
      checkProject(await store.read(), project);
      return { status: 200, body: projectAnswer(project, baseUrl) };
    }),

    route('GET', '/groups/*/clusters', async ({ parts: [id = ''], query }) => {
      const [project, world, now] = [atlasId(id, 'groupId'), await store.read(), clock.now()];
      checkProject(world, project);
      const page = pageOf(query, world.options.clusters);
      const results = page.results.map((cluster) => clusterAnswer(world, now, project, cluster));
      return { status: 200, body: { ...page, results }, type: 'application/vnd.atlas.2024-08-05+json' };
    }),

    route('GET', '/groups/*/privateEndpoint/regionalMode', async ({ parts: [id = ''] }) => {
      const [project, world] = [atlasId(id, 'groupId'), await store.read()];
      checkProject(world, project);
      return { status: 200, body: { enabled: world.regionalMode.includes(project) } };
    }),

    route('PATCH', '/groups/*/privateEndpoint/regionalMode', async ({ parts: [id = ''], body }) => {
      const [project, now] = [atlasId(id, 'groupId'), clock.now()];
      const { enabled } = Object(body) as Record<string, unknown>;
      checkFields({ enabled: [typeof enabled === 'boolean', 'must be true or false'] });
      await store.update((world) => ({
        world: setRegionalMode(world, now, project, enabled === true),
        answer: undefined,
      }));
      return { status: 202, body: { enabled } };
    }),
  ];
}
