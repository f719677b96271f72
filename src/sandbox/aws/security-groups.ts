import { parseCidr } from '../../base/cidr.js';
import { grouped } from '../../base/words.js';
import { ensure } from '../frontend.js';
import type { World } from '../world.js';
import { type SecurityGroup, type StoredRule, withoutResource, withResource } from './account.js';
import { networkInterfacesIn } from './endpoints.js';
import { ec2Arn, newAwsId, sandboxAccount } from './identity.js';
import { byIds, describe, findResource } from './lookup.js';
import { egressRule, firstVpc, groupsOf } from './network.js';
import {
  type Action,
  type ActionRequest,
  done,
  ensureGiven,
  ensureValue,
  type QueryParameters,
  type Xml,
} from './request.js';
import { newResource, readTagSpecifications, tagSet, withNew, withTags } from './tags.js';

export const securityGroupActions = {
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

  DescribeSecurityGroupRules: describe(
    byIds('sgr', 'SecurityGroupRuleId'),
    'securityGroupRuleSet',
    ['group-id'],
    ({ world }, { rule, group }) => ruleAnswer(world, rule, group),
  ),

  CreateSecurityGroup: (request) => {
    const { query, region } = request;
    const [name, description] = [query.required('GroupName'), query.required('GroupDescription')];
    const vpcId = query.text('VpcId') ?? firstVpc(region);
    findResource('vpc', request, vpcId);
    // A name is taken at once, even while EC2 does not find the group.
    const taken = [...groupsOf(request), ...request.world.clouds.AWS.groups];
    const isFree = taken.every((each) => each.name !== name || each.vpcId !== vpcId);
    ensure(isFree, 'InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
    const made = newResource('sg', request);
    const { id } = made;
    const world = withNew(request, 'groups', { ...made, vpcId, name, description, rules: [egressRule(id)] });
    const securityGroupArn = ec2Arn(region, `security-group/${id}`);
    return { world, answer: { ...done, groupId: id, securityGroupArn, tagSet: tagSet(world, id) } };
  },

  DeleteSecurityGroup: (request) => {
    const id = request.query.required('GroupId');
    const { name } = findResource('sg', request, id);
    const what = `the specified group: "${id}" name: "default" cannot be deleted by a user`;
    ensure(name !== 'default', 'CannotDelete', what);
    const isUsed =
      networkInterfacesIn(request).some(({ groupIds }) => groupIds.includes(id)) ||
      request.world.clouds.AWS.groups.some(
        (each) => each.id !== id && each.rules.some(({ source }) => source.kind === 'group' && source.value === id),
      );
    ensure(!isUsed, 'DependencyViolation', `resource ${id} has a dependent object`);
    return { world: withoutResource(request.world, 'groups', id), answer: { ...done, groupId: id } };
  },

  AuthorizeSecurityGroupEgress: (request) => authorize(request, true),
  AuthorizeSecurityGroupIngress: (request) => authorize(request, false),
  RevokeSecurityGroupEgress: (request) => revoke(request, true),
  RevokeSecurityGroupIngress: (request) => revoke(request, false),
} satisfies Record<string, Action>;

type NewRule = Omit<StoredRule, 'id'>;

function authorize(request: ActionRequest, isEgress: boolean) {
  const { query } = request;
  const group = findResource('sg', request, query.required('GroupId'));
  const tags = readTagSpecifications(query, 'security-group-rule');
  const rules = [...group.rules];
  for (const rule of readRules(query, isEgress)) {
    if (rule.source.kind === 'group') findResource('sg', request, rule.source.value);
    const isNew = rules.every((other) => sameness(other) !== sameness(rule));
    ensure(isNew, 'InvalidPermission.Duplicate', 'the specified rule already exists');
    rules.push({ ...rule, id: newAwsId('sgr', request) });
  }
  const added = rules.slice(group.rules.length);
  ensureGiven(added.length > 0, 'IpPermissions');
  const saved = withResource(request.world, 'groups', { ...group, rules });
  const world = added.reduce((next, { id }) => withTags(next, id, tags), saved);
  const securityGroupRuleSet = added.map((rule) => ruleAnswer(world, rule, group));
  return { world, answer: { ...done, securityGroupRuleSet } };
}

function revoke(request: ActionRequest, isEgress: boolean) {
  const { query } = request;
  const group = findResource('sg', request, query.required('GroupId'));
  const byId = query.list('SecurityGroupRuleId').map((id) => findResource('sgr', request, id).rule);
  const gone = [...byId, ...readRules(query, isEgress)].map((given) => {
    const found = group.rules.find((rule) => sameness(rule) === sameness({ ...given, isEgress }));
    ensure(found, 'InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    return found;
  });
  ensureGiven(gone.length > 0, 'IpPermissions');
  const rules = group.rules.filter((rule) => !gone.includes(rule));
  return { world: withResource(request.world, 'groups', { ...group, rules }), answer: done };
}

function readRules(query: QueryParameters, isEgress: boolean) {
  return query.each('IpPermissions').flatMap((permission) => {
    const range = rangeIn(permission);
    return sourceKinds.flatMap((kind) =>
      permission.each(upper(ruleSources[kind].list)).map((each) => {
        // The sandbox has only one account.
        each.text('UserId');
        const source = { kind, value: each.required(upper(ruleSources[kind].key)) };
        // The sentence: github.com/smoketurner/serverless-vpc-plugin/issues/318. Bits behind the prefix are allowed.
        const isRange = kind !== 'cidr' || parseCidr(source.value) !== null;
        ensureValue(isRange, `CIDR block ${source.value} is malformed`);
        return { ...range, source, description: each.text('Description') ?? null, isEgress };
      }),
    );
  });
}

function upper(name: string) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function rangeIn(query: QueryParameters) {
  const names: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };
  const given = (query.text('IpProtocol') ?? '-1').toLowerCase();
  const [protocol, from, to] = [names[given] ?? given, query.whole('FromPort'), query.whole('ToPort')];
  if (protocol === '-1') return { protocol, from: null, to: null };
  return { protocol, from: from ?? null, to: to ?? null };
}

/** For each kind of source: its list and its key in an answer. In a request, they begin with a capital letter. */
const ruleSources = {
  cidr: { list: 'ipRanges', key: 'cidrIp' },
  cidr6: { list: 'ipv6Ranges', key: 'cidrIpv6' },
  group: { list: 'groups', key: 'groupId' },
  prefix: { list: 'prefixListIds', key: 'prefixListId' },
} as const satisfies Record<StoredRule['source']['kind'], unknown>;
const sourceKinds = Object.keys(ruleSources) as StoredRule['source']['kind'][];

function sameness({ protocol, from, to, source, isEgress = false }: NewRule) {
  return JSON.stringify([isEgress, protocol, from, to, source.kind, source.value]);
}

function permissionsOf(rules: readonly StoredRule[]): Xml {
  return grouped(rules, ({ protocol, from, to }) => `${protocol} ${from} ${to}`).map((its) => {
    const lists = sourceKinds.map((kind) => {
      const ofKind = its.filter(({ source }) => source.kind === kind);
      const items = ofKind.map(({ source, description }) => ({
        [ruleSources[kind].key]: source.value,
        ...(kind === 'group' && { userId: sandboxAccount }),
        description: description ?? undefined,
      }));
      return [ruleSources[kind].list, items];
    });
    const [{ protocol, from, to }] = its;
    return {
      ipProtocol: protocol,
      fromPort: from ?? undefined,
      toPort: to ?? undefined,
      ...Object.fromEntries(lists),
    };
  });
}

function ruleAnswer(world: World, rule: StoredRule, group: SecurityGroup) {
  const { id, protocol, from, to, source, description, isEgress = false } = rule;
  return {
    securityGroupRuleId: id,
    securityGroupRuleArn: ec2Arn(group.region, `security-group-rule/${id}`),
    groupId: group.id,
    groupOwnerId: sandboxAccount,
    isEgress,
    ipProtocol: protocol,
    fromPort: from ?? -1,
    toPort: to ?? -1,
    cidrIpv4: source.kind === 'cidr' ? source.value : undefined,
    cidrIpv6: source.kind === 'cidr6' ? source.value : undefined,
    prefixListId: source.kind === 'prefix' ? source.value : undefined,
    referencedGroupInfo: source.kind === 'group' ? { groupId: source.value, userId: sandboxAccount } : undefined,
    description: description ?? undefined,
    tagSet: tagSet(world, id),
  };
}
