import { UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { hasCode } from '../errors.js';
import type { Ec2 } from './ec2.js';
import { type Existing, isUsualZone, type Subnet } from './model.js';

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
