import type { Chance } from '../chance.js';
import type { Fate } from '../faults.js';
import type { Store } from '../store.js';
import type { World } from '../world.js';
import type { ActionRequest, ActionResult, Read } from './action.js';
import { authorize, describeSecurityGroupRules, revoke } from './authorize.js';
import {
  createSubnet,
  createVpc,
  deleteSubnet,
  deleteVpc,
  modifySubnetAttribute,
  modifyVpcAttribute,
} from './change-network.js';
import { createVpcEndpoint, modifyVpcEndpoint } from './create-endpoint.js';
import { deleteVpcEndpoints } from './delete-endpoints.js';
import { describeVpcEndpoints } from './describe-endpoints.js';
import {
  describeAvailabilityZones,
  describeNetworkAcls,
  describePrefixLists,
  describeRouteTables,
  describeSubnets,
  describeVpcAttribute,
  describeVpcs,
} from './describe-network.js';
import { describeVpcEndpointServices } from './describe-services.js';
import { describeNetworkInterfaces } from './interfaces.js';
import { parseEc2Query } from './query.js';
import { AwsRefusal } from './refusal.js';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.js';
import { stateOf } from './states.js';
import { createTags, deleteTags } from './tags.js';
import type { Xml } from './xml.js';

/** The actions of EC2 that the sandbox supports. */
export const reads: Readonly<Record<string, Read>> = {
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribePrefixLists: describePrefixLists,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcs: describeVpcs,
};

export const changes: Readonly<Record<string, ActionResult>> = {
  AuthorizeSecurityGroupEgress: authorize(true),
  AuthorizeSecurityGroupIngress: authorize(false),
  CreateSecurityGroup: createSecurityGroup,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateVpc: createVpc,
  CreateVpcEndpoint: createVpcEndpoint,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteVpc: deleteVpc,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  RevokeSecurityGroupEgress: revoke(true),
  RevokeSecurityGroupIngress: revoke(false),
};

const version = '2016-11-15';

/** Carries out an action of EC2, and returns the content of the answer. Throws refusals. */
export async function performEc2(
  store: Store,
  chance: Chance,
  form: URLSearchParams,
  region: string,
  fate?: Fate,
): Promise<Xml> {
  const action = actionOf(form, version);
  const read = Object.hasOwn(reads, action) ? reads[action] : undefined;
  const change = Object.hasOwn(changes, action) ? changes[action] : undefined;
  if (!read && !change) {
    throw new AwsRefusal('InvalidAction', `The sandbox does not support the action ${action}. The real EC2 may.`);
  }
  /** Read again for each try of an update. */
  const ask = (): ActionRequest => ({ ...chance, query: parseEc2Query(form), region, fate });
  if (read) {
    const asked = ask();
    const answer = read(await store.read(), asked);
    checkRest(asked);
    return answer;
  }
  return store.update((world) => {
    const asked = ask();
    const done = change?.(forgetEndpoints(world, chance.now), asked) ?? { world, answer: undefined };
    checkRest(asked);
    return done;
  });
}

/** The name of the action. Throws a refusal for another version of the API. */
export function actionOf(form: URLSearchParams, expected: string): string {
  const [action, given] = [form.get('Action'), form.get('Version')];
  if (action === null || action === '')
    throw new AwsRefusal('MissingAction', 'The request must contain the parameter Action');
  if (given === expected) return action;
  throw new AwsRefusal(
    'InvalidAction',
    `The sandbox supports version ${expected} of this API, not ${given ?? 'none'}.`,
  );
}

/** A dry run ends here, after all checks. AWS does not document which checks the real one makes. */
function checkRest({ query }: ActionRequest): void {
  const isDryRun = query.flag('DryRun') ?? false;
  for (const name of ['Action', 'Version']) query.text(name);
  query.checkAllRead();
  if (!isDryRun) return;
  throw new AwsRefusal('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

function forgetEndpoints(world: World, now: number): World {
  const [endpoints, tags] = [
    world.aws.endpoints.filter((each) => stateOf(world, each, now) !== null),
    { ...world.aws.tags },
  ];
  for (const { id } of world.aws.endpoints) if (!endpoints.some((each) => each.id === id)) delete tags[id];
  return { ...world, aws: { ...world.aws, endpoints, tags } };
}
