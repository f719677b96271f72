import { NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { hasCode } from '../errors.js';
import type { Ec2 } from './ec2.js';
import type { Existing } from './model.js';
import { isUsualZone, type Subnet, type Vpc, type VpcGroup } from './read.js';

/* Choose the VPC, subnets and security groups, and check those that were given. Each function throws usage errors. */

/** Checks that what was given lies in one VPC. */
export function checkVpc(given: readonly (Subnet | VpcGroup)[], vpc: string): void {
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
    const hint = 'Check --aws-profile and the region. A VPC of another account, shared with this one, cannot be used.';
    throw new NotFoundError(`The AWS account has no VPC in ${region}.`, hint);
  }
  const names = own.map(({ id, isDefault, cidrs }) => `${id} (${isDefault ? 'default, ' : ''}${cidrs.join(', ')})`);
  throw new UsageError(
    `There are ${own.length} VPCs in ${region}.`,
    `Choose one with --vpc or --subnet: ${listed(names)}`,
  );
}

/** AWS lets only the owner of a VPC create VPC endpoints in it. Other accounts can create security groups there. */
export function checkOwner(vpc: Vpc, account: string): void {
  if (!isShared(vpc, account)) return;
  throw new UsageError(
    `${vpc.id} belongs to AWS account ${vpc.owner}. Only that account can create VPC endpoints in it.`,
    `Choose a VPC of account ${account}, or a profile of account ${vpc.owner} with --aws-profile.`,
  );
}

function isShared({ owner }: Vpc, account: string): boolean {
  return owner !== '' && owner !== account;
}

/** Checks subnets that were given: one a zone, each in a zone that the service supports. */
export function checkSubnets(subnets: readonly Subnet[], zones: readonly string[] | null): void {
  for (const [index, { id, zone, isUsable }] of subnets.entries()) {
    const same = subnets.slice(0, index).find((each) => each.zone === zone);
    if (same)
      throw new UsageError(
        `${same.id} and ${id} are both in ${zone}.`,
        'Choose only one subnet per availability zone.',
      );
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
  const chosen = new Map<string, Subnet>();
  for (const subnet of fitting) if (!chosen.has(subnet.zone)) chosen.set(subnet.zone, subnet);
  if (chosen.size > 0) return [...chosen.values()].toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
  const where = zones === null ? '' : ` in the zones that the Atlas service supports (${listed(zones)})`;
  throw new UsageError(
    `${vpc} has no subnet with free addresses${where}.`,
    'Create one, or choose another VPC with --vpc.',
  );
}

/**
 * The subnets that are left if AWS refused some for their zone. Undefined if that isn't the reason. Throws if the user
 * named the subnets, or if none is left.
 *
 * This reads a sentence of AWS, because nothing else says which zones a service in another region supports. It looks
 * only for ids, as the wording may change: of the refused subnets, or of the supported zones.
 */
export async function subnetsLeft(
  ec2: Pick<Ec2, 'subnets'>,
  { vpc, wanted }: Pick<Existing, 'vpc' | 'wanted'>,
  subnets: readonly Subnet[],
  error: unknown,
): Promise<readonly Subnet[] | undefined> {
  if (!hasCode(error, 'InvalidParameter', 'InvalidParameterValue')) return undefined;
  const words = error.message.split(/[^\w-]+/);
  const zones = words.filter(isUsualZone);
  const isNamed = subnets.some(({ id }) => words.includes(id));
  const fits = ({ id, zoneId }: Subnet) => (isNamed ? !words.includes(id) : zones.includes(zoneId));
  const left = subnets.filter(fits);
  const first = subnets.find((each) => !fits(each));
  if (!first || (!isNamed && zones.length === 0)) return undefined;
  if (wanted.subnets.length === 0 && left.length > 0) return left;
  const all = isNamed ? [] : await ec2.subnets({ filters: { 'vpc-id': vpc?.id ?? '' } });
  const useful = all.filter((each) => each.isUsable && each.freeAddresses > 0 && fits(each));
  throw new UsageError(
    `AWS refused ${first.id}. The Atlas service may not support its zone ${first.zone}. ${error.message}`,
    useful.length > 0
      ? `Choose among these subnets, one per zone: ${listed(useful.map(({ id, zone }) => `${id} (${zone})`))}`
      : `Choose subnets in ${zones.length > 0 ? `the zones ${listed(zones)}` : 'other availability zones'}.`,
  );
}
