import { clouds } from '../../clouds/all.js';
import type { CloudContext, CloudSide } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { unlessRefused } from '../errors.js';
import type { Teardown } from '../teardown.js';
import { type GcpAccess, openCompute } from './compute.js';
import { canConnect, markOf, nameIn, owned, ownerOf, type PscRule, ruleVerdict } from './model.js';
import { created, type GcpPlan, type GcpWanted, type InGcp, planGcp, readGcp, readRegion } from './plan.js';
import { rehearseGcp } from './rehearse.js';

/** The user's end of a private endpoint in GCP: an address and a forwarding rule. */
export function openGcpSide(
  { region, like }: SideTarget,
  access: GcpAccess,
  wanted: GcpWanted,
  line: CloudContext,
): CloudSide<GcpPlan> {
  const { project, principal } = access;
  const compute = openCompute(region, access, line);
  /** As it was read last. It has no IP address at first. */
  let latest: PscRule | null = null;
  const planOf = (there: InGcp) => planGcp(there, access);
  return {
    survey: async (service) => planOf(await readGcp(compute, line, { project, region, wanted, service }, like)),
    rehearse: async ({ there: { subnet }, own }) => {
      if (subnet) await rehearseGcp(compute, line, 'create', subnet.path, own.length > 0);
    },
    owned: async ({ there }, projectId) => owned([...there.rules, ...there.addresses], region, projectId),
    carryOut: async (stepId, { there }, service, onCreated) => {
      const { subnet, addresses, rules, name } = there;
      const about = { name: name ?? '', description: markOf(service) };
      if (stepId === 'address') {
        const where = { addressType: 'INTERNAL', subnetwork: subnet?.path ?? '' };
        const address = await compute.addresses.create({ ...about, ...where });
        onCreated(created('address', address));
        return planOf({ ...there, addresses: [...addresses, address] });
      }
      const rule = await compute.rules.create({
        ...about,
        target: service.target,
        network: subnet?.network ?? '',
        IPAddress: `projects/${project}/regions/${region}/addresses/${name}`,
        ...(wanted.globalAccess && { allowPscGlobalAccess: true }),
      });
      onCreated(created('forwarding-rule', rule));
      return planOf({ ...there, rules: [...rules, rule], rule });
    },
    read: async (id, limits) => {
      latest = await compute.rules.get(id, limits);
      return latest;
    },
    statusVerdict: ruleVerdict,
    withEndpoint: ({ there }, { id, state }) =>
      planOf({ ...there, rule: latest?.id === id ? latest : there.rule && { ...there.rule, state } }),
    attachment: ({ there: { rule } }) =>
      clouds.GCP.interfaces.read({ id: rule?.id, ip: rule?.ip, gcpProject: project }),
    isHere: ({ gcpProjectId }) => gcpProjectId === project,
    facts: ({ there: { rule, subnet, addresses } }) => {
      const path = subnet?.path ?? addresses.find(({ users }) => rule && users.includes(rule.id))?.subnet;
      return {
        provider: 'GCP',
        account: project,
        principal,
        region,
        network: nameIn(rule?.network ?? subnet?.network ?? '') || null,
        subnets: path ? [nameIn(path)] : [],
        interfaceEndpointId: rule?.id ?? null,
        ipAddress: rule?.ip ?? null,
        globalAccess: rule?.hasGlobalAccess ?? wanted.globalAccess,
      };
    },
    close: () => undefined,
  };
}

/** Forwarding rules and addresses of one region of a Google project. */
export function openGcpTeardown(region: string, access: GcpAccess, line: CloudContext): Teardown {
  const compute = openCompute(region, access, line);
  return {
    region,
    find: async (projectId, target) => {
      const { rules, addresses } = await readRegion(compute, line);
      const wanted = rules.filter((rule) => ownerOf(rule, projectId) !== null || rule.target === target);
      const endpoints = wanted.map((rule) => {
        const uses = addresses.filter(({ users }) => users.includes(rule.id)).map(({ id }) => id);
        return { ...rule, region, ownerId: ownerOf(rule, projectId), uses, isAlive: canConnect(rule) };
      });
      const resources = owned(addresses, region, projectId).map((each) => ({ ...each, stepId: 'address' }));
      const { project: account, principal, who } = access;
      return { account, principal: principal ?? who, shortPrincipal: who, region, endpoints, resources };
    },
    rehearse: async (endpoints, resources) => {
      if (endpoints.length + resources.length > 0) await rehearseGcp(compute, line, 'delete');
    },
    isHere: ({ gcpProjectId }) => gcpProjectId === access.project,
    deleteEndpoint: (id) => compute.rules.delete(id),
    read: compute.rules.get,
    deleteResource: async ({ id }) => {
      const deleted = compute.addresses.delete(nameIn(id)).then(() => true);
      const isDone = await unlessRefused(deleted, 'resourceInUseByAnotherResource');
      return isDone ? null : { why: 'still in use', mayPass: true };
    },
    close: () => undefined,
  };
}
