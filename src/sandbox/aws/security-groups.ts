import { hex } from '../chance.js';
import type { World } from '../world.js';
import type { ActionResult, Read } from './action.js';
import { ec2PageOf } from './filters.js';
import { ec2Arn, sandboxAccount } from './identity.js';
import { networkInterfacesIn } from './interfaces.js';
import { egressRule, findGroup, findVpc, groupsOf, vpcsOf } from './network.js';
import { AwsRefusal } from './refusal.js';
import type { SecurityGroup } from './resources.js';
import { permissionsOf } from './rules.js';
import { readTagSpecifications, tagSet, tagsOf, withoutTags, withTags } from './tags.js';

export const describeSecurityGroups: Read = (world, { query, region, now }) => {
  const [ids, names] = [query.list('GroupId'), query.list('GroupName')];
  const all = groupsOf(world, region, now);
  const byId = ids.map((id) => findGroup(world, region, now, id));
  // Names are looked up in the default VPC.
  const [first] = vpcsOf(world, region, now);
  const byName = names.map((name) => {
    const found = all.find((each) => each.name === name && each.vpcId === first?.id);
    if (found) return found;
    throw new AwsRefusal(
      'InvalidGroup.NotFound',
      `The security group '${name}' does not exist in default VPC '${first?.id}'`,
    );
  });
  const { page, nextToken } = ec2PageOf(
    query,
    ids.length + names.length > 0 ? [...byId, ...byName] : all,
    {
      'group-id': ({ id }) => [id],
      'group-name': ({ name }) => [name],
      description: ({ description }) => [description],
      'vpc-id': ({ vpcId }) => [vpcId],
      'owner-id': () => [sandboxAccount],
      'ip-permission.group-id': ({ rules }) => rules.map(({ source }) => source.value),
      'egress.ip-permission.group-id': () => [],
    },
    ({ id }) => tagsOf(world, id),
  );
  const securityGroupInfo = page.map(({ id, vpcId, name, description, rules }) => ({
    groupId: id,
    groupName: name,
    groupDescription: description,
    ownerId: sandboxAccount,
    vpcId,
    securityGroupArn: ec2Arn(region, `security-group/${id}`),
    ipPermissions: permissionsOf(rules.filter(({ isEgress }) => !isEgress)),
    ipPermissionsEgress: permissionsOf(rules.filter(({ isEgress }) => isEgress)),
    tagSet: tagSet(world, id),
  }));
  return { securityGroupInfo, nextToken };
};

export const createSecurityGroup: ActionResult = (world, { query, region, now, random }) => {
  const [name, description] = [query.required('GroupName'), query.required('GroupDescription')];
  const vpcId = query.text('VpcId') ?? vpcsOf(world, region, now)[0]?.id ?? '';
  const tags = readTagSpecifications(query, 'security-group');
  findVpc(world, region, now, vpcId);
  checkName(name, description);
  // A name is taken at once, even while EC2 does not find the group.
  const taken = [...groupsOf(world, region, now), ...world.aws.groups];
  if (taken.some((each) => each.name === name && each.vpcId === vpcId)) {
    throw new AwsRefusal('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
  }
  const id = `sg-0${hex(16, random)}`;
  const group: SecurityGroup = { id, region, vpcId, name, description, createdAt: now, rules: [egressRule(id)] };
  const created = withTags({ ...world, aws: { ...world.aws, groups: [...world.aws.groups, group] } }, id, tags);
  return {
    world: created,
    answer: {
      return: true,
      groupId: id,
      securityGroupArn: ec2Arn(region, `security-group/${id}`),
      tagSet: tagSet(created, id),
    },
  };
};

function checkName(name: string, description: string): void {
  const allowed = /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/;
  const wrong = name.startsWith('sg-')
    ? 'invalid value for parameter groupName. Group names may not be in the format sg-*'
    : name.toLowerCase() === 'default'
      ? 'Cannot use reserved security group name: default'
      : !allowed.test(name)
        ? `Value (${name}) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.`
        : !allowed.test(description)
          ? `Value (${description}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.`
          : undefined;
  if (wrong !== undefined) throw new AwsRefusal('InvalidParameterValue', wrong);
}

/** Refuses to delete a group that a network interface or a rule of another group uses. */
export const deleteSecurityGroup: ActionResult = (world, { query, region, now }) => {
  const id = query.required('GroupId');
  const group = findGroup(world, region, now, id);
  if (group.name === 'default') {
    throw new AwsRefusal('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  }
  const isUsed = networkInterfacesIn(world, region, now).some(({ groupIds }) => groupIds.includes(id));
  if (isUsed || isNamed(world, id)) {
    throw new AwsRefusal('DependencyViolation', `resource ${id} has a dependent object`);
  }
  const groups = world.aws.groups.filter((each) => each.id !== id);
  return { world: withoutTags({ ...world, aws: { ...world.aws, groups } }, id), answer: { return: true, groupId: id } };
};

function isNamed({ aws: { groups } }: World, id: string): boolean {
  return groups.some(
    (each) => each.id !== id && each.rules.some(({ source }) => source.kind === 'group' && source.value === id),
  );
}
