import { clusterState } from '../clusters.js';
import { type ClusterString, domainOf, privateString, standardString } from '../connection-strings.js';
import { projectsOf, type World } from '../world.js';

/* The connection strings that exist in a world at a time. */

/** The private strings of a project, or of its clusters with this domain. */
function privateStringsOf(world: World, now: number, projectId: string, domain?: string): ClusterString[] {
  return world.options.clusters
    .filter((spec) => domain === undefined || domainOf(projectId, spec) === domain)
    .flatMap((spec) =>
      clusterState(world, now, projectId, spec).paths.map((path) => privateString(world, projectId, spec, path)),
    );
}

/** All private strings. A project without a service has none. */
export function privateStrings(world: World, now: number): ClusterString[] {
  const projects = [...new Set(world.services.map(({ projectId }) => projectId))];
  return projects.flatMap((projectId) => privateStringsOf(world, now, projectId));
}

/** The strings of the clusters with this domain, such as `k45tj.mongodb.net`. */
export function stringsOfWorld(world: World, now: number, domain: string): ClusterString[] {
  return projectsOf(world).flatMap((projectId) => {
    const specs = world.options.clusters.filter((spec) => domainOf(projectId, spec) === domain);
    if (specs.length === 0) return [];
    const standard = specs.map((spec) => standardString(projectId, spec));
    return [...standard, ...privateStringsOf(world, now, projectId, domain)];
  });
}

/** Everything listens here, because it is the one address of loopback that every system has. */
export const loopback = '127.0.0.1';
