import { hex } from '../chance.js';
import type { World } from '../world.js';
import type { ActionResult, Read } from './action.js';
import { isCidr6, parseCidr } from './cidr.js';
import { ec2PageOf } from './filters.js';
import { findGroup, findRule, rulesOf } from './network.js';
import type { Ec2Query } from './query.js';
import { AwsRefusal } from './refusal.js';
import type { SecurityGroup, StoredRule } from './resources.js';
import { kindNames, ruleAnswer, ruleKinds, sameness } from './rules.js';
import { readTagSpecifications, withoutTags, withTags } from './tags.js';

type NewRule = Omit<StoredRule, 'id'>;

export const authorize =
  (isEgress: boolean): ActionResult =>
  (world, { query, region, now, random }) => {
    const group = findGroup(world, region, now, query.required('GroupId'));
    const tags = readTagSpecifications(query, 'security-group-rule');
    const rules = [...group.rules];
    for (const rule of readRules(query, isEgress)) {
      checkRule(rule, (id) => findGroup(world, region, now, id));
      if (rules.some((other) => sameness(other) === sameness(rule))) throw duplicate(rule);
      rules.push({ ...rule, id: `sgr-0${hex(16, random)}` });
    }
    const added = rules.slice(group.rules.length);
    if (added.length === 0) throw nothingGiven;
    const tagged = added.reduce((next, { id }) => withTags(next, id, tags), save(world, { ...group, rules }));
    const securityGroupRuleSet = added.map((rule) => ruleAnswer(tagged, rule, group));
    return { world: tagged, answer: { return: true, securityGroupRuleSet } };
  };

/** Removes rules, by their ids or by what they allow. Descriptions do not matter. */
export const revoke =
  (isEgress: boolean): ActionResult =>
  (world, { query, region, now }) => {
    const group = findGroup(world, region, now, query.required('GroupId'));
    const byId = query.list('SecurityGroupRuleId').map((id) => findRule(world, region, now, id).rule);
    const gone = [...byId, ...readRules(query, isEgress)].map((given) => {
      const found = group.rules.find((rule) => sameness(rule) === sameness({ ...given, isEgress }));
      if (found) return found;
      throw new AwsRefusal('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    });
    if (gone.length === 0) throw nothingGiven;
    const saved = save(world, { ...group, rules: group.rules.filter((rule) => !gone.includes(rule)) });
    return { world: gone.reduce((next, { id }) => withoutTags(next, id), saved), answer: { return: true } };
  };

export const describeSecurityGroupRules: Read = (world, { query, region, now }) => {
  const byId = query.list('SecurityGroupRuleId').map((id) => findRule(world, region, now, id));
  const all = byId.length > 0 ? byId : rulesOf(world, region, now);
  const { page, nextToken } = ec2PageOf(query, all, { 'group-id': ({ group }) => [group.id] });
  return { securityGroupRuleSet: page.map(({ rule, group }) => ruleAnswer(world, rule, group)), nextToken };
};

const nothingGiven = new AwsRefusal('MissingParameter', 'Either IpPermissions or IpProtocol must be given.');

function save(world: World, group: SecurityGroup): World {
  const groups = [...world.aws.groups.filter(({ id }) => id !== group.id), group];
  return { ...world, aws: { ...world.aws, groups } };
}

/** A list of permissions, or a single permission in the top-level parameters. */
function readRules(query: Ec2Query, isEgress: boolean): NewRule[] {
  const simple = query.text('CidrIp');
  const permissions = query.each('IpPermissions').flatMap(readPermission);
  const range = rangeIn(query);
  const source = { kind: 'cidr', value: simple ?? '' } as const;
  const all = simple === undefined ? permissions : [...permissions, { ...range, source, description: null }];
  return all.map((rule) => ({ ...rule, isEgress }));
}

function readPermission(permission: Ec2Query): NewRule[] {
  const range = rangeIn(permission);
  return kindNames.flatMap((kind) =>
    permission.each(ruleKinds[kind].list).map((each) => {
      // The sandbox has only one account.
      each.text('UserId');
      return {
        ...range,
        source: { kind, value: each.required(ruleKinds[kind].key) },
        description: each.text('Description') ?? null,
      };
    }),
  );
}

function rangeIn(query: Ec2Query): Pick<StoredRule, 'protocol' | 'from' | 'to'> {
  const names: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };
  const given = (query.text('IpProtocol') ?? '-1').toLowerCase();
  const [protocol, from, to] = [names[given] ?? given, query.whole('FromPort'), query.whole('ToPort')];
  return protocol === '-1' ? { protocol, from: null, to: null } : { protocol, from: from ?? null, to: to ?? null };
}

function checkRule({ protocol, from, to, source }: NewRule, checkGroup: (id: string) => unknown): void {
  if (!/^(tcp|udp|icmp|icmpv6|-1|\d{1,3})$/.test(protocol)) {
    throw new AwsRefusal('InvalidPermission.Malformed', `Unsupported IP protocol "${protocol}"`);
  }
  if (protocol === 'tcp' || protocol === 'udp') {
    if (from === null || to === null || from < 0 || to > 65_535 || from > to) {
      throw new AwsRefusal(
        'InvalidParameterValue',
        `Invalid ${protocol.toUpperCase()} port range. Must be between 0 and 65535`,
      );
    }
  }
  if (source.kind === 'group') checkGroup(source.value);
  if (source.kind === 'cidr' && !parseCidr(source.value)) throw malformed(source.value);
  if (source.kind === 'cidr6' && !isCidr6(source.value)) throw malformed(source.value);
}

function malformed(cidr: string): AwsRefusal {
  return new AwsRefusal('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
}

function duplicate({ protocol, from, to, source }: NewRule): AwsRefusal {
  const ports = from === null ? '' : `, from port: ${from}, to port: ${to}`;
  const rule = `peer: ${source.value}, ${protocol === '-1' ? 'ALL' : protocol.toUpperCase()}${ports}, ALLOW`;
  return new AwsRefusal('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`);
}
