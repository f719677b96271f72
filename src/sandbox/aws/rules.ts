import type { World } from '../world.js';
import { ec2Arn, sandboxAccount } from './identity.js';
import type { SecurityGroup, StoredRule } from './resources.js';
import { tagSet } from './tags.js';
import type { Xml } from './xml.js';

/* The rules of a security group, and how EC2 writes them. */

/** For each kind of source: its list and its key, in a request and in an answer. */
export const ruleKinds = {
  cidr: { list: 'IpRanges', key: 'CidrIp', answerList: 'ipRanges', answerKey: 'cidrIp' },
  cidr6: { list: 'Ipv6Ranges', key: 'CidrIpv6', answerList: 'ipv6Ranges', answerKey: 'cidrIpv6' },
  group: { list: 'Groups', key: 'GroupId', answerList: 'groups', answerKey: 'groupId' },
  prefix: { list: 'PrefixListIds', key: 'PrefixListId', answerList: 'prefixListIds', answerKey: 'prefixListId' },
} as const satisfies Record<StoredRule['source']['kind'], unknown>;
export const kindNames = Object.keys(ruleKinds) as StoredRule['source']['kind'][];

/** Equal for two rules that are the same. */
export function sameness({ protocol, from, to, source, isEgress = false }: Omit<StoredRule, 'id'>): string {
  return JSON.stringify([isEgress, protocol, from, to, source.kind, source.value]);
}

/** Rules with the same protocol and ports are one permission. */
export function permissionsOf(rules: readonly StoredRule[]): Xml {
  const ranges = [...new Set(rules.map(rangeKey))];
  return ranges.map((range) => {
    const its = rules.filter((rule) => rangeKey(rule) === range);
    const [{ protocol = '', from = null, to = null } = {}] = its;
    const lists = kindNames.map((kind) => [
      ruleKinds[kind].answerList,
      its
        .filter(({ source }) => source.kind === kind)
        .map(({ source, description }) => ({
          [ruleKinds[kind].answerKey]: source.value,
          ...(kind === 'group' && { userId: sandboxAccount }),
          description: description ?? undefined,
        })),
    ]);
    return { ipProtocol: protocol, fromPort: from ?? undefined, toPort: to ?? undefined, ...Object.fromEntries(lists) };
  });
}

function rangeKey({ protocol, from, to }: StoredRule): string {
  return `${protocol} ${from} ${to}`;
}

export function ruleAnswer(world: World, rule: StoredRule, group: SecurityGroup): Xml {
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
