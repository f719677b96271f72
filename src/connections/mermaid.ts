import { type Cluster, hasNodesIn } from '../atlas/clusters.js';
import { shortName } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import { isReady } from '../atlas/status.js';
import { counted } from '../base/listed.js';
import { clouds } from '../clouds/all.js';
import { printable } from '../ui/streams.js';

/* Draws private endpoints as a Mermaid flowchart, which GitHub and other tools render as a diagram. */

/** A project with what is to be drawn of it. */
export interface Drawn {
  id: string;
  /** Undefined if only the id is known. */
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

/**
 * Returns the flowchart: interface endpoints lead to services, and services to clusters. If that is more than Mermaid
 * renders, the clusters of a project are drawn as their number.
 */
export function mermaidOf(projects: readonly Drawn[]): string {
  const all = flowchart(projects, eachCluster);
  const edges = all.split('\n').filter((line) => /^ *p\w+ -/.test(line));
  const fits = edges.length <= mostEdges && all.length <= mostCharacters;
  return fits ? all : flowchart(projects, numberOfClusters);
}

/** Draws the clusters of a project. `key` is the beginning of their nodes. */
type DrawClusters = (clusters: readonly Cluster[], key: string, services: readonly DrawnService[]) => string[];

interface DrawnService {
  service: Endpoint;
  node: string;
}

function flowchart(projects: readonly Drawn[], draw: DrawClusters): string {
  const lines = projects.flatMap((project, number) => projectLines(project, `p${number}`, draw));
  return ['flowchart LR', ...[...lines, ...styles].map(indented)].map((line) => `${line}\n`).join('');
}

function projectLines({ id, name, services, clusters }: Drawn, key: string, draw: DrawClusters): string[] {
  const drawn = services.map((service, number) => ({ service, node: `${key}s${number}` }));
  return [
    `subgraph ${key}[${label('Project', ...(name === undefined ? [] : [name]), id)}]`,
    ...drawn.flatMap(({ service, node }) => serviceLines(service, node)).map(indented),
    ...draw(clusters, `${key}c`, drawn).map(indented),
    'end',
  ];
}

function serviceLines(service: Endpoint, node: string): string[] {
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

function eachCluster(...[clusters, key, services]: Parameters<DrawClusters>): string[] {
  return clusters.flatMap((cluster, number) => {
    const { name, status, isPaused } = cluster;
    const node = `${key}${number}`;
    return [`${node}[(${label(name, isPaused ? 'paused' : status)})]`, ...linksTo(node, [cluster], services)];
  });
}

function numberOfClusters(...[clusters, key, services]: Parameters<DrawClusters>): string[] {
  if (clusters.length === 0) return [];
  return [`${key}[(${label(counted(clusters.length, 'cluster'))})]`, ...linksTo(key, clusters, services)];
}

/** A line if a connection string leads through the service; a dotted one if a cluster has nodes in its region. */
function linksTo(node: string, clusters: readonly Cluster[], services: readonly DrawnService[]): string[] {
  return services.flatMap(({ service, node: from }) => {
    const ends = clusters.flatMap(({ strings }) => strings.flatMap(({ endpoints }) => endpoints));
    if (ends.some(({ id }) => service.interfaceEndpoints.includes(id))) return [`${from} --> ${node}`];
    const isNear = clusters.some((cluster) => hasNodesIn(cluster, service));
    return isNear ? [`${from} -.->|${label('no connection string')}| ${node}`] : [];
  });
}

function indented(line: string): string {
  return `  ${line}`;
}

/** A quoted label with a line for each part. */
function label(...parts: readonly string[]): string {
  return `"${parts.map(escaped).join('<br/>')}"`;
}

/** Mermaid reads HTML, Markdown and entity codes in labels. Only letters, digits and a few signs are written as they are. */
function escaped(text: string): string {
  return printable(text).replace(/[^\p{L}\p{N} ._:/()-]/gu, (character) => `#${character.codePointAt(0)};`);
}
