import type { Advice } from '../base/errors.js';
import type { Json } from '../base/json.js';
import type { Asking } from '../http/ask.js';
import type { RequestLimits } from '../http/retries.js';
import type { InterfaceRequest, RegionNames } from './facts.js';

/*
 * The user's end of a private endpoint: a network in the user's own account, and in it what connects to Atlas's
 * service. A cloud reads what is there, plans from that without asking anything, and carries out one step of the plan
 * at a time.
 */

/** A step in the user's cloud. Its entry has the title. */
export interface PlannedStep {
  id: string;
  /**
   * `create`: it doesn't exist. `adopt`: it exists, and connect uses it. `wait`: it comes by itself. `done`: nothing is
   * left to do. `skip`: it doesn't exist, and can't at the moment.
   */
  action: 'create' | 'adopt' | 'wait' | 'done' | 'skip';
  /** What it will create, or the id of what is there and its state. */
  detail: string;
  /** The id alone of what is there. */
  name?: string | undefined;
}

/** Atlas's service, as far as the user's cloud needs to know it. */
export interface ServiceRef extends RegionNames {
  id: string;
  projectId: string;
  /** What an endpoint connects to; null while Atlas is still creating the service. */
  target: string | null;
  /** The ids of endpoints that Atlas has refused, or that failed there. They can never connect, so a new one needs another. */
  refused: readonly string[];
  /** Whether this program created it too. What it creates in the user's cloud gets a mark that says so. */
  isOurs: boolean;
}

/** An endpoint in the user's cloud, which Atlas calls an interface endpoint. */
export interface CloudEndpoint {
  id: string;
  /** In the cloud's words. Upper and lower case may differ. */
  state: string;
}

/** An endpoint for the service that can't connect, and stays. */
interface DeadEndpoint extends CloudEndpoint {
  /** Whether this program created it. */
  isOurs: boolean;
  /** Whether its state says that it was refused, or could not be created: another one may meet the same. */
  isRefused: boolean;
}

/** What is there in the user's cloud, and what is to be created. Data only; a cloud adds what its own steps need. */
export interface CloudPlan {
  account: string;
  region: string;
  steps: readonly PlannedStep[];
  /** The endpoint that the plan adopts, or created before. */
  endpoint: CloudEndpoint | null;
  /** In the same network. */
  left: readonly DeadEndpoint[];
  /** Where it is, for people: what it is, and its ids. */
  places: readonly Place[];
  /** What the cloud bills, in a few words each. No amounts: they change, and differ by region. */
  costs: readonly string[];
  /** The same as command lines of the cloud's CLI, for a colleague who has the permissions. */
  commands: readonly string[];
  /** What the user should know beside the steps. */
  notes: readonly Advice[];
}

/** A line about the user's network: `VPC`, and which one. */
export interface Place {
  title: string;
  detail: string;
}

/** Something that a step created. */
export interface Created {
  /** The step that creates it. */
  stepId: string;
  id: string;
}

/** Something in the user's cloud that may have this program's marks. */
export interface Owned {
  id: string;
  region: string;
  /** The Atlas service for which this program created it; null if its marks do not name one. */
  ownerId: string | null;
  /** Whether its marks say that this program created that service too. */
  isServiceOurs: boolean;
}

/** What connects to Atlas in the user's cloud. */
export interface CloudSide<P extends CloudPlan = CloudPlan, E extends CloudEndpoint = CloudEndpoint> {
  /** Reads what is there and plans from it. Changes nothing. Throws if what was asked for can't work. */
  survey(service: ServiceRef | undefined): Promise<P>;
  /** What is there, as far as it can be read, and for which service of the project this program created it. */
  owned(plan: P, projectId: string): Promise<readonly Owned[]>;
  /** Throws if a permission for what the plan creates is missing. Changes nothing. */
  rehearse(plan: P): Promise<void>;
  /**
   * Carries out one step, and returns the plan with that step done. `onCreated` gets each resource as soon as it
   * exists.
   */
  carryOut(stepId: string, plan: P, service: ServiceRef, onCreated: (what: Created) => void): Promise<P>;
  /**
   * The endpoint as it is now; null if the cloud doesn't know it, which may be so for some seconds after its creation.
   */
  read(id: string, limits?: RequestLimits): Promise<E | null>;
  /** Whether Atlas can be asked to attach the endpoint in this state. */
  statusVerdict(endpoint: CloudEndpoint): 'reached' | 'failed' | 'pending';
  /** The plan with its endpoint as it was read last. */
  withEndpoint(plan: P, endpoint: E): P;
  /** What attaches the endpoint of the plan to Atlas's service. */
  attachment(plan: P): InterfaceRequest;
  /** What JSON output says about it. */
  facts(plan: P): Readonly<Record<string, Json>>;
  /** Ends connections. */
  close?(): void;
}

/* The way back: what a connection has left in the user's cloud. Only what this program created is ever deleted. */

/** An endpoint in the user's cloud. */
export interface Remains extends CloudEndpoint, Owned {
  /** The ids of the resources that it uses, also those that others created. */
  uses: readonly string[];
  /** Whether it still is, or may become, a connection. */
  isAlive: boolean;
}

/** What this program created for an endpoint, such as a security group. */
export interface OwnedResource extends Owned {
  /** The step that removes it. */
  stepId: string;
}

export interface Belongings {
  account: string;
  /** Who is signed in: in full, and short for people. */
  principal: string;
  shortPrincipal: string;
  region: string;
  endpoints: readonly Remains[];
  resources: readonly OwnedResource[];
}

/** Why a resource could not be deleted. `mayPass`: it may be possible a little later. */
export interface InUse {
  why: string;
  mayPass: boolean;
}

/** Takes down what there is in one region of the user's cloud. */
export interface Teardown {
  region: string;
  /** What this program created in the project, and every endpoint for the service with this target. Changes nothing. */
  find(projectId: string, target: string | null, serviceId: string | undefined): Promise<Belongings>;
  /** Throws if a permission is missing. Changes nothing. */
  rehearse(endpoints: readonly Owned[], resources: readonly OwnedResource[]): Promise<void>;
  /** May resolve before it is gone, and resolves if there is no such endpoint. */
  deleteEndpoint(id: string): Promise<void>;
  /** Null once it is gone. */
  read(id: string, limits?: RequestLimits): Promise<CloudEndpoint | null>;
  /** Null once it is deleted. */
  deleteResource(resource: OwnedResource): Promise<InUse | null>;
  close?(): void;
}

/** What requests to a cloud need of a command. */
export interface CloudContext extends Asking {
  io: { warn(message: string): void };
}
