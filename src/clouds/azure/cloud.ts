import { CliError, reasonOf } from '../../base/errors.js';
import { at, objects, text, texts } from '../../base/json.js';
import { once } from '../../base/once.js';
import { listed } from '../../base/words.js';
import { remainingOf } from '../../http/ask.js';
import { isRefusal, isUnanswered, RequestError } from '../../http/request-error.js';
import { clouds } from '../all.js';
import { type ClientPorts, type CloudFinding, checkTarget, type Inspection, passed, unchecked } from '../checks.js';
import type { Cloud, CloudContext, CloudTarget, Created, ServiceRef } from '../cloud.js';
import { hasCode, orBlind, takenError, unlessRefused } from '../errors.js';
import { canConnect, isMarkedFor, ownerOf } from '../found.js';
import { isSameId } from '../shapes.js';
import type { AzureWanted } from './access.js';
import { type Arm, type AzureAccess, actions, creating, denials, misunderstood, openArm } from './arm.js';
import { azureSubnetShape, idParts } from './facts.js';
import { type AzureEndpoint, privateEndpointResources, type VnetSubnet } from './model.js';
import { type AzurePlan, planAzure, readAzure } from './plan.js';

/** An Azure subscription: private endpoints. Atlas's service accepts connections from every region. */
export function openAzureCloud(
  { region, isBlindAllowed = false }: CloudTarget,
  access: AzureAccess,
  wanted: AzureWanted,
  context: CloudContext,
): Cloud<AzurePlan> {
  const arm = openArm(access, context);
  return {
    region,
    signIn: async () => {
      // Without a sign-in, that is the error, and not a missing subscription.
      const principal = await access.principal();
      return { account: access.subscription(), principal, shortPrincipal: principal };
    },
    find: async ({ projectId, target, serviceId = '' }) => {
      const all = await arm.endpoints(access.subscription());
      const found = all.filter((each) => {
        const ownerId = ownerOf(each, projectId);
        const isForService = (target !== null && isSameId(each.target, target)) || ownerId === serviceId;
        return isForService || (ownerId !== null && each.region === region);
      });
      // Those for the service belong to this region, wherever they are.
      return found.map((each) => ({ ...each, region }));
    },
    read: arm.endpoint,
    inspect: async (id) => {
      const endpoint = await arm.endpoint(id);
      return endpoint && inspectPrivateEndpoint(arm, endpoint);
    },
    rehearseRemoval: async ([first]) => {
      if (first) await arm.checkPermissions(idParts(first.id).groupId, [actions.delete]);
    },
    remove: async ({ id }) => {
      await arm.delete(id);
      return null;
    },

    ownOf: async (ids) => {
      const named = ids.filter((id) => !id.includes('/') || azureSubnetShape.pattern.test(id));
      const all = named.length > 0 ? await arm.subnets(access.subscription()) : [];
      const here = all.filter(({ location }) => location === region);
      const own = named.filter((id) => here.some((each) => isSameId(each.id, id)));
      // With an id, a name may be that of another cloud.
      return own.length > 0 ? own : named.filter((name) => here.some((each) => isSameId(each.name, name)));
    },
    survey: async (service) => {
      const asked = { wanted, service, serviceRegion: region };
      const read = access
        .principal()
        .then((principal) => readAzure(arm, { ...asked, account: access.subscription(), principal }));
      const nothing = { account: wanted.subscription ?? '', principal: null, subnet: null, endpoints: [], all: [] };
      const blind = (unread: string) => planAzure({ ...asked, ...nothing, unread });
      return orBlind(read.then(planAzure), isBlindAllowed && wanted.adopt === undefined, blind);
    },
    marked: async ({ existing }) => existing.all,
    rehearse: (plan) => rehearseEndpoint(arm, context, plan),
    create: async (stepId, { existing }, service, onCreated) => {
      const now = { ...existing, service };
      const endpoint = await createEndpoint(arm, context, planAzure(now), service, (id) => onCreated({ stepId, id }));
      const others = existing.endpoints.filter(({ id }) => !isSameId(id, endpoint.id));
      return planAzure({ ...now, endpoints: [endpoint, ...others] });
    },
    attachment: ({ endpoint }) =>
      clouds.AZURE.interfaces.read({ id: endpoint?.id, ip: endpoint?.address ?? undefined }),
    row: ({ existing: { account, principal }, endpoint, made }) => {
      const place = endpoint ?? made;
      return {
        provider: 'AZURE',
        account: account || null,
        principal,
        region: place?.region ?? region,
        network: place && idParts(place.subnet).vnetId,
        subnets: place ? [place.subnet] : [],
        resourceGroup: place && idParts(place.id).group,
        ipAddress: endpoint?.address ?? null,
        interfaceEndpointId: endpoint?.id ?? null,
      };
    },
  };
}

/** Throws if a permission is missing, or if Azure would refuse the private endpoint. Creates nothing. */
async function rehearseEndpoint(arm: Arm, { io }: CloudContext, { existing, made }: AzurePlan) {
  if (!made) return;
  await arm.checkPermissions(idParts(made.id).groupId, [actions.write, actions.read, actions.nic]);
  await arm.checkPermissions(made.subnet, [actions.join]);
  const isReal = typeof existing.service?.target === 'string';
  const limits = isReal ? undefined : { tries: 1, timeoutMs: 30_000 };
  const notChecked = 'The private endpoint could not be checked first.';
  try {
    const isChecked = await arm.validate(made.id, made.body, limits);
    if (!isChecked) io.warn(notChecked);
  } catch (error) {
    // Of a service that is made up, only what is not allowed counts.
    const isOfService = error instanceof RequestError && error.exit !== 'notAllowed' && error.exit !== 'conflict';
    const isPassing = isRefusal(error) && ((isReal && error.mayPass) || (error.status ?? 0) >= 500);
    const isNoCheck = isPassing || isUnanswered(error) || hasCode(error, ...denials, ...misunderstood);
    if (isNoCheck) io.warn(`${notChecked} ${reasonOf(error)}`);
    else if (isReal || !isOfService) throw error;
  }
}

/** Milliseconds between the requests to create what Azure is not ready for. */
const pauseMs = 3000;

/** Never creates two: the name is the same for the same service, and Azure changes nothing if it exists. */
async function createEndpoint(
  arm: Arm,
  context: CloudContext,
  { made }: AzurePlan,
  service: ServiceRef,
  onCreated: (id: Created['id']) => void,
): Promise<AzureEndpoint> {
  const { io, clock, signal } = context;
  if (!made) throw new CliError('unexpected', 'The subnet of the private endpoint is not known.');
  const found = await arm.endpoint(made.id);
  if (found && !(isMarkedFor(found, service) && isSameId(found.target, service.target ?? '')))
    throw takenError(`The private endpoint ${found.name}`, `Delete it, or use it with --adopt ${found.id}.`);
  if (found && canConnect(found)) return found;
  const tell = once(async (id: string) => onCreated(id));
  const warn = once(async (what: string) => io.warn(`${what} Trying again.`));
  // Atlas's service, or the subnet, may not be ready for some minutes.
  for (;;) {
    try {
      const accepted = await arm.put(made.id, made.body, tell);
      return (await arm.endpoint(made.id)) ?? creating(accepted);
    } catch (error) {
      if (!(error instanceof RequestError) || !error.mayPass || error.mayHaveArrived) throw error;
      const { message } = error;
      // Another one would not be sent.
      if (remainingOf(context) <= pauseMs)
        throw new RequestError(message, { exit: 'timedOut', mayHaveArrived: false });
      await warn(message);
      await clock.sleep(pauseMs, signal);
    }
  }
}

function inspectPrivateEndpoint(arm: Arm, endpoint: AzureEndpoint): Inspection {
  const { state, stage, remark, subnet, address } = endpoint;
  const { vnetId } = idParts(subnet);
  const subnets = once(() => arm.subnetsOf(vnetId));
  return {
    ...endpoint,
    state: remark === '' || stage === 'connected' ? state : `${state} (${remark})`,
    network: idParts(vnetId).name,
    addresses: async () => (address === null ? [] : [address]),
    resources: async () => privateEndpointResources(endpoint),
    check: async (check, ports) => {
      if (check === 'cloud-target') return checkTarget(endpoint.name, endpoint.target, ports.target);
      // The endpoint may work although nobody may read what is around it.
      const found = await unlessRefused(subnets(), ...denials);
      const own = found?.find((each) => isSameId(each.id, subnet));
      if (!own) return unchecked('the subnet cannot be read');
      if (check === 'cloud-nsg') return checkNsg(arm, own, ports);
      const servers = listed(own.dnsServers);
      const detail = servers && `${servers}; they must answer with private addresses for mongodb.net`;
      return passed(detail || "Azure's own");
    },
  };
}

/** Whether the network security group of the subnet lets clients in. It counts only if the subnet says so. */
async function checkNsg(arm: Arm, subnet: VnetSubnet, ports: ClientPorts): Promise<CloudFinding> {
  if (subnet.nsg === null) return passed('none');
  const group = idParts(subnet.nsg).name;
  if (!subnet.hasPolicies) return passed(`${group} does not apply: network policies are off for private endpoints`);
  const rules = await unlessRefused(arm.nsgRules(subnet.nsg), ...denials);
  if (!rules) return unchecked(`${group} cannot be read`);
  const denying = denyingRules(rules, ports);
  const needed = `TCP ${ports.from}-${ports.to}`;
  if (denying.length === 0) return passed(`${group} has no rule that denies ${needed}`);
  return {
    result: 'warning',
    brief: `${group}: ports may be closed`,
    detail: `${group} has rules that deny some of ${needed} if no rule before them allows it: ${listed(denying)}`,
    hint: `Allow inbound ${needed} from your clients in ${group}.`,
  };
}

export function denyingRules(rules: readonly unknown[], { from, to }: Pick<ClientPorts, 'from' | 'to'>): string[] {
  const denies = (properties: unknown) => {
    const is = (key: string, values: RegExp) => values.test(text(at(properties, key)) ?? '');
    const ranges = [at(properties, 'destinationPortRange'), at(properties, 'destinationPortRanges')].flat();
    const isHit = texts(ranges).some((range) => {
      const [low = 0, high = low] = (range === '*' ? '0-65535' : range).split('-').map(Number);
      return low <= to && high >= from;
    });
    return is('direction', /^inbound$/i) && is('access', /^deny$/i) && is('protocol', /^(?:tcp|\*)$/i) && isHit;
  };
  return objects(rules).flatMap(({ name, properties }) => (denies(properties) ? `${name}` : []));
}
