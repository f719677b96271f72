import { isWithin } from '../../base/cidr.js';
import { objects, texts } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { RequestError } from '../../http/request-error.js';
import { clouds } from '../all.js';
import { type ClientPorts, type CloudFinding, checkTarget, type Inspection, opening, skippedFor } from '../checks.js';
import type { Cloud, CloudContext, CloudTarget } from '../cloud.js';
import { hasCode, orBlind, unlessRefused } from '../errors.js';
import { ownerOf } from '../found.js';
import { shortName } from '../shapes.js';
import type { GcpWanted } from './access.js';
import { type Compute, deniedStatuses, type GcpAccess, openCompute, quotaHint } from './compute.js';
import { descriptionFor, type GcpAnswer, type GcpSubnet, type PscRule, projectIn, ruleResources } from './model.js';
import { type GcpPlan, type InGcp, planGcp, readGcp, readRegion } from './plan.js';

export function openGcpCloud(
  { region, isBlindAllowed = false, like }: CloudTarget,
  access: GcpAccess,
  wanted: GcpWanted,
  context: CloudContext,
): Cloud<GcpPlan> {
  const { project, principal } = access;
  const compute = openCompute(region, access, context);
  const planOf = (existing: InGcp) => planGcp(existing, access);
  return {
    region,
    signIn: async () => ({ account: project, principal: principal ?? '', shortPrincipal: principal ?? '' }),
    find: async ({ projectId, target }) => {
      const { rules, addresses } = await readRegion(compute, context);
      const isMarked = (each: (typeof rules | typeof addresses)[number]) => ownerOf(each, projectId) !== null;
      return [...rules.filter((rule) => isMarked(rule) || rule.target === target), ...addresses.filter(isMarked)];
    },
    read: compute.rules.get,
    inspect: async (name) => {
      const rule = await compute.rules.get(name);
      return rule && inspectRule(compute, rule);
    },
    rehearseRemoval: async (all) => {
      if (all.length > 0)
        await compute.checkPermissions(permissionsTo('delete'), { others: directoryPermissionsTo('delete') });
    },
    remove: async ({ stepId, id }) => {
      if (stepId === 'forwarding-rule') return compute.rules.delete(id).then(() => null);
      const deleted = compute.addresses.delete(shortName(id)).then(() => true);
      const isDone = await unlessRefused(deleted, 'resourceInUseByAnotherResource');
      return isDone ? null : { why: 'still in use', mayPass: true };
    },

    ownOf: async (ids) => {
      const paths = ids.filter((id) => id.includes(`/regions/${region}/subnetworks/`));
      const names = ids.filter((id) => !id.includes('/'));
      // With a path, a name may be that of another cloud.
      if (paths.length > 0 || names.length === 0) return paths;
      const shared = (await unlessRefused(compute.sharedSubnets(), ...deniedStatuses)) ?? [];
      const here = shared.filter(({ path }) => path.includes(`/regions/${region}/`)).concat(await compute.subnets());
      return names.filter((name) => here.some(({ path }) => shortName(path) === name));
    },
    survey: async (service) => {
      const asked = { region, wanted, service };
      const nothing = { ...asked, rules: [], addresses: [], rule: null, subnet: null, name: null };
      const read = readGcp(compute, context, asked, like).then(planOf);
      return orBlind(read, isBlindAllowed && wanted.adopt === undefined, (unread) => planOf({ ...nothing, unread }));
    },
    marked: async ({ existing: { rules, addresses } }) => [...rules, ...addresses],
    rehearse: async ({ existing: { subnet }, steps }) => {
      const hasAddress = steps.some(({ action }) => action === 'done');
      if (subnet) await rehearseCreation(compute, subnet.path, hasAddress);
    },
    create: async (stepId, { existing }, service, onCreated) => {
      const { subnet, addresses, rules, name } = existing;
      const about = { name: name ?? '', description: descriptionFor(service) };
      if (stepId === 'address') {
        const where = { addressType: 'INTERNAL', subnetwork: subnet?.path ?? '' };
        const address = await compute.addresses.create({ ...about, ...where });
        onCreated({ stepId, id: address.id });
        return planOf({ ...existing, addresses: [...addresses, address] });
      }
      const rule = await compute.rules.create({
        ...about,
        target: service.target,
        network: subnet?.network ?? '',
        IPAddress: `projects/${project}/regions/${region}/addresses/${name}`,
        ...(wanted.globalAccess && { allowPscGlobalAccess: true }),
      });
      onCreated({ stepId, id: rule.id });
      return planOf({ ...existing, rules: [...rules, rule], rule });
    },
    attachment: ({ endpoint }) =>
      clouds.GCP.interfaces.read({ id: endpoint?.id, ip: endpoint?.ip, gcpProject: project }),
    row: ({ existing: { subnet, addresses }, endpoint }) => {
      const path = subnet?.path ?? addresses.find(({ users }) => endpoint && users.includes(endpoint.id))?.subnet;
      return {
        provider: 'GCP',
        account: project || null,
        principal,
        region,
        network: shortName(endpoint?.network ?? subnet?.network ?? '') || null,
        subnets: path ? [shortName(path)] : [],
        interfaceEndpointId: endpoint?.id ?? null,
        ipAddress: endpoint?.ip ?? null,
        globalAccess: endpoint?.hasGlobalAccess ?? wanted.globalAccess,
      };
    },
  };
}

const read = 'addresses.get addresses.list forwardingRules.get forwardingRules.list regionOperations.get';
const needed = {
  create: `${read} addresses.createInternal addresses.use forwardingRules.create forwardingRules.pscCreate`,
  delete: `${read} addresses.deleteInternal forwardingRules.delete forwardingRules.pscDelete`,
};

function permissionsTo(what: keyof typeof needed) {
  return needed[what].split(' ').map((each) => `compute.${each}`);
}

/** Guess: an endpoint registers itself in Service Directory only where its network has a default for it. Examples do without. */
function directoryPermissionsTo(what: keyof typeof needed) {
  return ['namespaces', 'services'].map((each) => `servicedirectory.${each}.${what}`);
}

/** Throws if a permission, or the quota for a new endpoint in the subnet, is missing. Google has no dry run of a create. */
export async function rehearseCreation(google: Compute, subnet: string, hasAddress: boolean) {
  const { project, checkPermissions, quotas } = google;
  // A host project may allow its network only where its subnet is.
  const all = [...permissionsTo('create'), ...(projectIn(subnet) === project ? ['compute.networks.use'] : [])];
  const missing = all.filter((each) => !hasAddress || each !== 'compute.addresses.createInternal');
  await checkPermissions(missing, { others: directoryPermissionsTo('create') });
  await checkPermissions(['compute.subnetworks.use'], { subnet });
  const metrics = ['PSC_INTERNAL_LB_FORWARDING_RULES', ...(hasAddress ? [] : ['INTERNAL_ADDRESSES'])];
  // Who may create these may not always read quotas.
  const known = (await unlessRefused(quotas(), ...deniedStatuses)) ?? [];
  const full = known.find(
    ({ metric, limit, usage }) => metrics.includes(`${metric}`) && Number(usage) >= Number(limit),
  );
  if (!full) return;
  const message = `The quota ${full.metric} of Google project ${project} is used up (${full.usage} of ${full.limit}).`;
  throw new RequestError(message, { exit: 'notAllowed', errorCode: 'quotaExceeded', hint: quotaHint });
}

function inspectRule(compute: Compute, rule: PscRule): Inspection {
  return {
    ...rule,
    network: shortName(rule.network),
    addresses: async () => (rule.ip === '' ? [] : [rule.ip]),
    check: async (id, ports) => {
      if (id === 'cloud-target') return checkTarget(rule.name, rule.target, ports.target);
      if (id === 'cloud-firewall') return checkFirewall(compute, rule, ports).catch(skipDenied);
      return checkReach(compute, rule, ports);
    },
    resources: async () => {
      const all = (await unlessRefused(compute.addresses.list(), ...deniedStatuses)) ?? [];
      const address = all.find(({ ip, users }) => ip === rule.ip && users.includes(rule.name));
      return ruleResources(compute.project, rule, address);
    },
  };
}

function skipDenied(error: unknown) {
  if (!hasCode(error, ...deniedStatuses)) throw error;
  return skippedFor(error);
}

/** Whether clients in other regions can connect, and whether this machine is one, as a subnet of the network shows. */
async function checkReach(google: Compute, rule: PscRule, { own, tcp }: ClientPorts): Promise<CloudFinding> {
  const { id, network, region, hasGlobalAccess } = rule;
  if (hasGlobalAccess) return { result: 'success', detail: 'for clients in all regions of the network' };
  const detail = `for clients in ${region} (no global access)`;
  const subnets = (await unlessRefused(google.usableSubnets(projectIn(network)), ...deniedStatuses)) ?? [];
  const isOwn = (each: GcpSubnet) => each.network === network && own.some((address) => isWithin(address, each.cidr));
  const home = /\/regions\/([^/]+)/.exec(subnets.find(isOwn)?.path ?? '')?.[1] ?? region;
  const reached = home === region ? 'open' : await tcp();
  if (reached === 'open') return { result: 'success', detail };
  const where = cmd`--region ${region} --project ${google.project}`;
  const turnOn = cmd`gcloud compute forwarding-rules update ${id} --allow-psc-global-access ${where}`;
  return {
    // Another machine may have the same address by chance.
    result: reached === 'silent' ? 'error' : 'warning',
    brief: `${id}: no global access`,
    detail: `${detail}, but this machine seems to be in ${home}`,
    hint: { text: 'Allow clients in other regions. Google bills transfer between them:', commands: [turnOn.text] },
  };
}

/** Whether rules of the network deny egress. Policies of the organization are not read. */
async function checkFirewall(
  google: Compute,
  { id, ip, network }: PscRule,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const needed = `TCP ${ports.from}-${ports.to} to ${ip}`;
  const { firewalls } = await google.firewalls(network);
  const rules = objects(firewalls).flatMap((rule) => toEgress(rule, ip));
  // If two have one priority, Google takes the one that denies. It allows what no rule denies.
  const sorted = rules.toSorted((a, b) => a.priority - b.priority || Number(b.isDenied) - Number(a.isDenied));
  const result = opening([...sorted, { fromPort: 0, toPort: 65_535 }], ports);
  if (result === 'success') return { result, detail: `${needed} is open` };
  const denying = rules.filter(({ isDenied }) => isDenied);
  const who = denying.every(({ isForSome }) => isForSome) ? ' for some machines' : '';
  return {
    result: who === '' ? result : 'warning',
    brief: `${id}: egress is blocked${who}`,
    detail: `${needed} is denied${who} by ${listed([...new Set(denying.map(({ name }) => name))])}`,
    hint: `Allow egress ${needed} with a higher priority.`,
  };
}

/** What a firewall rule says of TCP to an address. Nothing if it only allows it for some machines. */
function toEgress(rule: GcpAnswer, ip: string) {
  const { name, priority, direction, disabled, denied } = rule;
  const ranges = texts(rule.destinationRanges);
  const isHit = ranges.length === 0 || ranges.some((range) => isWithin(ip, range));
  const isForSome = [...texts(rule.targetTags), ...texts(rule.targetServiceAccounts)].length > 0;
  const isDenied = denied !== undefined;
  if (direction !== 'EGRESS' || disabled === true || !isHit || (isForSome && !isDenied)) return [];
  // 6 is TCP.
  const layers = objects(denied ?? rule.allowed).filter(({ IPProtocol }) =>
    ['tcp', '6', 'all'].includes(`${IPProtocol}`),
  );
  const ports = layers.flatMap((layer) => (texts(layer.ports).length > 0 ? texts(layer.ports) : ['0-65535']));
  return ports.map((range) => {
    const [fromPort = 0, toPort = fromPort] = range.split('-').map(Number);
    return { name: `${name}`, priority: Number(priority), isDenied, isForSome, fromPort, toPort };
  });
}
