import type { CloudContext } from '../cloud-side.js';
import { hasCode } from '../errors.js';
import type { Teardown } from '../teardown.js';
import { type GcpAccess, openCompute } from './compute.js';
import { canConnect, nameIn, withOwners } from './model.js';
import { readRegion } from './plan.js';
import { rehearseGcp } from './rehearse.js';

/** Forwarding rules and addresses of one region of a Google project. */
export function openGcpTeardown(region: string, access: GcpAccess, line: CloudContext): Teardown {
  const compute = openCompute(region, access, line);
  return {
    region,
    find: async (projectId, target) => {
      const { rules, addresses } = await readRegion(compute, line);
      const endpoints = withOwners(rules, region, projectId)
        .filter((rule) => rule.ownerId !== null || rule.target === target)
        .map((rule) => {
          const uses = addresses.filter(({ ip }) => ip === rule.ip).map(({ id }) => id);
          return { ...rule, uses, isAlive: canConnect(rule) };
        });
      const resources = withOwners(addresses, region, projectId)
        .filter(({ ownerId }) => ownerId !== null)
        .map((address) => ({ ...address, stepId: 'address' }));
      const { project: account, principal, who } = access;
      return { account, principal: principal ?? who, shortPrincipal: who, region, endpoints, resources };
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
