import { NotFoundError, UsageError } from '../../base/errors.js';
import { clouds } from '../../clouds/all.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudContext, CloudSide, ServiceRef } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { CloudError } from '../errors.js';
import { type Arm, type AzureAccess, openArm } from './arm.js';
import { chooseSubnet } from './choose.js';
import { createPrivateEndpoint } from './create.js';
import { type AzureEndpoint, azureOwner, isBroken, isInState, isOursFor, mayConnect } from './model.js';
import { type AzurePlan, createdPrivateEndpoint, groupOf, type InAzure, isUsableFor, planAzure } from './plan.js';
import { rehearseAzure } from './rehearse.js';
import type { AzureWanted } from './wanted.js';

interface AzureOptions extends SideTarget {
  access: AzureAccess;
  wanted: AzureWanted;
}

/** The user's end of a private endpoint in Azure. */
export function openAzureSide(
  { serviceRegion, projectId, access, wanted, isBlindAllowed }: AzureOptions,
  line: CloudContext,
): CloudSide<AzurePlan> {
  const arm = openArm(access, line);
  // As they were read last, with their addresses.
  const latest = new Map<string, AzureEndpoint>();
  /** All private endpoints that the survey has read. */
  let all: readonly AzureEndpoint[] = [];

  async function survey(service: ServiceRef | undefined): Promise<InAzure> {
    // Whoever is not signed in need not know which subscription is missing.
    const principal = await access.principal();
    const subscription = await arm.subscription(access.subscription());
    const about = { wanted, service, serviceRegion, subscription, principal, taken: [], subnet: null };
    if (wanted.adopt !== undefined) return { ...about, endpoints: [await adopted(arm, wanted.adopt, service)] };
    all = await arm.endpoints(subscription.id);
    const target = service?.target;
    const own = target ? all.filter((each) => isSameId(each.target, target)) : [];
    const isNamed = wanted.subnetId !== undefined || wanted.subnet !== undefined || wanted.vnet !== undefined;
    const isThere = own.some((each) => isUsableFor(each, service));
    const subnet = isNamed || !isThere ? await chooseSubnet(arm, subscription.id, wanted, serviceRegion) : null;
    const inNetwork = own.filter((each) => subnet === null || isSameId(each.vnet, subnet.vnet.id));
    const endpoints = await Promise.all(inNetwork.map((each) => arm.addressed(each)));
    const taken = all.filter((each) => !(isBroken(each) && isOursFor(each, service))).map(({ id }) => id);
    return { ...about, subnet, endpoints, taken };
  }

  return {
    survey: async (service) => {
      try {
        return planAzure(await survey(service));
      } catch (error) {
        const isBlind = isBlindAllowed && wanted.adopt === undefined;
        if (!isBlind || !(error instanceof CloudError) || error.exit !== 'notAllowed') throw error;
        const id = wanted.subscription ?? '';
        const nothing = { principal: null, subnet: null, endpoints: [], taken: [], unread: error.message };
        return planAzure({ ...nothing, wanted, service, serviceRegion, subscription: { id, name: id } });
      }
    },
    rehearse: (plan) => rehearseAzure(arm, line, plan, projectId),
    owned: async () =>
      all.flatMap((each) => {
        const ownerId = azureOwner(each, projectId);
        return ownerId === null ? [] : [{ id: each.id, region: each.location, ownerId }];
      }),
    carryOut: async (_, { there }, service, onCreated) => {
      const endpoint = await createPrivateEndpoint(arm, line, there, service, (id) =>
        onCreated(createdPrivateEndpoint(id)),
      );
      const others = there.endpoints.filter((each) => !isSameId(each.id, endpoint.id));
      return planAzure({ ...there, endpoints: [endpoint, ...others] });
    },
    read: async (id, limits) => {
      const found = await arm.endpoint(id, limits);
      if (found) latest.set(id, found);
      return found;
    },
    statusVerdict: (endpoint) => {
      if (isInState(endpoint, 'Pending', 'Approved')) return 'reached';
      return mayConnect(endpoint) ? 'pending' : 'failed';
    },
    withEndpoint: ({ there }, { id, state }) => {
      const now = (each: AzureEndpoint) => (each.id === id ? { ...each, ...latest.get(id), state } : each);
      return planAzure({ ...there, endpoints: there.endpoints.map(now) });
    },
    attachment: ({ endpoint }) =>
      clouds.AZURE.interfaces.read({ id: endpoint?.id, ip: endpoint?.address ?? undefined }),
    facts: ({ there, endpoint }) => {
      const { subscription, principal, subnet } = there;
      const subnetId = endpoint?.subnet ?? subnet?.id;
      return {
        provider: 'AZURE',
        account: subscription.id || null,
        principal,
        region: endpoint?.location ?? subnet?.vnet.location ?? serviceRegion,
        network: endpoint?.vnet ?? subnet?.vnet.id ?? null,
        subnets: subnetId === undefined ? [] : [subnetId],
        resourceGroup: groupOf(there, endpoint) || null,
        ipAddress: endpoint?.address ?? null,
        interfaceEndpointId: endpoint?.id ?? null,
      };
    },
    close: () => undefined,
  };
}

/** The private endpoint that is to be adopted. */
async function adopted(arm: Arm, id: string, service: ServiceRef | undefined): Promise<AzureEndpoint> {
  const found = await arm.endpoint(id);
  if (!found) {
    const hint = 'To attach a private endpoint in another tenant, without an Azure sign-in: atlas-pe interface add';
    throw new NotFoundError(`Private endpoint ${id} not found.`, hint);
  }
  if (service?.target && !isSameId(found.target, service.target)) {
    const hint = 'Choose a private endpoint for this service, or remove --adopt to create one.';
    throw new UsageError(`${found.name} connects to ${found.target}, not to ${service.target}.`, hint);
  }
  return found;
}
