import { NotFoundError, UsageError } from '../../base/errors.js';
import { grouped, listed } from '../../base/words.js';
import type { ServiceRef } from '../cloud.js';
import { checkAdopted, hasCode } from '../errors.js';
import { canConnect, isMarkedFor, preferred } from '../found.js';
import type { Wanted } from './access.js';
import { isUsualZone, type Subnet, toVpcEndpoint, type Vpc, type VpcGroup } from './answers.js';
import type { Ec2 } from './ec2.js';
import { type Existing, groupName } from './model.js';

type Asked = Pick<Existing, 'region' | 'serviceRegion' | 'wanted' | 'service'>;

export async function readNetwork(ec2: Ec2, { region, serviceRegion, wanted, service }: Asked): Promise<Existing> {
  const identity = await ec2.identity();
  const all = await endpointsFor(ec2, service, wanted);
  const given = wanted.subnets.length > 0 ? await ec2.subnets({ ids: wanted.subnets }) : [];
  const existing = wanted.adopt === undefined ? preferred(all, service) : all[0];
  const groups = wanted.groups.length > 0 ? await ec2.groups({ ids: wanted.groups }) : [];
  const vpcId = wanted.vpc ?? given[0]?.vpc ?? groups[0]?.vpc ?? existing?.vpc;
  const vpcs = await ec2.vpcs(vpcId === undefined ? {} : { ids: [vpcId] });
  const vpc = vpcId === undefined ? onlyVpc(vpcs, region, identity.account) : vpcs[0];
  if (!vpc) throw new NotFoundError(`VPC ${vpcId} not found in this AWS account and region.`);
  checkVpc([...given, ...groups], vpc.id);

  const endpoints = all.filter((each) => each.vpc === vpc.id);
  const isThere = wanted.adopt !== undefined || endpoints.some((each) => canConnect(each, service));
  if (!isThere) checkOwner(vpc, identity.account);
  // A rule with an unknown group would be refused only after the service was created. This read throws if one is missing.
  const sources = wanted.from.filter((source) => source.startsWith('sg-'));
  if (!isThere && sources.length > 0) await ec2.groups({ ids: sources });
  // AWS doesn't tell the zones of a service in another region.
  const hasZones = !isThere && service?.region === region;
  const zones = hasZones && service.target ? await ec2.zones(service.target) : null;
  checkSubnets(given, zones);
  const inVpc = given.length > 0 || isThere ? given : await ec2.subnets({ filters: { 'vpc-id': vpc.id } });
  const subnets = given.length > 0 || isThere ? given : chooseSubnets(inVpc, vpc.id, zones);
  // One request for the default group and the one that this program created.
  const names = ['default', ...(service ? [groupName(service)] : [])];
  const known = isThere ? [] : await ec2.groups({ filters: { 'vpc-id': vpc.id, 'group-name': names } });
  const ownGroup = known.find((group) => isMarkedFor(group, service));
  const defaultGroup = known.find(({ name }) => name === 'default')?.id ?? null;
  return { identity, region, serviceRegion, wanted, service, zones, vpc, defaultGroup, subnets, ownGroup, endpoints };
}

export function withoutReading(known: Asked & Pick<Existing, 'unread'>): Existing {
  const { service, wanted } = known;
  const nothing = { identity: null, zones: null, vpc: null, defaultGroup: null, ownGroup: undefined, subnets: [] };
  const adopted = toVpcEndpoint({ VpcEndpointId: wanted.adopt, ServiceName: service?.target ?? '' }, known.region);
  return { ...nothing, ...known, endpoints: wanted.adopt === undefined ? [] : [{ ...adopted, state: 'unknown' }] };
}

async function endpointsFor(ec2: Ec2, service: ServiceRef | undefined, { adopt }: Wanted) {
  if (adopt === undefined) {
    return service?.target ? ec2.endpoints({ filters: { 'service-name': service.target } }) : [];
  }
  const about = { what: 'VPC endpoint', id: adopt, where: 'AWS account and region' };
  return [checkAdopted(await ec2.endpoint(adopt), about, service)];
}

/* Choose the VPC, subnets and security groups, and check those that were given. Each function throws usage errors. */

export function checkVpc(given: readonly (Subnet | VpcGroup)[], vpc: string) {
  const foreign = given.find((each) => each.vpc !== vpc);
  if (!foreign) return;
  throw new UsageError(`${foreign.id} is in ${foreign.vpc}, not in ${vpc}.`, 'Choose all of them in one VPC.');
}

/** The only VPC of the account. Those that other accounts share with it don't count. */
export function onlyVpc(vpcs: readonly Vpc[], region: string, account: string): Vpc {
  const own = vpcs.filter((each) => !isShared(each, account));
  const [first, ...others] = own;
  if (first && others.length === 0) return first;
  if (!first) {
    const hint = 'Check --aws-profile and the region. A VPC that another account shares cannot be used.';
    throw new NotFoundError(`The AWS account has no VPC in ${region}.`, hint);
  }
  const names = own.map(({ id, isDefault, cidrs }) => `${id} (${isDefault ? 'default, ' : ''}${cidrs.join(', ')})`);
  const choice = `Choose one with --vpc or --subnet: ${listed(names)}`;
  throw new UsageError(`There are ${own.length} VPCs in ${region}.`, choice);
}

/** AWS lets only the owner of a VPC create VPC endpoints in it. Other accounts can create security groups there. */
function checkOwner(vpc: Vpc, account: string) {
  if (!isShared(vpc, account)) return;
  const what = `${vpc.id} belongs to AWS account ${vpc.owner}. Only that account can create VPC endpoints in it.`;
  const hint = `Choose a VPC of account ${account}, or a profile of account ${vpc.owner} with --aws-profile.`;
  throw new UsageError(what, hint);
}

function isShared({ owner }: Vpc, account: string) {
  return owner !== '' && owner !== account;
}

function checkSubnets(subnets: readonly Subnet[], zones: readonly string[] | null) {
  for (const [index, { id, zone, isUsable }] of subnets.entries()) {
    const same = subnets.slice(0, index).find((each) => each.zone === zone);
    const onePerZone = 'Choose only one subnet per availability zone.';
    if (same) throw new UsageError(`${same.id} and ${id} are both in ${zone}.`, onePerZone);
    if (zones !== null && !zones.includes(zone)) {
      const what = `${id} is in ${zone}, which the Atlas service does not support.`;
      throw new UsageError(what, `Supported zones: ${listed(zones)}.`);
    }
    if (!isUsable)
      throw new UsageError(`${id} is IPv6-only, on an Outpost or in a Local Zone.`, 'Choose another subnet.');
  }
}

/** One subnet in each zone that the service supports: always the same ones, so that a second run asks for the same. */
export function chooseSubnets(subnets: readonly Subnet[], vpc: string, zones: readonly string[] | null): Subnet[] {
  const fitting = subnets
    .filter(({ isUsable, freeAddresses }) => isUsable && freeAddresses > 0)
    .filter(({ zone }) => zones === null || zones.includes(zone))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const chosen = grouped(fitting, ({ zone }) => zone).map(([first]) => first);
  if (chosen.length > 0) return chosen.toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
  const where = zones === null ? '' : ` in the zones that the Atlas service supports (${listed(zones)})`;
  const hint = 'Create one, or choose another VPC with --vpc.';
  throw new UsageError(`${vpc} has no subnet with free addresses${where}.`, hint);
}

/** Undefined if the zone isn't the reason. Throws if the user named the subnets, or if none remains. */
export async function remainingSubnets(
  ec2: Pick<Ec2, 'subnets'>,
  { vpc, wanted }: Pick<Existing, 'vpc' | 'wanted'>,
  subnets: readonly Subnet[],
  error: unknown,
) {
  if (!hasCode(error, 'InvalidParameter', 'InvalidParameterValue')) return undefined;
  // Only a sentence of AWS tells the zones. Its wording may change, so this looks for nothing but ids in it.
  const words = error.message.split(/[^\w-]+/);
  const zones = words.filter(isUsualZone);
  const isNamed = subnets.some(({ id }) => words.includes(id));
  const fits = ({ id, zoneId }: Subnet) => (isNamed ? !words.includes(id) : zones.includes(zoneId));
  const remaining = subnets.filter(fits);
  const first = subnets.find((each) => !fits(each));
  if (!first || (!isNamed && zones.length === 0)) return undefined;
  if (wanted.subnets.length === 0 && remaining.length > 0) return remaining;
  const all = isNamed ? [] : await ec2.subnets({ filters: { 'vpc-id': vpc?.id ?? '' } });
  const useful = all.filter((each) => each.isUsable && each.freeAddresses > 0 && fits(each));
  const otherZones = zones.length > 0 ? `the zones ${listed(zones)}` : 'other availability zones';
  throw new UsageError(
    `AWS refused ${first.id}. The Atlas service may not support its zone ${first.zone}. ${error.message}`,
    useful.length > 0
      ? `Choose among these subnets, one per zone: ${listed(useful.map(({ id, zone }) => `${id} (${zone})`))}`
      : `Choose subnets in ${otherZones}.`,
  );
}
