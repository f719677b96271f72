import { sandboxClouds } from './clouds/all.js';
import type { Hosts } from './clouds/cloud.js';
import { attachmentStatus, servicesOf } from './services.js';
import { type Attachment, briefly, type ClusterSpec, type Service, type World } from './world.js';

/* The status of the clusters of a project, which follows from its interface endpoints. */

/** One interface endpoint that clients connect through. */
export interface ClusterWay {
  service: Service;
  attachment: Attachment;
}

/** What a private connection string leads through. */
export interface Path {
  hosts: Hosts;
  /** Its number among those with the same prefix. */
  number: number;
  /** One for each region that has nodes. */
  ways: readonly ClusterWay[];
}

export interface ClusterState {
  status: 'IDLE' | 'UPDATING';
  /** One path for each private connection string. */
  paths: readonly Path[];
}

/** The hosts of a cluster on several clouds, for services of any kind. */
const crossCloud: Hosts = { prefix: 'pl', firstPort: 1024, lastPort: 2524, perNode: false };

/**
 * Atlas updates every cluster after an interface endpoint becomes AVAILABLE, and while one is being removed. After
 * that, a cluster has private connection strings if private endpoints cover every region with nodes.
 */
export function clusterState(world: World, now: number, projectId: string, spec: ClusterSpec): ClusterState {
  // Atlas keeps the strings of a cluster when it pauses it, and does not update it until it is resumed (assumed, not
  // recorded). Here a cluster is paused from the beginning, so it had none. Shared clusters never have any.
  if (spec.paused || spec.tier !== undefined) return { status: 'IDLE', paths: [] };
  const { regions } = spec;
  const updatingMs = briefly(world.options);
  const providers = [...new Set(regions.map(({ provider }) => provider))];
  const services = providers.flatMap((provider) => servicesOf(world, now, projectId, provider));
  const isUpdating = services.some((service) =>
    service.interfaces.some((each) => {
      const status = attachmentStatus(service, each, now);
      return status === 'DELETING' || (status === 'AVAILABLE' && now < each.availableAt + updatingMs);
    }),
  );
  const waysOf = (service: Service): ClusterWay[] =>
    service.interfaces
      .filter((each) => attachmentStatus(service, each, now) === 'AVAILABLE')
      .filter((each) => now >= each.availableAt + updatingMs)
      .map((attachment) => ({ service, attachment }));
  const hostsOf = (service: Service) =>
    providers.length > 1 ? crossCloud : sandboxClouds[service.provider].hosts(service);
  // A string leads through services of one kind.
  const kinds = new Map(services.map((service) => [hostsOf(service).prefix, hostsOf(service)]));
  const paths = [...kinds.values()].flatMap((hosts) => {
    const ofKind = services.filter((each) => hostsOf(each).prefix === hosts.prefix);
    const byRegion = regions.map(({ provider, atlasRegion }) =>
      ofKind.filter((each) => each.provider === provider && each.atlasRegion === atlasRegion).flatMap(waysOf),
    );
    const count = Math.min(...byRegion.map((ways) => ways.length));
    return Array.from({ length: count }, (_, number) => {
      return { hosts, number, ways: byRegion.flatMap((each) => each[number] ?? []) };
    });
  });
  return { status: isUpdating ? 'UPDATING' : 'IDLE', paths };
}
