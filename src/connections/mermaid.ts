import { type Cluster, hasNodesIn } from '../atlas/clusters.js';
import { type Endpoint, isReady } from '../atlas/model.js';
import { counted } from '../base/words.js';
import { clouds } from '../clouds/all.js';
import { shortName } from '../clouds/shapes.js';
import type { Context } from '../endpoints/context.js';
import { askEach } from '../endpoints/find.js';
import { printable } from '../ui/streams.js';
import type { OnFailure } from './terraform.js';
import { leadsThrough } from './waits.js';

export interface Drawn {
  id: string;
  name: string | undefined;
  services: readonly Endpoint[];
  clusters: readonly Cluster[];
}

const styles = [
  'classDef good stroke:#1a7f37,stroke-width:2px',
  'classDef bad stroke:#cf222e,stroke-width:2px,stroke-dasharray:4',
  'classDef busy stroke:#0969da,stroke-width:2px',
];

/** Mermaid renders no diagram with more edges or characters. */
const [mostEdges, mostCharacters] = [500, 50_000];

export async function drawProjects(
  context: Context,
  endpoints: readonly Endpoint[],
  projects: readonly Pick<Drawn, 'id' | 'name'>[],
  onFailure: OnFailure,
) {
  const atlas = await context.atlas();
  const { answers, failures } = await askEach(projects, ({ id }) => atlas.listClusters(id));
  for (const [{ id }, error] of failures) onFailure(`Clusters of project ${id}`, error);
  const drawn = projects.map((project) => {
    const services = endpoints.filter(({ projectId }) => projectId === project.id);
    return { ...project, services, clusters: answers.get(project) ?? [] };
  });
  return mermaidOf(drawn);
}

/** The flowchart. If it is more than Mermaid renders, the clusters of a project are drawn as their number. */
export function mermaidOf(projects: readonly Drawn[]) {
  const all = flowchart(projects);
  const edges = all.split('\n').filter((line) => /^ *p\w+ -/.test(line));
  if (edges.length <= mostEdges && all.length <= mostCharacters) return all;
  return flowchart(projects.map((project) => ({ ...project, clusters: asOne(project.clusters) })));
}

function asOne(clusters: readonly Cluster[]) {
  const about = { name: counted(clusters.length, 'cluster'), status: 'too many to draw', isPaused: false };
  const regions = clusters.flatMap((each) => each.regions);
  const strings = clusters.flatMap((each) => each.strings);
  return clusters.slice(0, 1).map((first) => ({ ...first, ...about, regions, strings }));
}

function flowchart(projects: readonly Drawn[]) {
  const lines = projects.flatMap((project, number) => projectLines(project, `p${number}`));
  return ['flowchart LR', ...[...lines, ...styles].map(indented)].map((line) => `${line}\n`).join('');
}

function projectLines({ id, name, services, clusters }: Drawn, key: string) {
  const drawn = services.map((service, number) => ({ service, node: `${key}s${number}` }));
  return [
    `subgraph ${key}[${label('Project', ...(name === undefined ? [] : [name]), id)}]`,
    ...drawn.flatMap(({ service, node }) => serviceLines(service, node)).map(indented),
    ...clusters.flatMap((cluster, number) => clusterLines(cluster, `${key}c${number}`, drawn)).map(indented),
    'end',
  ];
}

function serviceLines(service: Endpoint, node: string) {
  const { provider, region, id, status, interfaceEndpoints } = service;
  const style = isReady(status) ? 'good' : status === 'FAILED' ? 'bad' : 'busy';
  return [
    `${node}[${label(`${clouds[provider].title} ${region}`, id, status)}]:::${style}`,
    ...interfaceEndpoints.flatMap((each, number) => [
      `${node}i${number}([${label(shortName(each))}])`,
      `${node}i${number} --> ${node}`,
    ]),
  ];
}

function clusterLines(cluster: Cluster, node: string, services: readonly { service: Endpoint; node: string }[]) {
  const { name, status, isPaused, strings } = cluster;
  const links = services.flatMap(({ service, node: from }) => {
    const { interfaceEndpoints: ids } = service;
    // A line if a connection string leads through the service; a dotted one if the cluster only has nodes in its region.
    if (strings.some((each) => leadsThrough(each, ids))) return `${from} --> ${node}`;
    return hasNodesIn(cluster, service) ? `${from} -.->|${label('no connection string')}| ${node}` : [];
  });
  return [`${node}[(${label(name, isPaused ? 'paused' : status)})]`, ...links];
}

function indented(line: string) {
  return `  ${line}`;
}

function label(...parts: readonly string[]) {
  return `"${parts.map(escaped).join('<br/>')}"`;
}

/** Mermaid reads HTML, Markdown and entity codes in labels. Only letters, digits and a few signs are written as they are. */
function escaped(text: string) {
  return printable(text).replace(/[^\p{L}\p{N} ._:/()-]/gu, (character) => `#${character.codePointAt(0)};`);
}
