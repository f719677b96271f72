import type { Effort } from '../base/effort.js';
import type { CloudEndpoint } from './cloud-side.js';

/*
 * The way back: what a connection has left in the user's cloud. Only what carries this program's tags is ever deleted.
 */

/** An endpoint in the user's cloud. */
export interface Remains extends CloudEndpoint {
  region: string;
  /** The ids of the security groups that guard it, whoever created them. */
  guards: readonly string[];
  /** The Atlas service for which this program created it; null if its tags do not name one. */
  ownerId: string | null;
  /** Whether it still is, or may become, a connection. */
  isAlive: boolean;
}

/** What guards endpoints: a security group. */
export interface Guard {
  id: string;
  region: string;
  ownerId: string;
}

export interface Belongings {
  account: string;
  role: string;
  region: string;
  endpoints: readonly Remains[];
  /** Those that this program created. */
  guards: readonly Guard[];
}

/** Takes down what there is in one region of the user's cloud. */
export interface Teardown {
  region: string;
  /** What is there of a project: what this program created, and every endpoint for the named service. Changes nothing. */
  find(projectId: string, serviceName: string | null): Promise<Belongings>;
  /** Throws if a permission is missing. Changes nothing. */
  rehearse(endpointIds: readonly string[], guardIds: readonly string[]): Promise<void>;
  /** Resolves as soon as it is accepted, and if there is no such endpoint. */
  deleteEndpoint(id: string): Promise<void>;
  /** Null once it is gone. */
  read(id: string, effort?: Effort): Promise<CloudEndpoint | null>;
  /** False while an endpoint that is being deleted still uses it. */
  deleteGuard(id: string): Promise<boolean>;
  close(): void;
}
