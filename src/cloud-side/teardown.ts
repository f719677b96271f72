import type { Json } from '../base/json.js';
import type { RequestLimits } from '../base/request-limits.js';
import type { CloudEndpoint, Owned } from './cloud-side.js';

/*
 * The way back: what a connection has left in the user's cloud. Only what this program created is ever deleted.
 */

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
  /** Whether an interface endpoint of Atlas is in this account. Only for a cloud that doesn't have unique ids. */
  isHere?(attached: Readonly<Record<string, Json>>): boolean;
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
