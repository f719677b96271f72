import type { RegionView } from './action.js';
import { endpointsOf, networkInterfacesIn, stateOf } from './endpoints.js';
import { groupsOf, rulesOf, subnetsOf, vpcsOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { StoredEndpoint, StoredVpc } from './resources.js';

/* Finds resources by their ids, as EC2 does. */

/** By the prefix of the ids: the resources that EC2 returns, and how its errors name them. */
export const resourceKinds = {
  vpc: { of: vpcsOf, code: 'InvalidVpcID', what: 'vpc ID' },
  subnet: { of: subnetsOf, code: 'InvalidSubnetID', what: 'subnet ID' },
  sg: { of: groupsOf, code: 'InvalidGroup', what: 'security group' },
  sgr: { of: rulesOf, code: 'InvalidSecurityGroupRuleId', what: 'security group rule ID' },
  vpce: { of: endpointsOf, code: 'InvalidVpcEndpointId', what: 'Vpc Endpoint Id' },
  eni: { of: networkInterfacesIn, code: 'InvalidNetworkInterfaceID', what: 'networkInterface ID' },
} as const;

/** The codes for a malformed id that differ from those for a missing resource. */
const malformedCodes: Partial<Record<ResourceKind, string>> = {
  sg: 'InvalidGroupId',
  eni: 'InvalidNetworkInterfaceId',
};

export type ResourceKind = keyof typeof resourceKinds;
export type ResourceOf<K extends ResourceKind> = ReturnType<(typeof resourceKinds)[K]['of']>[number];

/** Throws a refusal if there is no resource of this kind with this id. */
export function findResource<K extends ResourceKind>(kind: K, view: RegionView, id: string): ResourceOf<K> {
  const { of, code } = resourceKinds[kind];
  if (!new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) {
    throw new AwsRefusal(`${malformedCodes[kind] ?? code}.Malformed`, `Invalid id: "${id}" (expecting "${kind}-...")`);
  }
  const all: readonly ResourceOf<ResourceKind>[] = of(view);
  const found = all.find((each) => each.id === id);
  if (found) return found as ResourceOf<K>;
  throw missing(kind, id);
}

/** In a shared VPC, other accounts can create security groups, but not subnets and VPC endpoints. */
export function findOwnVpc(view: RegionView, id: string): StoredVpc {
  const vpc = findResource('vpc', view, id);
  if (vpc.sharedBy === undefined) return vpc;
  throw new AwsRefusal('OperationNotPermitted', `The vpc '${vpc.id}' belongs to the account ${vpc.sharedBy}.`);
}

/** The endpoint, unless it was or is being deleted. */
export function findLiving(view: RegionView, id: string): StoredEndpoint {
  const endpoint = findResource('vpce', view, id);
  const state = stateOf(view, endpoint);
  if (state === 'deleted') throw missing('vpce', id);
  if (state === 'deleting') throw new AwsRefusal('IncorrectState', `The VPC endpoint ${id} is being deleted.`);
  return endpoint;
}

function missing(kind: ResourceKind, id: string): AwsRefusal {
  const { code, what } = resourceKinds[kind];
  return new AwsRefusal(`${code}.NotFound`, `The ${what} '${id}' does not exist`);
}
