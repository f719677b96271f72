import { attachmentStatus } from './attachments.js';
import { servicesOf } from './services.js';
import { briefly, type ClusterSpec, type Service, type World } from './world.js';

/* The status of the clusters of a project, which follows from its interface endpoints. */

/** One interface endpoint that clients connect through. */
interface Way {
  endpointId: string;
  providerName: string;
  region: string;
}

export interface ClusterState {
  status: 'IDLE' | 'UPDATING';
  /** The ways to connect with a private connection string: one for each region with nodes. */
  ways: readonly (readonly Way[])[];
}

/**
 * Atlas updates every cluster after an interface endpoint becomes AVAILABLE, and while one is being removed. After
 * that, a cluster has private connection strings if private endpoints cover every region with nodes.
 */
export function clusterState(world: World, now: number, projectId: string, { regions }: ClusterSpec): ClusterState {
  const updatingMs = briefly(world.options);
  const providers = [...new Set(regions.map(({ provider }) => provider))];
  const services = providers.flatMap((provider) => servicesOf(world, now, projectId, provider));
  const isUpdating = services.some((service) =>
    service.interfaces.some((each) => {
      const status = attachmentStatus(service.provider, each, now);
      return status === 'DELETING' || (status === 'AVAILABLE' && now < each.availableAt + updatingMs);
    }),
  );
  const waysOf = (service: Service): Way[] =>
    service.interfaces
      .filter((each) => attachmentStatus(service.provider, each, now) === 'AVAILABLE')
      .filter((each) => now >= each.availableAt + updatingMs)
      .map(({ id }) => ({ endpointId: id, providerName: service.provider, region: service.atlasRegion }));
  const byRegion = regions.map(({ provider, atlasRegion }) =>
    services.filter((each) => each.provider === provider && each.atlasRegion === atlasRegion).flatMap(waysOf),
  );
  const count = Math.min(...byRegion.map((ways) => ways.length));
  const ways = Array.from({ length: count }, (_, index) => byRegion.flatMap((each) => each[index] ?? []));
  return { status: isUpdating ? 'UPDATING' : 'IDLE', ways };
}
