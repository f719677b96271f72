import type { CloudContext } from '../cloud-side.js';
import { hasCode } from '../errors.js';
import type { Teardown } from '../teardown.js';
import { type GcpAccess, openCompute } from './compute.js';
import { type InGcp, readRegion } from './existing.js';
import { canConnect, nameIn, ownerOf } from './model.js';
import { rehearseGcp } from './rehearse.js';
import { shortPrincipal } from './settings.js';

/** Forwarding rules and addresses of one region of a Google project. */
export function openGcpTeardown(region: string, access: GcpAccess, line: CloudContext): Teardown {
  const compute = openCompute(region, access, line);
  return {
    region,
    find: async (projectId, target) => {
      const { rules, addresses } = await readRegion(compute, line);
      const { own, resources } = ownedInGcp({ rules, addresses }, region, projectId);
      const others = rules.filter((rule) => rule.target === target && ownerOf(rule, projectId) === null);
      const endpoints = [...own, ...others.map((rule) => ({ ...rule, region, ownerId: null }))].map((rule) => ({
        ...rule,
        uses: addresses.filter(({ ip }) => ip === rule.ip).map(({ id }) => id),
        isAlive: canConnect(rule),
      }));
      const shown = shortPrincipal(access);
      const principal = access.principal ?? shown;
      return { account: access.project, principal, shortPrincipal: shown, region, endpoints, resources };
    },
    rehearse: async (endpoints, resources) => {
      if (endpoints.length + resources.length > 0) await rehearseGcp(compute, line, access.project, 'delete');
    },
    deleteEndpoint: compute.rules.delete,
    read: compute.rules.get,
    deleteResource: async ({ id }) => {
      try {
        await compute.addresses.delete(nameIn(id));
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
  const owned = <T extends { description: string }>(things: readonly T[]) =>
    things
      .map((each) => ({ ...each, region, ownerId: ownerOf(each, projectId), stepId: 'address' }))
      .filter(({ ownerId }) => ownerId !== null);
  return { own: owned(rules), resources: owned(addresses) };
}
