import { CliError } from '../../base/errors.js';
import { once } from '../../base/once.js';
import { RequestError } from '../../http/request-error.js';
import { clouds } from '../all.js';
import type { CloudContext, CloudSide, Teardown } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { hasCode, orBlind, takenError } from '../errors.js';
import { untilAnswered } from '../operations.js';
import { isSameId } from '../shapes.js';
import type { AzureWanted } from './access.js';
import { type AzureAccess, actions, denials, openArm } from './arm.js';
import { idParts } from './facts.js';
import { type AzureEndpoint, azureMarks, isInState, isOursFor, mayConnect } from './model.js';
import { type AzurePlan, planAzure, readAzure } from './plan.js';

/** The user's end of a private endpoint in Azure. */
export function openAzureSide(
  { serviceRegion, projectId, isBlindAllowed }: SideTarget,
  access: AzureAccess,
  wanted: AzureWanted,
  line: CloudContext,
): CloudSide<AzurePlan, AzureEndpoint> {
  const arm = openArm(access, line);
  return {
    survey: async (service) => {
      const asked = { wanted, service, serviceRegion };
      // Without a sign-in, that is the error, and not a missing subscription.
      const read = access
        .principal()
        .then((principal) => readAzure(arm, { ...asked, account: access.subscription(), principal }));
      const nothing = { account: wanted.subscription ?? '', principal: null, subnet: null, endpoints: [], all: [] };
      const blind = (unread: string) => planAzure({ ...asked, ...nothing, unread });
      return orBlind(read.then(planAzure), isBlindAllowed && wanted.adopt === undefined, blind);
    },
    rehearse: async ({ there, made }) => {
      if (!made) return;
      await arm.checkPermissions(idParts(made.id).groupId, [actions.write, actions.read, actions.nic]);
      await arm.checkPermissions(made.subnet, [actions.join]);
      const isReal = typeof there.service?.target === 'string';
      try {
        await arm.validate(made.id, made.body, isReal ? undefined : { tries: 1, timeoutMs: 30_000 });
      } catch (error) {
        // Of a service that is made up, only what is not allowed counts.
        const isOfService = error instanceof RequestError && error.exit !== 'notAllowed' && error.exit !== 'conflict';
        if (hasCode(error, ...denials)) line.io.warn(`Azure policies could not be checked first. ${error.message}`);
        else if (isReal || !isOfService) throw error;
      }
    },
    owned: async ({ there }) =>
      there.all.map((each) => ({ id: each.id, region: each.location, ...azureMarks(each, projectId) })),
    // Never creates two: the name is the same for the same service, and Azure changes nothing if it is there.
    carryOut: async (stepId, before, service, onCreated) => {
      const { there, made } = planAzure({ ...before.there, service });
      if (!made) throw new CliError('unexpected', 'The subnet of the private endpoint is not known.');
      const withNew = (endpoint: AzureEndpoint) => {
        const others = there.endpoints.filter(({ id }) => !isSameId(id, endpoint.id));
        return planAzure({ ...there, endpoints: [endpoint, ...others] });
      };
      const found = await arm.endpoint(made.id);
      if (found && !(isOursFor(found, service) && isSameId(found.target, service.target ?? '')))
        throw takenError(`The private endpoint ${found.name}`, `Delete it, or use it with --adopt ${found.id}.`);
      if (found && mayConnect(found)) return withNew(found);
      const tell = once(async (id: string) => onCreated({ stepId, id }));
      const warn = once(async (what: string) => line.io.warn(`${what} Trying again.`));
      // Atlas's service, or the subnet, may not be ready for some minutes.
      return untilAnswered(line, 'Azure is not ready for the private endpoint.', async () => {
        try {
          const accepted = await arm.put(made.id, made.body, tell);
          return withNew((await arm.endpoint(made.id)) ?? { ...accepted, state: 'Creating' });
        } catch (error) {
          if (!(error instanceof RequestError) || !error.mayPass || error.mayHaveArrived) throw error;
          await warn(error.message);
          return undefined;
        }
      });
    },
    read: arm.endpoint,
    statusVerdict: (endpoint) =>
      isInState(endpoint, 'Pending', 'Approved') ? 'reached' : mayConnect(endpoint) ? 'pending' : 'failed',
    withEndpoint: ({ there }, endpoint) => {
      const endpoints = there.endpoints.map((each) => (isSameId(each.id, endpoint.id) ? endpoint : each));
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
        network: place && idParts(place.subnet).vnetId,
        subnets: place ? [place.subnet] : [],
        resourceGroup: place && idParts(place.id).group,
        ipAddress: endpoint?.address ?? null,
        interfaceEndpointId: endpoint?.id ?? null,
      };
    },
  };
}

/** The private endpoints of the subscription: in one region, and in any region those for the named service. */
export function openAzureTeardown(region: string, access: AzureAccess, line: CloudContext): Teardown {
  const arm = openArm(access, line);
  return {
    region,
    find: async (projectId, target, serviceId) => {
      const principal = await access.principal();
      const account = access.subscription();
      const endpoints = (await arm.endpoints(account)).flatMap((each) => {
        const marks = azureMarks(each, projectId);
        const { ownerId } = marks;
        const isForService = (target !== null && isSameId(each.target, target)) || ownerId === (serviceId ?? '');
        if (!isForService && (ownerId === null || each.location !== region)) return [];
        return [{ id: each.id, state: each.state, region, ...marks, uses: [], isAlive: mayConnect(each) }];
      });
      return { account, principal, shortPrincipal: principal, region, endpoints, resources: [] };
    },
    rehearse: async (endpoints) => {
      const [first] = endpoints;
      if (first) await arm.checkPermissions(idParts(first.id).groupId, [actions.delete]);
    },
    deleteEndpoint: (id) => arm.delete(id),
    read: async (id, limits) => {
      const found = await arm.endpoint(id, limits);
      return found && isInState(found, 'Deleting') ? { id, state: 'DELETING' } : found;
    },
    // There is nothing but the private endpoint.
    deleteResource: async () => null,
  };
}
