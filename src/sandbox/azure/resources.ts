import type { FaultOutcome } from '../faults.js';
import type { World } from '../world.js';

/*
 * What the user's subscriptions have. Endpoints are saved. Networks are not: they follow from the regions, or from the faults
 * file. Times are milliseconds since 1970, regions are in Azure's spelling.
 */

export interface PrivateEndpoint {
  /** As ARM returns it. Its case is that of the first PUT. */
  id: string;
  location: string;
  tags: Readonly<Record<string, string>>;
  subnetId: string;
  /** The id of the Atlas service that it connects to. */
  serviceId: string;
  connection: { name: string; privateLinkServiceId: string; requestMessage: string };
  /** The name of its network interface, if the user chose one. */
  customNetworkInterfaceName: string;
  address: string;
  /** When it was created; after a failure, when it was put again. */
  createdAt: number;
  /** When it will be deleted. Null if no delete was requested. */
  goneAt: number | null;
  /** Whether it was attached to its Atlas service. */
  isAttached: boolean;
  fate?: FaultOutcome | undefined;
}

export interface AzureAccount {
  endpoints: readonly PrivateEndpoint[];
}

export function emptyAzure(): AzureAccount {
  return { endpoints: [] };
}

/** The world with this endpoint. It replaces the one that has its id. */
export function withEndpoint(world: World, endpoint: PrivateEndpoint): World {
  const others = world.azure.endpoints.filter(({ id }) => id !== endpoint.id);
  return { ...world, azure: { endpoints: [...others, endpoint] } };
}

/** How the subscriptions differ from the usual ones, as the faults file says. */
export interface AzureSetup {
  /** Default: one in each region. */
  networks?: readonly NetworkSetup[];
  /** The actions that the caller may not do. */
  without?: readonly string[];
  /** A lock on every resource group. */
  lock?: 'CanNotDelete' | 'ReadOnly';
  /** The name of a policy that denies private endpoints. */
  policy?: string;
  /** Whether the resource provider Microsoft.Network is registered. Default: true. */
  registered?: boolean;
}

export interface NetworkSetup {
  name: string;
  region: string;
  group?: string;
  subscription?: string;
  dnsServers?: readonly string[];
  /** Default: one that is called `default`. */
  subnets?: readonly SubnetSetup[];
}

export interface SubnetSetup {
  name: string;
  /** Default: `10.0.0.0/24`, the next one `10.0.1.0/24`. */
  range?: string;
  /** The service that it is delegated to: `Microsoft.Web/serverFarms`. */
  delegation?: string;
  /** Its privateEndpointNetworkPolicies. Default: `Disabled`. */
  policies?: string;
  /** No address is left. */
  full?: boolean;
  /** The rules of its network security group. Default: it has none. */
  rules?: readonly RuleSetup[];
}

/** A rule of a network security group. Default: it denies everything that comes in. */
export interface RuleSetup {
  access?: string;
  direction?: string;
  protocol?: string;
  source?: string;
  destination?: string;
  ports?: string;
  priority?: number;
}
