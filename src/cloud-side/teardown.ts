import type { RequestLimits } from '../base/request-limits.js';
import type { CloudEndpoint, Owned } from './cloud-side.js';

/*
 * The way back: what a connection has left in the user's cloud. Only what carries this program's tags is ever deleted.
 */

/** An endpoint in the user's cloud. */
export interface Remains extends CloudEndpoint, Owned {
  /** The ids of the security groups that guard it, whoever created them. */
  guards: readonly string[];
  /** Whether it still is, or may become, a connection. */
  isAlive: boolean;
}

export interface Belongings {
  account: string;
  role: string;
  region: string;
  endpoints: readonly Remains[];
  /** The security groups that this program created. */
  guards: readonly Owned[];
}

/** Takes down what there is in one region of the user's cloud. */
export interface Teardown {
  region: string;
  /** What is there of a project: what this program created, and every endpoint for the named service. Changes nothing. */
  find(projectId: string, serviceName: string | null): Promise<Belongings>;
  /** Throws if a permission is missing. Changes nothing. */
  rehearse(endpoints: readonly Owned[], guards: readonly Owned[]): Promise<void>;
  /** Resolves as soon as it is accepted, and if there is no such endpoint. */
  deleteEndpoint(id: string): Promise<void>;
  /** Null once it is gone. */
  read(id: string, limits?: RequestLimits): Promise<CloudEndpoint | null>;
  /** Null once it is deleted. If it is in use: the ids of other groups whose rules refer to it, if there are any. */
  deleteGuard(id: string): Promise<readonly string[] | null>;
  close(): void;
}
