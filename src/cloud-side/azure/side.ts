import { clouds } from '../../clouds/all.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudContext, CloudSide } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { CloudError } from '../errors.js';
import { type AzureAccess, openArm } from './arm.js';
import { createPrivateEndpoint, rehearseAzure } from './create.js';
import { type AzureEndpoint, azureOwner, isInState, mayConnect, partsOf } from './model.js';
import { type AzurePlan, createdPrivateEndpoint, planAzure } from './plan.js';
import { readAzure } from './survey.js';
import type { AzureWanted } from './wanted.js';

/** The user's end of a private endpoint in Azure. */
export function openAzureSide(
  {
    serviceRegion,
    projectId,
    access,
    wanted,
    isBlindAllowed,
  }: SideTarget & { access: AzureAccess; wanted: AzureWanted },
  line: CloudContext,
): CloudSide<AzurePlan> {
  const arm = openArm(access, line);
  /** As it was read last, with its address. */
  let latest: AzureEndpoint | null = null;
  return {
    survey: async (service) => {
      const asked = { wanted, service, serviceRegion };
      try {
        // Whoever is not signed in need not know which subscription is missing.
        const principal = await access.principal();
        return planAzure(await readAzure(arm, { ...asked, account: access.subscription(), principal }));
      } catch (error) {
        const isBlind = isBlindAllowed && wanted.adopt === undefined;
        if (!isBlind || !(error instanceof CloudError) || error.exit !== 'notAllowed') throw error;
        const nothing = { principal: null, subnet: null, endpoints: [], all: [] };
        const account = wanted.subscription ?? '';
        return planAzure({ ...asked, ...nothing, account, unread: error.message });
      }
    },
    rehearse: (plan) => rehearseAzure(arm, line.io, plan),
    owned: async ({ there }) =>
      there.all.flatMap((each) => {
        const ownerId = azureOwner(each, projectId);
        return ownerId === null ? [] : [{ id: each.id, region: each.location, ownerId }];
      }),
    carryOut: async (_, plan, service, onCreated) => {
      const tell = (id: string) => onCreated(createdPrivateEndpoint(id));
      const endpoint = await createPrivateEndpoint(arm, line, plan, service, tell);
      const others = plan.there.endpoints.filter((each) => !isSameId(each.id, endpoint.id));
      return planAzure({ ...plan.there, endpoints: [endpoint, ...others] });
    },
    read: async (id, limits) => {
      latest = await arm.endpoint(id, limits);
      return latest;
    },
    statusVerdict: (endpoint) => {
      if (isInState(endpoint, 'Pending', 'Approved')) return 'reached';
      return mayConnect(endpoint) ? 'pending' : 'failed';
    },
    withEndpoint: ({ there }, { id }) => {
      const endpoints = there.endpoints.map((each) => (each.id === id ? (latest ?? each) : each));
      return planAzure({ ...there, endpoints });
    },
    attachment: ({ endpoint }) =>
      clouds.AZURE.interfaces.read({ id: endpoint?.id, ip: endpoint?.address ?? undefined }),
    facts: ({ there: { account, principal }, endpoint, made }) => {
      const place = endpoint ?? made;
      return {
        provider: 'AZURE',
        account: account || null,
        principal,
        region: place?.location ?? serviceRegion,
        network: place && partsOf(place.subnet).vnetId,
        subnets: place ? [place.subnet] : [],
        resourceGroup: place && partsOf(place.id).group,
        ipAddress: endpoint?.address ?? null,
        interfaceEndpointId: endpoint?.id ?? null,
      };
    },
    close: () => undefined,
  };
}
