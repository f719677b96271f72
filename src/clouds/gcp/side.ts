import { RequestError } from '../../http/request-error.js';
import { clouds } from '../all.js';
import type { CloudContext, CloudSide, Teardown } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { orBlind, unlessRefused } from '../errors.js';
import { nameIn } from '../rest.js';
import type { GcpWanted } from './access.js';
import { type Compute, type GcpAccess, openCompute } from './compute.js';
import { quotaHint, unlessDenied } from './explain.js';
import { canConnect, markOf, marksOf, type PscRule, projectIn, ruleVerdict } from './model.js';
import { type GcpPlan, type InGcp, planGcp, readGcp, readRegion } from './plan.js';

/** The user's end of a private endpoint in GCP: an address and a forwarding rule. */
export function openGcpSide(
  { region, like, isBlindAllowed }: SideTarget,
  access: GcpAccess,
  wanted: GcpWanted,
  line: CloudContext,
): CloudSide<GcpPlan, PscRule> {
  const { project, principal } = access;
  const compute = openCompute(region, access, line);
  const planOf = (there: InGcp) => planGcp(there, access);
  return {
    survey: async (service) => {
      const asked = { region, wanted, service };
      const nothing = { ...asked, rules: [], addresses: [], rule: null, subnet: null, name: null };
      const read = readGcp(compute, line, asked, like).then(planOf);
      return orBlind(read, isBlindAllowed && wanted.adopt === undefined, (unread) => planOf({ ...nothing, unread }));
    },
    rehearse: async ({ there: { subnet }, steps }) => {
      const hasAddress = steps.some(({ action }) => action === 'done');
      if (subnet) await rehearseCreation(compute, subnet.path, hasAddress);
    },
    owned: async ({ there: { rules, addresses } }, projectId) =>
      [...rules, ...addresses].map((each) => ({ id: each.id, region, ...marksOf(each, projectId) })),
    carryOut: async (stepId, { there }, service, onCreated) => {
      const { subnet, addresses, rules, name } = there;
      const about = { name: name ?? '', description: markOf(service) };
      if (stepId === 'address') {
        const where = { addressType: 'INTERNAL', subnetwork: subnet?.path ?? '' };
        const address = await compute.addresses.create({ ...about, ...where });
        onCreated({ stepId, id: address.id });
        return planOf({ ...there, addresses: [...addresses, address] });
      }
      const rule = await compute.rules.create({
        ...about,
        target: service.target,
        network: subnet?.network ?? '',
        IPAddress: `projects/${project}/regions/${region}/addresses/${name}`,
        ...(wanted.globalAccess && { allowPscGlobalAccess: true }),
      });
      onCreated({ stepId, id: rule.id });
      return planOf({ ...there, rules: [...rules, rule], rule });
    },
    read: compute.rules.get,
    statusVerdict: ruleVerdict,
    // It has no IP address at first.
    withEndpoint: ({ there }, rule) => planOf({ ...there, rule }),
    attachment: ({ there: { rule } }) =>
      clouds.GCP.interfaces.read({ id: rule?.id, ip: rule?.ip, gcpProject: project }),
    facts: ({ there: { rule, subnet, addresses } }) => {
      const path = subnet?.path ?? addresses.find(({ users }) => rule && users.includes(rule.id))?.subnet;
      return {
        provider: 'GCP',
        account: project || null,
        principal,
        region,
        network: nameIn(rule?.network ?? subnet?.network ?? '') || null,
        subnets: path ? [nameIn(path)] : [],
        interfaceEndpointId: rule?.id ?? null,
        ipAddress: rule?.ip ?? null,
        globalAccess: rule?.hasGlobalAccess ?? wanted.globalAccess,
      };
    },
  };
}

const read = ['addresses.get', 'addresses.list', 'forwardingRules.get', 'forwardingRules.list', 'regionOperations.get'];
const needed = {
  create: [...read, 'addresses.createInternal', 'addresses.use', 'forwardingRules.create', 'forwardingRules.pscCreate'],
  delete: [...read, 'addresses.deleteInternal', 'forwardingRules.delete', 'forwardingRules.pscDelete'],
};

/** In the project. An endpoint registers itself in Service Directory. */
function permissionsTo(what: keyof typeof needed): string[] {
  const directory = ['namespaces', 'services'].map((each) => `servicedirectory.${each}.${what}`);
  return [...needed[what].map((each) => `compute.${each}`), ...directory];
}

/** Throws if a permission, or the quota for a new endpoint in the subnet, is missing. Google has no dry run of a create. */
export async function rehearseCreation(google: Compute, subnet: string, hasAddress: boolean): Promise<void> {
  const { project, checkPermissions, quotas } = google;
  // A host project may allow its network only where its subnet is.
  const all = [...permissionsTo('create'), ...(projectIn(subnet) === project ? ['compute.networks.use'] : [])];
  await checkPermissions(all.filter((each) => !hasAddress || each !== 'compute.addresses.createInternal'));
  await checkPermissions(['compute.subnetworks.use'], subnet);
  const metrics = ['PSC_INTERNAL_LB_FORWARDING_RULES', ...(hasAddress ? [] : ['INTERNAL_ADDRESSES'])];
  // Who may create these may not always read quotas.
  const known = await unlessDenied(quotas(), () => []);
  const full = known.find(
    ({ metric, limit, usage }) => metrics.includes(`${metric}`) && Number(usage) >= Number(limit),
  );
  if (!full) return;
  const message = `The quota ${full.metric} of Google project ${project} is used up (${full.usage} of ${full.limit}).`;
  throw new RequestError(message, { exit: 'notAllowed', errorCode: 'quotaExceeded', hint: quotaHint });
}

/** Forwarding rules and addresses of one region of a Google project. */
export function openGcpTeardown(region: string, access: GcpAccess, line: CloudContext): Teardown {
  const compute = openCompute(region, access, line);
  return {
    region,
    find: async (projectId, target) => {
      const { rules, addresses } = await readRegion(compute, line);
      const wanted = rules.filter((rule) => marksOf(rule, projectId).ownerId !== null || rule.target === target);
      const endpoints = wanted.map((rule) => {
        const uses = addresses.filter(({ users }) => users.includes(rule.id)).map(({ id }) => id);
        return { ...rule, region, ...marksOf(rule, projectId), uses, isAlive: canConnect(rule) };
      });
      const resources = addresses
        .map((each) => ({ id: each.id, region, ...marksOf(each, projectId), stepId: 'address' }))
        .filter(({ ownerId }) => ownerId !== null);
      const { project: account, principal: known } = access;
      const principal = known ?? '';
      return { account, principal, shortPrincipal: principal, region, endpoints, resources };
    },
    rehearse: async (endpoints, resources) => {
      if (endpoints.length + resources.length > 0) await compute.checkPermissions(permissionsTo('delete'));
    },
    deleteEndpoint: (id) => compute.rules.delete(id),
    read: compute.rules.get,
    deleteResource: async ({ id }) => {
      const deleted = compute.addresses.delete(nameIn(id)).then(() => true);
      const isDone = await unlessRefused(deleted, 'resourceInUseByAnotherResource');
      return isDone ? null : { why: 'still in use', mayPass: true };
    },
  };
}
