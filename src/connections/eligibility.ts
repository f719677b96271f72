import { type Cluster, hasNodesIn } from '../atlas/clusters.js';
import { checkAnyInterfaceId, hasEnded, interfaceClouds, interfaceKind } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import { isFailure, NotFoundError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { onceByKey } from '../base/once.js';
import { cmd } from '../base/shell.js';
import type { Provider } from '../clouds/all.js';
import { fromAtlasRegion } from '../clouds/regions.js';
import { findEndpoints, listEndpoints } from '../endpoints/find.js';
import { namesEndpoint } from '../endpoints/name.js';
import type { Session } from '../endpoints/session.js';
import { readAllAttached } from '../interfaces/find.js';

/** The interface endpoints that `--endpoint` selects, and their project. */
export interface SelectedInterfaces {
  projectId: string;
  isMeant(id: string): boolean;
  /** The services they are attached to; undefined if all are selected. */
  services: readonly Endpoint[] | undefined;
}

/**
 * Reads `--endpoint`. It is an interface endpoint, or an endpoint (all its interface endpoints), or undefined (all
 * interface endpoints). Throws a not-found error.
 */
export async function readSelected(session: Session, endpoint: string | undefined): Promise<SelectedInterfaces> {
  if (endpoint === undefined) return { projectId: await session.projectId(), isMeant: () => true, services: undefined };
  if (!interfaceKind(endpoint) && namesEndpoint(endpoint)) {
    const { projectId, endpoints, notFound } = await findEndpoints(session, [endpoint], {});
    const [found] = endpoints;
    if (!found) throw notFound(0);
    return { projectId, isMeant: (id) => found.interfaceEndpoints.includes(id), services: [found] };
  }
  const id = checkAnyInterfaceId(endpoint);
  const lists = interfaceClouds(id).map((provider) => listEndpoints(session, { provider: provider.toLowerCase() }));
  const services = (await Promise.all(lists))
    .flat()
    .filter(({ interfaceEndpoints }) => interfaceEndpoints.includes(id));
  if (services.length === 0) {
    const hint = {
      text: 'List the attached interface endpoints:',
      commands: [session.commandLine(cmd`interface list`)],
    };
    throw new NotFoundError(`Interface endpoint '${id}' not found.`, hint);
  }
  return { projectId: await session.projectId(), isMeant: (each) => each === id, services };
}

/** Which clusters the interface endpoints of a project can serve. */
export interface Eligibility {
  /** Why a cluster can't get a private connection string at the moment; undefined if it can. */
  whyIneligible(cluster: Cluster): Promise<string | undefined>;
  /** The regions where a cluster has nodes, but no interface endpoint that can connect: `AWS us-east-1`. */
  uncoveredOf(cluster: Cluster): Promise<string[]>;
}

/** Only services for which `counts` is true cover a region (default: all). */
export function createEligibility(
  session: Session,
  { projectId, services }: SelectedInterfaces,
  { counts = () => true }: { counts?: (service: Endpoint) => boolean } = {},
): Eligibility {
  const once = onceByKey();
  const listOf = (provider: Provider) =>
    once(provider, () => listEndpoints(session, { provider: provider.toLowerCase() }, { project: projectId }));
  /** The interface endpoints in a region that can connect: not failed, rejected, or being removed. */
  const connected = async (provider: Provider, atlasRegion: string) => {
    const there = (await listOf(provider)).filter((each) => each.atlasRegion === atlasRegion && counts(each));
    const read = await readAllAttached(session, there);
    return read.filter((each) => !hasEnded(each));
  };

  async function uncoveredOf({ regions }: Cluster): Promise<string[]> {
    const uncovered = [];
    for (const { provider, atlasRegion } of regions) {
      if ((await connected(provider, atlasRegion)).length > 0) continue;
      uncovered.push(`${provider} ${fromAtlasRegion(provider, atlasRegion)}`);
    }
    return uncovered;
  }

  async function whyIneligible(cluster: Cluster): Promise<string | undefined> {
    const { name, isPaused, shared, regions } = cluster;
    if (shared !== null) return `${name} is a cluster of type ${shared}, which does not support private endpoints.`;
    if (isPaused) return `${name} is paused, so it has no private connection string.`;
    if (regions.length > 0 && services && !services.some((service) => hasNodesIn(cluster, service))) {
      const where = listed(services.map(({ provider, region }) => `${provider} ${region}`));
      return `${name} has no private connection string for this endpoint, because it has no nodes in ${where}.`;
    }
    const uncovered = await uncoveredOf(cluster);
    if (uncovered.length === 0) return undefined;
    return `${name} has no private connection string. It has nodes in ${listed(uncovered)}, but no connected interface endpoint there.`;
  }

  return {
    uncoveredOf,
    whyIneligible: async (cluster) => {
      try {
        return await whyIneligible(cluster);
      } catch (error) {
        // This is only an explanation, so an error here must not fail the command.
        if (!isFailure(error)) throw error;
        session.io.warn(error.message);
        return undefined;
      }
    },
  };
}
