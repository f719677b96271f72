import type { Agent } from 'node:https';
import type { Hint } from '../base/errors.js';
import type { Env } from '../base/host.js';
import type { Json } from '../base/json.js';
import type { Asking, RequestLimits } from '../http/ask.js';
import type { Inspection } from './checks.js';
import type { InterfaceRequest, RegionNames } from './facts.js';
import type { Found } from './found.js';
import type { Exchange } from './rest.js';

/** Atlas's service, as far as the user's cloud needs to know it. */
export interface ServiceRef extends RegionNames {
  id: string;
  projectId: string;
  /** What an endpoint connects to; null while Atlas is still creating the service. */
  target: string | null;
  /** The ids of endpoints that Atlas has refused, that failed there, or that it is removing. A new one needs another id. */
  ended: readonly string[];
  /** Whether this program created it too. What it creates in the user's cloud gets a mark that says so. */
  isOurs: boolean;
}

export type Created = Pick<Found, 'stepId' | 'id'>;

/** Why a resource could not be deleted. `mayPass`: it may be possible a little later. */
export interface InUse {
  why: string;
  mayPass: boolean;
}

export interface SignedIn {
  account: string;
  principal: string;
  shortPrincipal: string;
}

/** A step in the user's cloud. Its title is in the cloud's setup. */
export interface PlannedStep {
  id: string;
  /** `adopt`: connect uses what exists. `wait`: it comes by itself. `skip`: it doesn't exist, and can't at the moment. */
  action: 'create' | 'adopt' | 'wait' | 'done' | 'skip';
  detail: string;
  name?: string | undefined;
}

/** What exists in the user's cloud, and what is to be created. Data only; a cloud adds what its own steps need. */
export interface CloudPlan {
  account: string;
  steps: readonly PlannedStep[];
  /** The endpoint that the plan adopts, or created before. */
  endpoint: Found | null;
  /** Endpoints for the service in the same network that can't connect, and stay. */
  dead: readonly Found[];
  /** The network of the endpoint, with its ranges as far as they were read; null while it isn't known. */
  network: { id: string; ranges: readonly string[] } | null;
  places: readonly Place[];
  /** What the cloud bills, in a few words each. No amounts: they change, and differ by region. */
  costs: readonly string[];
  /** The same as command lines of the cloud's CLI, for a colleague who has the permissions. */
  commands: readonly string[];
  notes: readonly (string | Hint)[];
}

export interface Place {
  title: string;
  detail: string;
}

/** One region of an account. It reads what exists, plans from that without asking, and carries out one step at a time. */
export interface Cloud<P extends CloudPlan = CloudPlan> {
  region: string;
  signIn(): Promise<SignedIn>;
  /** What this program created in the project, and every endpoint for the service, if it exists. Changes nothing. */
  find(by: Pick<ServiceRef, 'projectId' | 'target'> & { serviceId: string | undefined }): Promise<readonly Found[]>;
  /** An endpoint as it is now; null if the cloud doesn't know it, as for some seconds after its creation. */
  read(id: string, limits?: RequestLimits): Promise<Found | null>;
  /** What the checks look at. Null if the account has no such endpoint in this region. */
  inspect(id: string): Promise<Inspection | null>;
  /** Throws if a permission to remove these is missing. Changes nothing. */
  rehearseRemoval(all: readonly Found[]): Promise<void>;
  /** Deletes it; the caller has looked at its mark. May resolve before it is gone, and resolves if there is no such thing. */
  remove(found: Found): Promise<InUse | null>;

  /** Which of these networks, subnets and security groups, as typed, are in this region. */
  ownOf(ids: readonly string[]): Promise<readonly string[]>;
  /** Reads what exists and plans from it. Changes nothing. Throws if what was asked for can't work. */
  survey(service: ServiceRef | undefined): Promise<P>;
  /** Everything there that can have a mark of this program, as far as it can be read. A mark says whose it is. */
  marked(plan: P, projectId: string): Promise<readonly Found[]>;
  /** Throws if a permission for what the plan creates is missing. Changes nothing. */
  rehearse(plan: P, projectId: string): Promise<void>;
  /** Carries out a step, and returns the plan with that step done. `onCreated` gets each resource as soon as it exists. */
  create(stepId: string, plan: P, service: ServiceRef, onCreated: (what: Created) => void): Promise<P>;
  attachment(plan: P): InterfaceRequest;
  row(plan: P): Readonly<Record<string, Json>>;
}

export interface CloudTarget {
  region: string;
  /** The region of the Atlas service, if it is another one. */
  serviceRegion?: string;
  /** Without credentials the plan says what it can; nothing is created then. */
  isBlindAllowed?: boolean;
  /** Options for this region alone, instead of those of all regions. */
  own?: CloudOptions | undefined;
  /** Endpoints whose network the new one shares, if the options name none. */
  like?: readonly string[];
}

export interface CloudContext extends Asking {
  io: { warn(message: string): void };
}

export interface SignInContext extends CloudContext {
  env: Env;
  /** The variables that lead to the sandbox's clouds. If they are given, nothing is read from the user's settings. */
  sandbox: Readonly<Record<string, string | null>> | undefined;
  /** The base URL of Atlas if it is on this machine. */
  localAtlas: string | undefined;
  exchange: Exchange;
  /** Opens TLS connections, through the proxies. It trusts only the authorities in this file, if a setting names one. */
  agent(authorities: { setting: string; file?: string | undefined }): Promise<Agent>;
  /** Host and port of the proxy on the way to a URL. Throws if secrets must not go there. */
  proxyTo(url: string): string | undefined;
  /** Asks the user for a secret; undefined if nobody can answer. */
  readSecret: ((question: string) => Promise<string>) | undefined;
}

export type CloudOptions = Readonly<Record<string, unknown>>;

/** Opens a region of an account. `left`: milliseconds until the deadline. */
export type OpenCloud = (target: CloudTarget, limits: Pick<CloudContext, 'remainingMs' | 'tries'>) => Cloud;
