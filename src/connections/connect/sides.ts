import type { ClusterRegion } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, type InterfaceEndpoint, isLeaving, mayBeIn } from '../../atlas/model.js';
import { advise, CliError, UsageError } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud, CloudPlan } from '../../clouds/cloud.js';
import type { RegionNames } from '../../clouds/facts.js';
import { createdService } from '../../clouds/found.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { readAllAttached } from '../../endpoints/interfaces.js';
import { referTo } from '../../endpoints/name.js';
import { failedError } from '../../endpoints/next-step.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import { checkDead, leftoverNotes } from '../show-plan.js';

/** What exists on both sides of a region. The plan follows from it, and each step returns it as it is then. */
export interface ConnectSides extends ClusterRegion {
  projectId: string;
  service: Endpoint | undefined;
  /** Whether connect created the service, now or before, as far as its marks in the user's cloud say so. */
  isServiceOurs: boolean;
  cloudPlan: CloudPlan;
  /** The ids of interface endpoints of the service that nobody can connect through: refused, failed, or being removed. */
  ended: readonly string[];
  /** The endpoint of the user's cloud, as Atlas knows it. */
  attached: InterfaceEndpoint | undefined;
  /** The ids of what this program created for services that are gone. */
  leftovers: readonly string[];
}

/** A region to connect, and the region of the user's cloud that it is connected from. */
export interface ConnectRegion extends ClusterRegion {
  cloud: Cloud;
  /** The options of a command line that sign in to the user's cloud. */
  signIn: readonly string[];
  sides: ConnectSides;
}

export function locationOf({ projectId, provider, region, service, cloudPlan }: ConnectSides) {
  const ids = { endpointId: service?.id ?? null, interfaceEndpointId: cloudPlan.endpoint?.id ?? null };
  return { ...ids, projectId, provider, region };
}

/** The networks of the user that these regions are connected from. */
export function networksOf(regions: readonly ConnectSides[]) {
  const all = regions.flatMap(({ cloudPlan }) => cloudPlan.network ?? []);
  return [...new Map(all.map((network) => [network.id, network])).values()];
}

/** Atlas's service as the user's cloud needs to know it. `isOurs`: this program created it. */
export function refOf(service: Endpoint, ended: readonly string[], isOurs = false) {
  const { id, projectId, provider, region, atlasRegion } = service;
  return { id, projectId, region, atlasRegion, target: clouds[provider].service.target(service), ended, isOurs };
}

/** Throws if the service can't be connected, or not from this region. Changes nothing. */
export async function checkUsable(context: Context, service: Endpoint, network: RegionNames) {
  const { id, region, atlasRegion, status } = service;
  if (isOlder(service)) {
    const hint = advise(context, 'Replace it with one that has:', cmd`convert ${id}`);
    throw new UsageError(`The private endpoint service in ${region} has no port mapping.`, hint);
  }
  const isAdmitted =
    network.atlasRegion === atlasRegion || texts(service.supportedRemoteRegions).includes(network.region);
  if (!isAdmitted) {
    const hint = advise(context, 'Add the region:', cmd`update ${id} --add ${network.region}`);
    throw new UsageError(
      `The private endpoint service ${id} does not allow connections from ${network.region}.`,
      hint,
    );
  }
  const reference = await referTo(context, service);
  if (status === 'FAILED') throw failedError(context, service, reference);
  if (!isLeaving(status)) return;
  const hint = advise(context, 'Wait until it is gone:', cmd`wait ${reference} --until DELETED`);
  throw new CliError('conflict', `The private endpoint service ${nameOf(service)} is being deleted.`, { hint });
}

/** Reads what exists in a region. Changes nothing; throws if it can't be connected. */
export async function readSides(
  context: Context,
  target: ClusterRegion & Pick<ConnectSides, 'projectId' | 'service'>,
  cloud: Cloud,
  signIn: readonly string[],
): Promise<ConnectSides> {
  const { projectId, provider, service } = target;
  const attached = service ? await readAllAttached(context, [service]) : [];
  const ended = attached.filter(hasEnded).map(({ id }) => id);
  const plan = await cloud.survey(service && refOf(service, ended));
  const dead = service ? checkDead(context, plan, attached, service, signIn) : [];
  const marked = await cloud.marked(plan, projectId);
  const leftovers = await leftoverNotes(context, target, marked, signIn);
  const ours = attached.find(({ id }) => plan.endpoint && isSameId(id, plan.endpoint.id));
  if (ours && !mayBeIn(plan.account, ours)) {
    const what = `The service already has an interface endpoint ${ours.id}, of another ${clouds[provider].account}.`;
    const hint = 'Create an endpoint with another name, and choose it with --adopt.';
    throw new CliError('conflict', what, { hint });
  }
  return {
    ...target,
    isServiceOurs: createdService(marked, service),
    cloudPlan: { ...plan, notes: [...plan.notes, ...dead, ...leftovers] },
    ended,
    attached: ours && isLeaving(ours.status) ? undefined : ours,
    leftovers: leftovers.flatMap(({ ids }) => ids),
  };
}
