import { isIPv4, isIPv6 } from 'node:net';
import { hex } from '../chance.js';
import type { Asked, Change } from './action.js';
import { ec2Arn, sandboxAccount } from './identity.js';
import { findGroup } from './network.js';
import type { Query } from './query.js';
import { AwsRefusal } from './refusal.js';
import type { Rule } from './resources.js';
import { readTagSpecifications } from './tags.js';
import type { Xml } from './xml.js';

/* What a security group lets in. */

type Source = Rule['source'];
type NewRule = Omit<Rule, 'id'>;

/** By the kind of a source: the list that holds it in a request, its key there, and both in an answer. */
const kinds = {
  cidr: { list: 'IpRanges', key: 'CidrIp', answerList: 'ipRanges', answerKey: 'cidrIp' },
  cidr6: { list: 'Ipv6Ranges', key: 'CidrIpv6', answerList: 'ipv6Ranges', answerKey: 'cidrIpv6' },
  group: { list: 'Groups', key: 'GroupId', answerList: 'groups', answerKey: 'groupId' },
  prefix: { list: 'PrefixListIds', key: 'PrefixListId', answerList: 'prefixListIds', answerKey: 'prefixListId' },
} as const satisfies Record<Source['kind'], unknown>;
const kindNames = Object.keys(kinds) as Source['kind'][];

export const authorizeSecurityGroupIngress: Change = (world, asked) => {
  const { query, region, now, random } = asked;
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
      securityGroupRuleSet: rules.slice(group.rules.length).map((rule) => ruleAnswer(rule, group.id, asked)),
    },
  };
};

/** Either a list of permissions, or one of them at the top of the request. */
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
      // The account of a group; there is one only.
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
  if (source.kind === 'cidr' && !isRange(source.value, isIPv4, 32)) throw malformed(source.value);
  if (source.kind === 'cidr6' && !isRange(source.value, isIPv6, 128)) throw malformed(source.value);
}

function isRange(text: string, isAddress: (text: string) => boolean, most: number): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  return isAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= most && more.length === 0;
}

function malformed(cidr: string): AwsRefusal {
  return new AwsRefusal('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
}

function duplicate({ protocol, from, to, source }: NewRule): AwsRefusal {
  const ports = from === null ? '' : `, from port: ${from}, to port: ${to}`;
  const rule = `peer: ${source.value}, ${protocol === '-1' ? 'ALL' : protocol.toUpperCase()}${ports}, ALLOW`;
  return new AwsRefusal('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`);
}

/** What makes two rules the same. */
function sameness({ protocol, from, to, source }: NewRule): string {
  return JSON.stringify([protocol, from, to, source.kind, source.value]);
}

/** Rules of the same protocol and ports are one permission. */
export function permissionsOf(rules: readonly Rule[]): Xml {
  const ranges = [...new Set(rules.map(rangeKey))];
  return ranges.map((range) => {
    const its = rules.filter((rule) => rangeKey(rule) === range);
    const [{ protocol = '', from = null, to = null } = {}] = its;
    const lists = kindNames.map((kind) => [
      kinds[kind].answerList,
      its
        .filter(({ source }) => source.kind === kind)
        .map(({ source, description }) => ({
          [kinds[kind].answerKey]: source.value,
          ...(kind === 'group' && { userId: sandboxAccount }),
          description: description ?? undefined,
        })),
    ]);
    return { ipProtocol: protocol, fromPort: from ?? undefined, toPort: to ?? undefined, ...Object.fromEntries(lists) };
  });
}

function rangeKey({ protocol, from, to }: Rule): string {
  return `${protocol} ${from} ${to}`;
}

function ruleAnswer({ id, protocol, from, to, source, description }: Rule, groupId: string, { region }: Asked): Xml {
  return {
    securityGroupRuleId: id,
    securityGroupRuleArn: ec2Arn(region, `security-group-rule/${id}`),
    groupId,
    groupOwnerId: sandboxAccount,
    isEgress: false,
    ipProtocol: protocol,
    fromPort: from ?? -1,
    toPort: to ?? -1,
    cidrIpv4: source.kind === 'cidr' ? source.value : undefined,
    cidrIpv6: source.kind === 'cidr6' ? source.value : undefined,
    prefixListId: source.kind === 'prefix' ? source.value : undefined,
    referencedGroupInfo: source.kind === 'group' ? { groupId: source.value, userId: sandboxAccount } : undefined,
    description: description ?? undefined,
    tagSet: [],
  };
}
