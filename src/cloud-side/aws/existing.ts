import type { ServiceRef } from '../cloud-side.js';
import type { Identity, Subnet, Vpc, VpcEndpoint, VpcGroup } from './model.js';
import type { Wanted } from './wanted.js';

/** What is there in AWS, and what is wanted. The plan follows from it. */
export interface Existing {
  /** Null if AWS could not be read: then nothing is known of the account. */
  identity: Identity | null;
  /** Why AWS could not be read. */
  unread?: string | undefined;
  /** The VPC's region. */
  region: string;
  /** The region of the Atlas service, whether or not the service exists. */
  serviceRegion: string;
  wanted: Wanted;
  service: ServiceRef | undefined;
  /** The zones that the service supports; null while that isn't known. */
  zones: readonly string[] | null;
  vpc: Vpc | null;
  /** The VPC's own group `default`, with which permissions are tried out. */
  defaultGroup: string | null;
  /** Those to use: given, or chosen. */
  subnets: readonly Subnet[];
  /** The security group that this program created for the service in this VPC. */
  ownGroup: VpcGroup | undefined;
  /** The VPC endpoints for the service in this VPC, whoever created them; or the one to adopt. */
  endpoints: readonly VpcEndpoint[];
}
