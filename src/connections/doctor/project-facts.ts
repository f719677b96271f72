import type { Cluster } from '../../atlas/clusters.js';
import type { InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Provider } from '../../clouds/all.js';
import type { Session } from '../../endpoints/session.js';

/** What Atlas says about a project, as far as the checks on services, interface endpoints and clusters need it. */
export interface ProjectFacts {
  /** Milliseconds since 1970. */
  now: number;
  /** The services to check. Throws a not-found error if the one that was asked for doesn't exist. */
  services(): Promise<readonly Endpoint[]>;
  /** All services of the project on a cloud; undefined if they can't be read. The caller reports that. */
  all(provider: Provider): Promise<readonly Endpoint[] | undefined>;
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
