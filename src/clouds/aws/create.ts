import { createHash } from 'node:crypto';
import { CliError } from '../../base/errors.js';
import { pollUntilFound } from '../../http/ask.js';
import { isLost, RequestError } from '../../http/request-error.js';
import type { CloudContext, Created, ServiceRef } from '../cloud.js';
import { hasCode, takenError, unlessRefused } from '../errors.js';
import { canConnect, isMarkedFor, preferred } from '../found.js';
import { createNamed, untilKnown } from '../operations.js';
import { type Subnet, toGroup, type VpcEndpoint } from './answers.js';
import type { Ec2 } from './ec2.js';
import { isDenied, isUnknown } from './explain.js';
import { type Existing, groupName, missingRules, newEndpoint, newGroup } from './model.js';
import { remainingSubnets } from './network.js';
import type { AwsPlan } from './plan.js';

export interface Creating {
  ec2: Ec2;
  context: CloudContext;
  existing: Existing;
  service: ServiceRef;
}

/** Creates the security group, or what it still lacks. Run again, it continues where it stopped. */
export async function createOwnGroup(work: Creating, onCreated: (what: Created) => void) {
  const { ec2, context, existing } = work;
  const group = existing.ownGroup ?? (await createGroupOnce(work));
  if (!existing.ownGroup) onCreated({ stepId: 'security-group', id: group.id });
  const missing = missingRules({ ...existing, ownGroup: group });
  // One rule per request: AWS rejects the whole request if one of its rules already exists.
  for (const rule of missing)
    await unlessRefused(
      untilKnown(context, isUnknown, () => ec2.allow(group.id, [rule])),
      'InvalidPermission.Duplicate',
    );
  return { ...group, rules: [...group.rules, ...missing] };
}

/** Never two: a VPC takes a name only once. */
async function createGroupOnce({ ec2, context, existing, service }: Creating) {
  const name = groupName(service);
  const vpcId = existing.vpc?.id ?? '';
  const find = async () => {
    const [found] = await ec2.groups({ filters: { 'vpc-id': vpcId, 'group-name': name } });
    if (!found || isMarkedFor(found, service)) return found;
    const hint = `Delete it, or use it with --security-group ${found.id}.`;
    throw takenError(`The security group ${name} in ${vpcId}`, hint);
  };
  const send = async () => {
    const group = newGroup(existing, service);
    const GroupId = await ec2.createGroup(group);
    return toGroup({ ...group, GroupId, Tags: group.TagSpecifications[0]?.Tags }, existing.region);
  };
  return createNamed(context, { what: 'security group', send, taken: ['InvalidGroup.Duplicate'], find });
}

/** The most tokens to try: AWS may return an endpoint that was deleted for each of them. */
const mostGenerations = 10;
/** A create that answers with something older than this has created nothing. Clocks differ by less. */
const newMs = 60_000;

/** Never two: one service, VPC and subnets have one token. What is found after a lost answer may be somebody else's. */
export async function createOwnEndpoint({ ec2, context, existing, service }: Creating) {
  const vpcId = existing.vpc?.id ?? '';
  const serviceName = service.target ?? '';
  const find = async () =>
    preferred(await ec2.endpoints({ filters: { 'service-name': serviceName, 'vpc-id': vpcId } }), service);
  // AWS's answer may lack the tags.
  const mark = { projectId: service.projectId, serviceId: service.id, isServiceOurs: service.isOurs };
  let subnets = existing.subnets;
  let generation = 0;
  let lost = 0;
  while (generation < mostGenerations) {
    const sent = context.clock.now();
    try {
      const request = newEndpoint({ ...existing, subnets }, service, serviceName);
      const ClientToken = tokenOf(service, vpcId, subnets, generation);
      const endpoint = await untilKnown(context, isUnknown, () => ec2.createEndpoint({ ...request, ClientToken }));
      if (canConnect(endpoint, service) && (await isNew(ec2, context, endpoint, sent))) return { ...endpoint, mark };
      // AWS remembers the token of an endpoint that was deleted since.
      generation++;
    } catch (error) {
      const isOther = hasCode(error, 'IdempotentParameterMismatch');
      const remaining = await remainingSubnets(ec2, existing, subnets, error);
      if (remaining) {
        subnets = remaining;
        continue;
      }
      if (!isOther && !isLost(error)) throw error;
      // With IdempotentParameterMismatch nothing is lost: the token belongs to another create.
      if (isLost(error)) context.io.warn(`${error.message} Checking whether the VPC endpoint was created.`);
      const found = await pollUntilFound(context, find, error.message);
      if (found) return found;
      if (isOther) generation++;
      // The same token creates nothing twice.
      else if (++lost > 1) throw error;
    }
  }
  const hint = 'Wait a few hours, or choose other subnets with --subnet.';
  throw new CliError('unexpected', 'AWS keeps returning a deleted VPC endpoint instead of creating one.', { hint });
}

/** Whether this is what the create has made, rather than what an earlier one made that had the same token. */
async function isNew(ec2: Ec2, context: CloudContext, endpoint: VpcEndpoint, sent: number) {
  if (endpoint.createdAt === 0 || endpoint.createdAt >= sent) return true;
  // It may be deleted since, while AWS repeats its first answer. What is new may not be shown yet.
  const now = await pollUntilFound(context, async () => (await ec2.endpoint(endpoint.id)) ?? undefined);
  return now === undefined ? endpoint.createdAt > sent - newMs : canConnect(now);
}

/** At most 64 characters of ASCII. */
function tokenOf({ id, target }: ServiceRef, vpc: string, subnets: readonly Subnet[], generation: number) {
  const ids = subnets.map((subnet) => subnet.id).toSorted();
  const hash = createHash('sha256')
    .update(JSON.stringify([target, vpc, ids, generation]))
    .digest('hex');
  return `atlas-pe-${id}-${hash.slice(0, 24)}`;
}

export async function rehearse(ec2: Ec2, { io }: CloudContext, plan: AwsPlan, projectId: string) {
  const { existing, steps } = plan;
  const { vpc, service, ownGroup, defaultGroup, subnets } = existing;
  if (!vpc) return;
  if (!service?.target) await ec2.rehearse.reads();
  const isCreated = (id: string) => steps.some((step) => step.id === id && step.action === 'create');
  // Only the id of the service is made up while there is none.
  const owner = service ?? { id: 'new', projectId, isOurs: true };
  if (isCreated('security-group')) {
    // An error that it already exists means that the permission is there.
    if (!ownGroup) await unlessRefused(ec2.rehearse.createGroup(newGroup(existing, owner)), 'InvalidGroup.Duplicate');
    const group = ownGroup?.id ?? defaultGroup;
    const allowed = group === null ? Promise.resolve() : ec2.rehearse.allow(group, missingRules(existing));
    await unlessRefused<unknown>(allowed, 'InvalidPermission.Duplicate').catch((error: unknown) => {
      // A policy may allow this only for groups with certain tags, which the default group lacks.
      if (ownGroup || !isDenied(error)) throw error;
      const where = `atlas-pe checked this on the default security group of ${vpc.id}`;
      io.warn(`${error.message} ${where}. AWS may allow it on the new one.`);
    });
  }
  if (!isCreated('vpc-endpoint')) return;
  const serviceName = service?.target ?? ownServiceOf(existing.serviceRegion);
  const create = async (remaining = subnets) => {
    await ec2.rehearse.createEndpoint(newEndpoint({ ...existing, subnets: remaining }, owner, serviceName));
  };
  try {
    await create();
  } catch (error) {
    if (service?.target) {
      const remaining = await remainingSubnets(ec2, existing, subnets, error);
      if (!remaining) throw error;
      return create(remaining);
    }
    // If this is another service, only a quota or a missing permission counts.
    const isOfService = error instanceof RequestError && error.exit !== 'notAllowed' && !error.mayPass;
    if (!isOfService && !isDenied(error)) throw error;
    // A policy may allow this for the service of Atlas only (ec2:VpceServiceName, ec2:VpceServiceOwner).
    const where = `atlas-pe checked this with ${serviceName}, because the service of Atlas does not exist yet`;
    if (isDenied(error)) io.warn(`${error.message} ${where}. AWS may allow it for that one.`);
  }
}

/** One of AWS's own services, which every region has. */
function ownServiceOf(region: string) {
  return `${region.startsWith('cn-') ? 'cn.' : ''}com.amazonaws.${region}.ec2`;
}
