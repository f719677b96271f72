import type { SecurityGroup, StoredResource, StoredRule, StoredSubnet, StoredVpc } from './account.js';
import { fixedAwsId } from './identity.js';
import type { RegionView } from './request.js';

/** Only the first three have a subnet and are supported by the endpoint services of Atlas. */
const zones = { a: 2, b: 4, c: 1, d: 3 };
export const usualZones = 3;

/** Each account has its own mapping of names to zones. Ids are the same in all accounts. */
export function zonesOf(region: string) {
  return Object.entries(zones).map(([letter, number]) => ({
    name: `${region}${letter}`,
    id: `${shortName(region)}-az${number}`,
  }));
}

export function zoneIdOf(region: string, name: string): string {
  // The Local Zone us-east-1-bos-1a is use1-bos1-az1.
  const local = () => name.slice(region.length).replace(/^-([a-z]{3})-(\d)a$/, `${shortName(region)}-$1$2-az1`);
  return zonesOf(region).find((zone) => zone.name === name)?.id ?? local();
}

/** `us-east-1` is use1, `ap-southeast-2` apse2, `us-gov-west-1` usgw1. */
function shortName(region: string) {
  const [area, ...words] = region.replace(/(north|south)(east|west)/, '$1-$2').split('-');
  return [area, ...words.map((word) => word[0])].join('');
}

export function firstVpc(region: string): string {
  return fixedAwsId('vpc', `first vpc of ${region}`);
}

/** The default VPC is saved only after it was changed. */
export function vpcsOf(view: RegionView): StoredVpc[] {
  const { world, region } = view;
  const saved = world.clouds.AWS.vpcs.filter((vpc) => isFound(vpc, view));
  if (saved.some(({ id }) => id === firstVpc(region))) return saved;
  const common = { region, cidrs: ['10.0.0.0/16'], createdAt: 0 };
  return [{ ...common, id: firstVpc(region), isDefault: true, dnsSupport: true, dnsHostnames: true }, ...saved];
}

export function subnetsOf(view: RegionView): StoredSubnet[] {
  const { world, region } = view;
  const usual = zonesOf(region)
    .slice(0, usualZones)
    .map(({ name }, index) => ({
      id: fixedAwsId('subnet', `first subnet of ${name}`),
      region,
      vpcId: firstVpc(region),
      cidr: `10.0.${index}.0/24`,
      zone: name,
      createdAt: 0,
    }));
  return [...usual, ...world.clouds.AWS.subnets.filter((each) => isFound(each, view))];
}

/** Each VPC has a default group. It is saved only after it was changed. */
export function groupsOf(view: RegionView): SecurityGroup[] {
  const saved = view.world.clouds.AWS.groups.filter((each) => isFound(each, view));
  // EC2 does not show the default group of a shared VPC.
  const vpcs = vpcsOf(view).filter(({ sharedBy }) => sharedBy === undefined);
  const defaults = vpcs.map(defaultGroup);
  return [...defaults.filter(({ id }) => saved.every((each) => each.id !== id)), ...saved];
}

function defaultGroup({ id: vpcId, region, createdAt }: StoredVpc) {
  const id = fixedAwsId('sg', `default group of ${vpcId}`);
  const itself = { kind: 'group', value: id } as const;
  const rule = { protocol: '-1', from: null, to: null, source: itself, description: null };
  const rules = [{ ...rule, id: fixedAwsId('sgr', `default rule of ${vpcId}`) }, egressRule(id)];
  return { id, region, vpcId, name: 'default', description: 'default VPC security group', createdAt, rules };
}

export function egressRule(groupId: string): StoredRule {
  const source = { kind: 'cidr', value: '0.0.0.0/0' } as const;
  const id = fixedAwsId('sgr', `egress rule of ${groupId}`);
  return { id, protocol: '-1', from: null, to: null, source, description: null, isEgress: true };
}

export function rulesOf(view: RegionView) {
  return groupsOf(view).flatMap((group) => group.rules.map((rule) => ({ id: rule.id, rule, group })));
}

/** Whether EC2 returns a resource. EC2 is eventually consistent: it does not find a new resource at first. */
export function isFound(resource: StoredResource, { world, region, now }: RegionView): boolean {
  return resource.region === region && now >= resource.createdAt + world.options.awsLag;
}
