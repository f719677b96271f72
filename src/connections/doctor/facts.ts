import type { Atlas } from '../../atlas/client.js';
import { type Cluster, hasNodesIn } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import { type CliError, ignoreFailure } from '../../base/errors.js';
import type { Context } from '../../endpoints/context.js';
import type { ServiceReads } from '../eligibility.js';

export interface Vantage {
  /** Names are looked up at this DNS server; default: those of this machine. */
  dnsServer: string | undefined;
  /** The certificate authority of the nodes, as PEM; default: those that Node trusts. */
  authority: string | undefined;
  ownAddresses: readonly string[];
  /** Atlas is a sandbox on this machine. */
  isLocalAtlas: boolean;
  hasNetwork: boolean;
  /** The user says that this machine must reach the nodes, wherever it seems to be. */
  isHere: boolean;
}

/** What Atlas says about a project, as far as the checks on services, interface endpoints and clusters need it. */
export interface ProjectFacts extends ServiceReads {
  /** The services to check. Throws a not-found error if the selected one doesn't exist. */
  services(): Promise<readonly Endpoint[]>;
  /** Clouds whose services could not be read. Complete when `services` has returned. */
  unread: readonly CliError[];
  clusters(): Promise<readonly Cluster[]>;
  /** The limits of the project by name; undefined if they are not read. */
  limits?(): ReturnType<Atlas['getLimits']>;
  /** The cluster to check; default: those with nodes in a region of the services. */
  cluster?: string | undefined;
  refer(service: Endpoint): string;
  /** For the time, and for hinted command lines. */
  context: Pick<Context, 'io' | 'settings' | 'clock'>;
}

/** What a list has; nothing if it can't be read, which another check says. */
export async function orNone<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  return (await list.catch(ignoreFailure)) ?? [];
}

/**
 * The clusters to check: the selected one, or those with nodes in a region of the services. Clusters that
 * share their machines count only if there is no other.
 */
export async function clustersOf(facts: ProjectFacts): Promise<Cluster[]> {
  const [all, services] = [await facts.clusters(), await facts.services()];
  if (facts.cluster !== undefined) return all.filter(({ name }) => name === facts.cluster);
  // A cluster that is being deleted no longer needs a private endpoint.
  const staying = all.filter(
    (cluster) => cluster.status !== 'DELETING' && services.some((service) => hasNodesIn(cluster, service)),
  );
  const dedicated = staying.filter(({ shared }) => shared === null);
  return dedicated.length > 0 ? dedicated : staying;
}
