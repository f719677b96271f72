import { type Cluster, hasNodesIn } from '../../atlas/clusters.js';
import { hasEnded } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Provider } from '../../clouds/all.js';
import { fromAtlasRegion } from '../../clouds/regions.js';
import type { ProjectFacts } from './facts.js';

/* Which regions clusters have nodes in, and which of these clients can connect to. */

/**
 * The clusters to check: the one that was asked for, or those with nodes in a region of the services. Clusters that
 * share their machines count only if there is no other.
 */
export async function clustersOf(facts: ProjectFacts): Promise<Cluster[]> {
  const [all, services] = [await facts.clusters(), await facts.services()];
  if (facts.cluster !== undefined) return all.filter(({ name }) => name === facts.cluster);
  const there = all.filter((cluster) => services.some((service) => hasNodesIn(cluster, service)));
  const dedicated = there.filter(({ shared }) => shared === null);
  return dedicated.length > 0 ? dedicated : there;
}

/** The regions of a cluster in which no interface endpoint can connect. */
export async function uncoveredOf({ regions }: Cluster, facts: ProjectFacts): Promise<Region[]> {
  const named = regions.map((at) => ({ ...at, region: fromAtlasRegion(at.provider, at.atlasRegion) }));
  const flags = await Promise.all(named.map((at) => isCovered(facts, at)));
  return named.filter((_, index) => flags[index] === false);
}

interface Region {
  provider: Provider;
  region: string;
  atlasRegion: string;
}

/** `AWS us-east-1`. */
export function regionText({ provider, region }: Pick<Region, 'provider' | 'region'>): string {
  return `${provider} ${region}`;
}

export function isIn({ provider, atlasRegion }: Endpoint, at: Pick<Region, 'provider' | 'atlasRegion'>): boolean {
  return provider === at.provider && atlasRegion === at.atlasRegion;
}

async function isCovered(facts: ProjectFacts, at: Region): Promise<boolean> {
  const services = await facts.all(at.provider);
  // What was not read is not known to be missing.
  if (services === undefined) return true;
  const there = services.filter((each) => isIn(each, at));
  const all = there.flatMap((service) => service.interfaceEndpoints.map((id) => facts.attached(service, id)));
  // One that was not read is not known to have ended.
  return (await Promise.all(all)).some((each) => each === undefined || !hasEnded(each));
}
