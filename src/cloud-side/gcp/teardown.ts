import type { CloudContext } from '../cloud-side.js';
import { hasCode } from '../errors.js';
import type { OwnedResource, Remains, Teardown } from '../teardown.js';
import { type GcpAccess, openCompute } from './compute.js';
import { type InGcp, readRegion } from './existing.js';
import { addressId, canConnect, nameIn, ownerOf } from './model.js';
import { rehearseDelete } from './rehearse.js';
import { shortPrincipal } from './settings.js';

/** Forwarding rules and addresses of one region of a Google project. */
export function openGcpTeardown(region: string, access: GcpAccess, line: CloudContext): Teardown {
  const compute = openCompute(region, access, line);
  return {
    region,
    find: async (projectId, target) => {
      const { rules, addresses } = await readRegion(compute, line);
      const { endpoints: own, resources } = ownedInGcp({ rules, addresses }, region, projectId);
      const others = rules.filter((rule) => rule.target === target && own.every(({ id }) => id !== rule.id));
      const endpoints = [...own, ...others].map((rule): Remains => {
        const uses = addresses.flatMap(({ name, ip }) => (ip === rule.ip ? addressId(name) : []));
        return {
          id: rule.id,
          state: rule.state,
          region,
          ownerId: ownerOf(rule, projectId),
          uses,
          isAlive: canConnect(rule),
        };
      });
      const shown = shortPrincipal(access);
      const principal = access.principal ?? shown;
      return { account: access.project, principal, shortPrincipal: shown, region, endpoints, resources };
    },
    rehearse: async (endpoints, resources) => {
      if (endpoints.length + resources.length > 0) await rehearseDelete(compute, line, access.project);
    },
    deleteEndpoint: compute.deleteRule,
    read: compute.rule,
    deleteResource: async ({ id }) => {
      try {
        await compute.deleteAddress(nameIn(id));
        return null;
      } catch (error) {
        if (!hasCode(error, 'resourceInUseByAnotherResource')) throw error;
        return { why: 'still in use', mayPass: true };
      }
    },
    close: () => undefined,
  };
}

/** What this program created for any service of the project. */
export function ownedInGcp(
  { rules, addresses }: Pick<InGcp, 'rules' | 'addresses'>,
  region: string,
  projectId: string,
) {
  const isOurs = (each: { description: string }) => ownerOf(each, projectId) !== null;
  const resources = addresses.filter(isOurs).map((address): OwnedResource => {
    return { id: addressId(address.name), region, ownerId: ownerOf(address, projectId), stepId: 'address' };
  });
  return {
    endpoints: rules.filter(isOurs).map((rule) => ({ ...rule, region, ownerId: ownerOf(rule, projectId) })),
    resources,
  };
}
