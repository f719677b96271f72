import { NotFoundError, UsageError } from '../../base/errors.js';
import { isSameId } from '../../clouds/shapes.js';
import type { ServiceRef } from '../cloud-side.js';
import { onlySubnet } from '../only-subnet.js';
import type { Arm } from './arm.js';
import { type AzureEndpoint, isUsableFor, partsOf, type VnetSubnet } from './model.js';
import type { AzureWanted } from './wanted.js';

/** What is there in Azure, and what is wanted. The plan follows from it. */
export interface InAzure {
  wanted: AzureWanted;
  service: ServiceRef | undefined;
  serviceRegion: string;
  subscription: { id: string; name: string };
  /** Null if Azure could not be read. */
  principal: string | null;
  /** Why Azure could not be read. */
  unread?: string;
  /** The subnet to use; null if nothing is to be created, or if it is not known. */
  subnet: VnetSubnet | null;
  /** The private endpoints for the service that count, also those that others created; or the one to adopt. */
  endpoints: readonly AzureEndpoint[];
  /** All private endpoints of the subscription, without their addresses. */
  all: readonly AzureEndpoint[];
}

type Asked = Omit<InAzure, 'subnet' | 'endpoints' | 'all'>;

/** Reads what exists. Changes nothing; throws if it can't work. */
export async function readAzure(arm: Arm, asked: Asked): Promise<InAzure> {
  const { wanted, service, subscription } = asked;
  if (wanted.adopt !== undefined) {
    return { ...asked, subnet: null, endpoints: [await adopted(arm, wanted.adopt, service)], all: [] };
  }
  const all = await arm.endpoints(subscription.id);
  const own = all.filter(({ target }) => service?.target && isSameId(target, service.target));
  const isNamed = (wanted.subnetId ?? wanted.subnet ?? wanted.vnet) !== undefined;
  const isThere = own.some((each) => isUsableFor(each, service));
  const subnet = isNamed || !isThere ? await chooseSubnet(arm, asked) : null;
  const near = own.filter((each) => subnet === null || isSameId(partsOf(each.subnet).vnetId, subnet.vnetId));
  return { ...asked, subnet, endpoints: await Promise.all(near.map((each) => arm.addressed(each))), all };
}

async function adopted(arm: Arm, id: string, service: ServiceRef | undefined): Promise<AzureEndpoint> {
  const found = await arm.endpoint(id);
  if (!found) {
    const hint = 'To attach a private endpoint in another tenant, without an Azure sign-in: atlas-pe interface add';
    throw new NotFoundError(`Private endpoint ${id} not found.`, hint);
  }
  if (!service?.target || isSameId(found.target, service.target)) return found;
  const hint = 'Choose a private endpoint for this service, or remove --adopt to create one.';
  throw new UsageError(`${found.name} connects to ${found.target}, not to ${service.target}.`, hint);
}

/** The given subnet, or the only one in the region of the service that a private endpoint can be in. */
async function chooseSubnet(arm: Arm, { wanted, subscription, serviceRegion }: Asked): Promise<VnetSubnet> {
  const { subnetId, subnet, vnet, resourceGroup } = wanted;
  const isNamed = (subnetId ?? vnet) !== undefined;
  const all = await (subnetId ? arm.subnetsOf(partsOf(subnetId).vnetId) : arm.subnets(subscription.id));
  const is = (value: string, given: string | undefined) => given === undefined || isSameId(value, given);
  const near = all.filter(({ vnetId, location }) => {
    const { group, name } = partsOf(vnetId);
    return is(name, vnet) && (subnetId || is(group, resourceGroup)) && (isNamed || location === serviceRegion);
  });
  const place = isNamed ? (vnet ?? '') : serviceRegion;
  return onlySubnet(near, ({ id, name }) => is(id, subnetId) && is(name, subnet), {
    what: (subnetId ?? subnet) ? `subnet ${subnetId ?? subnet}` : 'subnet',
    where: `in ${place ? `${place} of ` : ''}Azure subscription ${subscription.id}`,
    options: '--vnet and --subnet, or with the id of a subnet',
    otherwise: 'Create one, or check --subscription. If it is in another region, use --vnet, or the id of the subnet.',
    title: (each) => `${partsOf(each.id).group}/${partsOf(each.vnetId).name}/${each.name} (${each.range})`,
  });
}
