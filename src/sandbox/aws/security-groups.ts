import { type ChangeAction, done, type ReadAction } from './action.js';
import { networkInterfacesIn } from './endpoints.js';
import { ec2Arn, sandboxAccount } from './identity.js';
import { byIds, describe, findResource } from './lookup.js';
import { egressRule, firstVpc, groupsOf } from './network.js';
import { AwsRefusal, invalidValue } from './refusal.js';
import { withoutResource } from './resources.js';
import { permissionsOf } from './rules.js';
import { newResource, tagSet, withNew } from './tags.js';

export const groupReads = {
  DescribeSecurityGroups: describe(
    byIds('sg', 'GroupId'),
    'securityGroupInfo',
    [
      ...['group-id', 'group-name', 'vpc-id'],
      ['ip-permission.group-id', 'ipPermissions.groups.groupId'],
      ['egress.ip-permission.group-id', 'ipPermissionsEgress.groups.groupId'],
    ],
    ({ world, region }, { id, vpcId, name, description, rules }) => ({
      groupId: id,
      groupName: name,
      groupDescription: description,
      ownerId: sandboxAccount,
      vpcId,
      securityGroupArn: ec2Arn(region, `security-group/${id}`),
      ipPermissions: permissionsOf(rules.filter(({ isEgress }) => !isEgress)),
      ipPermissionsEgress: permissionsOf(rules.filter(({ isEgress }) => isEgress)),
      tagSet: tagSet(world, id),
    }),
  ),
} satisfies Record<string, ReadAction>;

export const groupChanges = {
  CreateSecurityGroup: (request) => {
    const { query, region } = request;
    const [name, description] = [query.required('GroupName'), query.required('GroupDescription')];
    const vpcId = query.text('VpcId') ?? firstVpc(region);
    findResource('vpc', request, vpcId);
    checkName(name, description);
    // A name is taken at once, even while EC2 does not find the group.
    const taken = [...groupsOf(request), ...request.world.aws.groups];
    if (taken.some((each) => each.name === name && each.vpcId === vpcId)) {
      throw new AwsRefusal('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
    }
    const made = newResource('sg', request);
    const { id } = made;
    const world = withNew(request, 'groups', { ...made, vpcId, name, description, rules: [egressRule(id)] });
    const securityGroupArn = ec2Arn(region, `security-group/${id}`);
    return { world, answer: { ...done, groupId: id, securityGroupArn, tagSet: tagSet(world, id) } };
  },

  /** Refuses to delete a group that a network interface or a rule of another group uses. */
  DeleteSecurityGroup: (request) => {
    const id = request.query.required('GroupId');
    if (findResource('sg', request, id).name === 'default') {
      throw new AwsRefusal('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
    }
    const isUsed =
      networkInterfacesIn(request).some(({ groupIds }) => groupIds.includes(id)) ||
      request.world.aws.groups.some(
        (each) => each.id !== id && each.rules.some(({ source }) => source.kind === 'group' && source.value === id),
      );
    if (isUsed) throw new AwsRefusal('DependencyViolation', `resource ${id} has a dependent object`);
    return { world: withoutResource(request.world, 'groups', id), answer: { ...done, groupId: id } };
  },
} satisfies Record<string, ChangeAction>;

function checkName(name: string, description: string): void {
  if (name.startsWith('sg-')) {
    throw invalidValue('invalid value for parameter groupName. Group names may not be in the format sg-*');
  }
  if (name.toLowerCase() === 'default') throw invalidValue('Cannot use reserved security group name: default');
  for (const [parameter, text] of Object.entries({ GroupName: name, GroupDescription: description })) {
    if (/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/.test(text)) continue;
    const what = `Value (${text}) for parameter ${parameter} is invalid.`;
    throw invalidValue(`${what} Character sets beyond ASCII are not supported.`);
  }
}
