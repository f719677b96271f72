import { hex } from '../chance.js';
import type { Change } from './action.js';
import { isCidr6, parseCidr } from './cidr.js';
import { findGroup } from './network.js';
import type { Query } from './query.js';
import { AwsRefusal } from './refusal.js';
import type { Rule } from './resources.js';
import { kindNames, kinds, ruleAnswer, sameness } from './rules.js';
import { readTagSpecifications } from './tags.js';

type NewRule = Omit<Rule, 'id'>;

export const authorizeSecurityGroupIngress: Change = (world, { query, region, now, random }) => {
  const group = findGroup(world, region, now, query.required('GroupId'));
  readTagSpecifications(query, 'security-group-rule');
  const added = readRules(query);
  if (added.length === 0) throw new AwsRefusal('MissingParameter', 'Either IpPermissions or IpProtocol must be given.');
  const rules = [...group.rules];
  for (const rule of added) {
    checkRule(rule, (id) => findGroup(world, region, now, id));
    if (rules.some((other) => sameness(other) === sameness(rule))) throw duplicate(rule);
    rules.push({ ...rule, id: `sgr-0${hex(16, random)}` });
  }
  const changed = { ...group, rules };
  const groups = [...world.aws.groups.filter(({ id }) => id !== group.id), changed];
  return {
    world: { ...world, aws: { ...world.aws, groups } },
    answer: {
      return: true,
      securityGroupRuleSet: rules.slice(group.rules.length).map((rule) => ruleAnswer(rule, group.id, region)),
    },
  };
};

/** A list of permissions, or a single permission in the top-level parameters. */
function readRules(query: Query): NewRule[] {
  const simple = query.text('CidrIp');
  const permissions = query.each('IpPermissions').flatMap(readPermission);
  const range = rangeIn(query);
  return simple === undefined
    ? permissions
    : [...permissions, { ...range, source: { kind: 'cidr', value: simple }, description: null }];
}

function readPermission(permission: Query): NewRule[] {
  const range = rangeIn(permission);
  return kindNames.flatMap((kind) =>
    permission.each(kinds[kind].list).map((each) => {
      // The sandbox has only one account.
      each.text('UserId');
      return {
        ...range,
        source: { kind, value: each.required(kinds[kind].key) },
        description: each.text('Description') ?? null,
      };
    }),
  );
}

function rangeIn(query: Query): Pick<Rule, 'protocol' | 'from' | 'to'> {
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
