import { attachmentStatus } from './attachments.js';
import { servicesOf } from './services.js';
import { briefly, type ClusterSpec, type Service, type World } from './world.js';

/* What the clusters of a project are doing, which follows from its interface endpoints. */

/** One interface endpoint that clients connect through. */
interface Way {
  endpointId: string;
  providerName: string;
  region: string;
}

export interface ClusterState {
  status: 'IDLE' | 'UPDATING';
  /** What there is a private connection string for: one way for each region that has nodes. */
  ways: readonly (readonly Way[])[];
}

/**
 * After an interface endpoint became AVAILABLE, and while one is being removed, Atlas updates every cluster. Private
 * connection strings appear afterwards, and only where private endpoints cover every region that has nodes.
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
