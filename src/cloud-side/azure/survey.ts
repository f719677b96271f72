import { NotFoundError, UsageError } from '../../base/errors.js';
import { isSameId } from '../../clouds/shapes.js';
import { onlySubnet } from '../only-subnet.js';
import type { Arm } from './arm.js';
import { isUsableFor, partsOf, type VnetSubnet } from './model.js';
import type { InAzure } from './plan.js';

type Asked = Omit<InAzure, 'subnet' | 'endpoints' | 'all'>;

/** Reads what exists. Changes nothing; throws if it can't work. */
export async function readAzure(arm: Arm, asked: Asked): Promise<InAzure> {
  const { wanted, service, account } = asked;
  const target = service?.target;
  if (wanted.adopt !== undefined) {
    const found = await arm.endpoint(wanted.adopt);
    if (!found) {
      const hint = 'To attach a private endpoint in another tenant, without an Azure sign-in: atlas-pe interface add';
      throw new NotFoundError(`Private endpoint ${wanted.adopt} not found.`, hint);
    }
    const hint = 'Choose a private endpoint for this service, or remove --adopt to create one.';
    if (target && !isSameId(found.target, target))
      throw new UsageError(`${found.name} connects to ${found.target}, not to ${target}.`, hint);
    return { ...asked, subnet: null, endpoints: [found], all: [] };
  }
  const all = await arm.endpoints(account);
  const own = all.filter((each) => target && isSameId(each.target, target));
  const isNamed = (wanted.subnetId ?? wanted.subnet ?? wanted.vnet) !== undefined;
  const isThere = own.some((each) => isUsableFor(each, service));
  const subnet = isNamed || !isThere ? await chooseSubnet(arm, asked) : null;
  const near = own.filter((each) => subnet === null || isSameId(partsOf(each.subnet).vnetId, subnet.vnetId));
  return { ...asked, subnet, endpoints: await Promise.all(near.map((each) => arm.addressed(each))), all };
}

/** The given subnet, or the only one in the region of the service that a private endpoint can be in. */
async function chooseSubnet(arm: Arm, { wanted, account, serviceRegion }: Asked): Promise<VnetSubnet> {
  const { subnetId, subnet, vnet, resourceGroup } = wanted;
  const isNamed = (subnetId ?? vnet) !== undefined;
  const all = await (subnetId ? arm.subnetsOf(partsOf(subnetId).vnetId) : arm.subnets(account));
  const is = (value: string, given: string | undefined) => given === undefined || isSameId(value, given);
  const near = all.filter(({ vnetId, location }) => {
    const { group, name } = partsOf(vnetId);
    return is(name, vnet) && (subnetId || is(group, resourceGroup)) && (isNamed || location === serviceRegion);
  });
  const place = isNamed ? (vnet ?? '') : serviceRegion;
  return onlySubnet(near, ({ id, name }) => is(id, subnetId) && is(name, subnet), {
    what: `subnet ${subnetId ?? subnet ?? ''}`.trim(),
    where: `in ${place ? `${place} of ` : ''}Azure subscription ${account}`,
    options: '--vnet and --subnet, or with the id of a subnet',
    otherwise: 'Create one, or check --subscription. If it is in another region, use --vnet, or the id of the subnet.',
    title: (each) => `${partsOf(each.id).group}/${partsOf(each.vnetId).name}/${each.name} (${each.range})`,
  });
}
