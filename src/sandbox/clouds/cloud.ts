import type { Check } from '../checks.js';
import type { Attachment, AttachRequest, Service } from '../world.js';

/** An answer of the API, or a part of one. */
export type Answer = Record<string, unknown>;

/** The start of host names, and the first port. */
export interface Hosts {
  prefix: 'pl' | 'psc';
  firstPort: number;
}

/** What is known of a service at the moment of an answer. */
interface Moment {
  /** In the cloud's own spelling. */
  region: string;
  isReady: boolean;
  /** The ids of the interface endpoints that are not gone. */
  attached: readonly string[];
}

/**
 * How the API treats one cloud otherwise than the others. Written apart from what the client knows of it: the two check
 * each other.
 */
export interface SandboxCloud {
  /** How a service's remote regions are spelled; null where it takes none. */
  remoteRegion: RegExp | null;
  /** The keys of a service that only this cloud has. */
  service(service: Service, moment: Moment): Answer;
  /**
   * The older kind of service, without port mapping: when it ends, in milliseconds since 1970, and the error message of
   * each from then on. Null if all services are of one kind.
   */
  older: { endsAt: number; disabled: string } | null;
  /** The names of the hosts that clients reach a cluster at through this service, and the first of their ports. */
  hosts(service: Pick<Service, 'portMappingEnabled'>): Hosts;
  /** The networks that clusters in these regions lie in, each by the keys that tell them apart. */
  networks(atlasRegions: readonly string[]): Answer[];
  interfaces: {
    idShape: RegExp;
    /** The statuses before AVAILABLE, half of the time each. */
    onTheWay: readonly [first: string, then: string];
    /** The status where it failed. */
    failed: string;
    /** What is kept of each beside its id, by key. Any of it may be missing. */
    kept: Readonly<Record<string, Check>>;
    /** Reads the body of a request to attach one. Throws refusals. */
    read(body: Answer): AttachRequest;
    /** Throws a refusal where this service doesn't take it. */
    checkFits?(service: Service, request: AttachRequest): void;
    /** The keys of an answer that only this cloud has. */
    answer(attachment: Attachment, status: string | null, service: Service): Answer;
  };
}
