import { isSameId } from '../../clouds/shapes.js';
import type { CloudContext } from '../cloud-side.js';
import type { Teardown } from '../teardown.js';
import { type AzureAccess, actions, openArm } from './arm.js';
import { azureOwner, isInState, mayConnect, partsOf } from './model.js';

/** The private endpoints of the subscription: in one region, and those for the named service in any region. */
export function openAzureTeardown(region: string, access: AzureAccess, line: CloudContext): Teardown {
  const arm = openArm(access, line);
  return {
    region,
    find: async (projectId, target) => {
      const principal = await access.principal();
      const account = access.subscription();
      const all = await arm.endpoints(account);
      const endpoints = all.flatMap((each) => {
        const isForService = target !== null && isSameId(each.target, target);
        const ownerId = azureOwner(each, projectId);
        if (!isForService && (ownerId === null || each.location !== region)) return [];
        return [{ id: each.id, state: each.state, region, ownerId, uses: [], isAlive: mayConnect(each) }];
      });
      return { account, principal, shortPrincipal: principal, region, endpoints, resources: [] };
    },
    rehearse: async (endpoints) => {
      const [first] = endpoints;
      if (first) await arm.checkPermissions(partsOf(first.id).groupId, [actions.delete]);
    },
    deleteEndpoint: (id) => arm.delete(id),
    read: async (id, limits) => {
      const found = await arm.endpoint(id, limits);
      return found && isInState(found, 'Deleting') ? { id, state: 'DELETING' } : found;
    },
    // There is nothing but the private endpoint.
    deleteResource: async () => null,
    close: () => undefined,
  };
}
