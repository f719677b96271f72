import type { Cluster } from '../../atlas/clusters.js';
import { hasEnded, type InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Provider } from '../../clouds/all.js';
import type { Session } from '../../endpoints/session.js';

/** What Atlas says about a project, as far as the checks on services, interface endpoints and clusters need it. */
export interface ProjectFacts {
  /** Milliseconds since 1970. */
  now: number;
  /** The services to check. Throws a not-found error if the one that was asked for doesn't exist. */
  services(): Promise<readonly Endpoint[]>;
  /** All services of the project. */
  all(): Promise<readonly Endpoint[]>;
  /** An interface endpoint of a service; undefined if that would take too many requests. */
  attached(service: Endpoint, id: string): Promise<InterfaceEndpoint | undefined>;
  clusters(): Promise<readonly Cluster[]>;
  /** The cluster to check; default: those with nodes in a region of the services. */
  cluster?: string | undefined;
  /** How a command line names a service. */
  refer(service: Endpoint): string;
  /** For hinted command lines. */
  session: Pick<Session, 'io' | 'commandLine'>;
}

/** The clusters to check. */
export async function clustersOf(facts: ProjectFacts): Promise<Cluster[]> {
  const [all, services] = [await facts.clusters(), await facts.services()];
  if (facts.cluster !== undefined) return all.filter(({ name }) => name === facts.cluster);
  return all.filter((cluster) => services.some((service) => hasNodesAt(cluster, service)));
}

export function hasNodesAt({ regions }: Cluster, { provider, atlasRegion }: Endpoint): boolean {
  return regions.some((region) => region.provider === provider && region.atlasRegion === atlasRegion);
}

/** Whether clients can connect through some interface endpoint in this region. */
export async function isCovered(facts: ProjectFacts, provider: Provider, atlasRegion: string): Promise<boolean> {
  const there = (await facts.all()).filter((each) => each.provider === provider && each.atlasRegion === atlasRegion);
  const all = there.flatMap((service) => service.interfaceEndpoints.map((id) => facts.attached(service, id)));
  // One that was not read is not known to have ended.
  return (await Promise.all(all)).some((each) => each === undefined || !hasEnded(each));
}
