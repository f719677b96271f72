import { digits } from '../chance.js';
import type { World } from '../world.js';
import { AwsRefusal, checkShape } from './refusal.js';
import type { SecurityGroup, StoredRule, StoredSubnet, StoredVpc } from './resources.js';

/* The networks of a region: the default VPC, which always exists, and those that were created. */

export interface Zone {
  /** Its name in this account. Each account has its own mapping of names to zones. */
  name: string;
  /** The same in all accounts. */
  id: string;
}

/** Only the first three have a subnet and are supported by the endpoint services of Atlas. */
const zones = [
  ['a', 2],
  ['b', 4],
  ['c', 1],
  ['d', 3],
] as const;
export const usualZones = 3;

export function zonesOf(region: string): Zone[] {
  return zones.map(([letter, number]) => ({ name: `${region}${letter}`, id: `${shortName(region)}-az${number}` }));
}

export function zoneIdOf(region: string, name: string): string {
  // The Local Zone us-east-1-bos-1a is use1-bos1-az1.
  const local = () => name.slice(region.length).replace(/^-([a-z]{3})-(\d)a$/, `${shortName(region)}-$1$2-az1`);
  return zonesOf(region).find((zone) => zone.name === name)?.id ?? local();
}

/** `us-east-1` is use1, `ap-southeast-2` apse2, `us-gov-west-1` usgw1. */
function shortName(region: string): string {
  const [area, ...more] = region.split('-');
  return (
    area +
    more
      .map((part) =>
        part
          .replace(/^(north|south)(east|west)$/, '$1-$2')
          .split('-')
          .map((word) => word[0])
          .join(''),
      )
      .join('')
  );
}

function firstVpc(region: string): string {
  return `vpc-0${digits(`first vpc of ${region}`, 16)}`;
}

/** Whether this is the default VPC. */
export function isFirst(region: string, vpcId: string): boolean {
  return vpcId === firstVpc(region);
}

/** The default VPC is saved only after it was changed. */
export function vpcsOf({ options, aws }: World, region: string, now: number): StoredVpc[] {
  const saved = aws.vpcs.filter((vpc) => vpc.region === region && isFound(vpc, options, now));
  if (saved.some(({ id }) => isFirst(region, id))) return saved;
  const first: StoredVpc = {
    id: firstVpc(region),
    region,
    cidrs: ['10.0.0.0/16'],
    isDefault: true,
    dnsSupport: true,
    dnsHostnames: true,
    createdAt: 0,
  };
  return [first, ...saved];
}

export function subnetsOf(world: World, region: string, now: number): StoredSubnet[] {
  const usual = zonesOf(region)
    .slice(0, usualZones)
    .map(({ name }, index) => ({
      id: `subnet-0${digits(`first subnet of ${name}`, 16)}`,
      region,
      vpcId: firstVpc(region),
      cidr: `10.0.${index}.0/24`,
      zone: name,
      createdAt: 0,
    }));
  return [...usual, ...world.aws.subnets.filter((each) => each.region === region && isFound(each, world.options, now))];
}

/** Each VPC has a default group. It is saved only after it was changed. */
export function groupsOf(world: World, region: string, now: number): SecurityGroup[] {
  const saved = world.aws.groups.filter((each) => each.region === region && isFound(each, world.options, now));
  // EC2 does not show the default group of a shared VPC.
  const vpcs = vpcsOf(world, region, now).filter(({ sharedBy }) => sharedBy === undefined);
  const defaults = vpcs.map(defaultGroup);
  return [...defaults.filter(({ id }) => saved.every((each) => each.id !== id)), ...saved];
}

function defaultGroup({ id: vpcId, region, createdAt }: StoredVpc): SecurityGroup {
  const id = `sg-0${digits(`default group of ${vpcId}`, 16)}`;
  const itself = { kind: 'group', value: id } as const;
  const rule = { protocol: '-1', from: null, to: null, source: itself, description: null };
  const rules = [{ ...rule, id: `sgr-0${digits(`default rule of ${vpcId}`, 16)}` }, egressRule(id)];
  return { id, region, vpcId, name: 'default', description: 'default VPC security group', createdAt, rules };
}

/** A new group lets everything out. */
export function egressRule(groupId: string): StoredRule {
  const source = { kind: 'cidr', value: '0.0.0.0/0' } as const;
  const id = `sgr-0${digits(`egress rule of ${groupId}`, 16)}`;
  return { id, protocol: '-1', from: null, to: null, source, description: null, isEgress: true };
}

/** EC2 is eventually consistent: a new resource is not found at first. */
export function isFound({ createdAt }: { createdAt: number }, { awsLag }: World['options'], now: number): boolean {
  return now >= createdAt + awsLag;
}

export function findVpc(world: World, region: string, now: number, id: string): StoredVpc {
  checkShape('InvalidVpcID', 'vpc', id);
  const found = vpcsOf(world, region, now).find((vpc) => vpc.id === id);
  if (found) return found;
  throw new AwsRefusal('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
}

/** In a shared VPC, other accounts can create security groups, but not subnets and VPC endpoints. */
export function findOwnVpc(...which: Parameters<typeof findVpc>): StoredVpc {
  const vpc = findVpc(...which);
  if (vpc.sharedBy === undefined) return vpc;
  throw new AwsRefusal('OperationNotPermitted', `The vpc '${vpc.id}' belongs to the account ${vpc.sharedBy}.`);
}

export function findSubnet(world: World, region: string, now: number, id: string): StoredSubnet {
  checkShape('InvalidSubnetID', 'subnet', id);
  const found = subnetsOf(world, region, now).find((subnet) => subnet.id === id);
  if (found) return found;
  throw new AwsRefusal('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
}

export function findGroup(world: World, region: string, now: number, id: string): SecurityGroup {
  checkShape('InvalidGroupId', 'sg', id);
  const found = groupsOf(world, region, now).find((group) => group.id === id);
  if (found) return found;
  throw new AwsRefusal('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}

/** The rules of all groups, with their groups. */
export function rulesOf(world: World, region: string, now: number): { rule: StoredRule; group: SecurityGroup }[] {
  return groupsOf(world, region, now).flatMap((group) => group.rules.map((rule) => ({ rule, group })));
}

export function findRule(world: World, region: string, now: number, id: string) {
  checkShape('InvalidSecurityGroupRuleId', 'sgr', id);
  const found = rulesOf(world, region, now).find(({ rule }) => rule.id === id);
  if (found) return found;
  throw new AwsRefusal('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
}
