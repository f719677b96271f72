import type { ApiKey } from '../../atlas/api-key.js';
import type { Endpoint } from '../../atlas/model.js';
import type { CloudEnd } from '../../cloud-side/inspect.js';
import type { SignIn } from '../../config/sign-in.js';
import type { ProjectFacts } from './project-facts.js';
import type { Reached } from './reach.js';
import type { Resolver } from './resolver.js';

/** What the checks of doctor need to know. Everything is looked up once, when a check asks for it. */
export interface Facts extends ProjectFacts {
  signIn(): Promise<SignIn>;
  /** Null for other credentials than API keys. */
  key(): Promise<ApiKey | null>;
  projectId(): Promise<string>;
  /** Reads the services of the project; throws if Atlas refuses that. */
  lists(): Promise<unknown>;
  /** Atlas is a sandbox on this machine. */
  isLocalAtlas: boolean;
  resolver: Resolver;
  /** Names are looked up at a DNS server that was chosen, not at those of this machine. */
  hasDnsServer: boolean;
  /** Connects to a port of a host, each once. */
  reach(target: { address: string; port: number; host: string }): Promise<Reached>;
  /** The IPv4 addresses of this machine. */
  ownAddresses: readonly string[];
  /** The interface endpoint in the user's cloud account; null if the cloud doesn't know it. */
  cloudEnd(service: Endpoint, id: string): Promise<CloudEnd | null>;
}
