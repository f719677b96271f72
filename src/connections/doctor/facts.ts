import type { Atlas } from '../../atlas/client.js';
import { type Cluster, hasNodesIn } from '../../atlas/clusters.js';
import type { ApiKey, Endpoint } from '../../atlas/model.js';
import { type CliError, ignoreFailure } from '../../base/errors.js';
import type { CloudEnd } from '../../cloud-side/inspect.js';
import type { SignIn } from '../../config/sign-in.js';
import type { Session } from '../../endpoints/session.js';
import type { ServiceReads } from '../eligibility.js';
import type { Reached } from './reach.js';
import type { Resolver } from './resolver.js';
import type { HostSubject, StringSubject } from './strings.js';

/** What the checks of doctor need to know. Everything is looked up once, when a check asks for it. */
export interface Facts extends ProjectFacts, PathFacts {
  signIn(): Promise<SignIn>;
  /** Null for other credentials than API keys. */
  key(): Promise<ApiKey | null>;
  projectId(): Promise<string>;
  /** Reads the services of the project; throws if Atlas refuses that. */
  lists(): Promise<unknown>;
  /** The interface endpoint in the user's cloud account; null if the cloud doesn't know it. */
  cloudEnd(service: Endpoint, id: string): Promise<CloudEnd | null>;
}

/** From where to check. */
export interface Vantage {
  /** Names are looked up at this DNS server; default: those of this machine. */
  dnsServer: string | undefined;
  /** The certificate authority of the nodes, as PEM; default: those that Node trusts. */
  authority: string | undefined;
  /** The IPv4 addresses of this machine. */
  ownAddresses: readonly string[];
  /** Atlas is a sandbox on this machine. */
  isLocalAtlas: boolean;
  /** The user says that this machine must reach the nodes, wherever it seems to be. */
  isHere: boolean;
}

/** The way from this machine to the nodes of clusters. Nothing of it needs Atlas. */
export interface PathFacts extends Vantage {
  /** The connection strings to check. */
  strings(): Promise<readonly StringSubject[]>;
  resolver: Resolver;
  /** Connects to a port of a host, each once. */
  reach(target: { address: string; port: number; host: string }): Promise<Reached>;
  /** The addresses that Atlas has on record for the interface endpoints of a host. Empty if it has none. */
  recorded(host: Pick<HostSubject, 'services' | 'endpointIds'>): Promise<readonly string[]>;
}

/** What Atlas says about a project, as far as the checks on services, interface endpoints and clusters need it. */
export interface ProjectFacts extends ServiceReads {
  /** Milliseconds since 1970. */
  now: number;
  /** The services to check. Throws a not-found error if the selected one doesn't exist. */
  services(): Promise<readonly Endpoint[]>;
  /** Clouds whose services could not be read. Complete when `services` has returned. */
  unread: readonly CliError[];
  clusters(): Promise<readonly Cluster[]>;
  /** The limits of the project by name; undefined if they are not read. */
  limits?(): ReturnType<Atlas['getLimits']>;
  /** The cluster to check; default: those with nodes in a region of the services. */
  cluster?: string | undefined;
  /** How a command line names a service. */
  refer(service: Endpoint): string;
  /** For hinted command lines. */
  session: Pick<Session, 'io' | 'commandLine'>;
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
  // A cluster that is being deleted needs no private endpoint any more.
  const there = all.filter(
    (cluster) => cluster.status !== 'DELETING' && services.some((service) => hasNodesIn(cluster, service)),
  );
  const dedicated = there.filter(({ shared }) => shared === null);
  return dedicated.length > 0 ? dedicated : there;
}
