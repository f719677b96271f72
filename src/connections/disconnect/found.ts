import type { ClusterRegion } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, mayBeIn, withName } from '../../atlas/model.js';
import { advise, NotFoundError, UsageError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud, SignedIn } from '../../clouds/cloud.js';
import { canConnect, type Found, ownerOf } from '../../clouds/found.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { eachOf } from '../../endpoints/find.js';
import { notAttached, readAllAttached } from '../../endpoints/interfaces.js';

/** What the command line says. */
export interface DisconnectTarget extends ClusterRegion {
  projectId: string;
  /** Undefined if the service is gone already. */
  service: Endpoint | undefined;
  /** The id of the service, if the command line names it. */
  serviceId?: string | undefined;
  named?: string | undefined;
  keepsService: boolean;
}

export interface DisconnectFound extends DisconnectTarget {
  /** The ids of the services that the project still has. */
  serviceIds: readonly string[];
  signedIn: SignedIn;
  /** Every endpoint for the service in these regions, and those that this program created for others of the project. */
  endpoints: readonly Found[];
  /** What else this program created in the project. */
  resources: readonly Found[];
  /** The ids of attached interface endpoints that nobody can connect through: refused, failed, or being removed. */
  ended: readonly string[];
  /** The ids of attached interface endpoints of another account. This one may have others with the same names. */
  elsewhere: readonly string[];
}

/** Reads what exists on both sides. Changes nothing; throws if it isn't clear which connection to remove. */
export async function readForDisconnect(
  context: Context,
  target: DisconnectTarget,
  regions: readonly [Cloud, ...Cloud[]],
) {
  const { projectId, provider, service, serviceId } = target;
  // As Atlas spells it: from here on, the same endpoint has the same id everywhere.
  const spelled = (id: string) => service?.interfaceEndpoints.find((each) => isSameId(each, id)) ?? id;
  const atlas = await context.atlas();
  const signedIn = await regions[0].signIn();
  const sought = { projectId, serviceId, target: service ? clouds[provider].service.target(service) : null };
  const found = (await eachOf(regions, (cloud) => cloud.find(sought))).flat();
  const inCloud = found.map((each) => ({ ...each, id: spelled(each.id) }));
  const [endpointStep] = clouds[provider].setup.steps;
  // Read after the cloud, so that resources of a newer service don't look left over.
  const services = service ? [service] : await atlas.listServices(projectId, provider);
  const attached = service ? await readAllAttached(context, [service]) : [];
  const elsewhere = attached.filter((each) => !mayBeIn(signedIn.account, each));
  const existing = {
    ...target,
    serviceIds: services.map(({ id }) => id),
    signedIn,
    endpoints: inCloud.filter(({ stepId }) => stepId === endpointStep.id),
    resources: inCloud.filter(({ stepId }) => stepId !== endpointStep.id),
    ended: attached.filter(hasEnded).map(({ id }) => id),
    elsewhere: elsewhere.map(({ id }) => id),
  };
  const subjects = subjectsOf(existing);
  const matching = target.named === undefined ? chosenIn(subjects, existing) : withName(subjects, target.named);
  const selected = matching.map(({ id }) => id);
  if (selected.length > 1) {
    const lines = selected.map((id) => cmd`disconnect ${service?.id ?? target.region} ${id}`);
    const hint = advise(context, 'Name each one to remove:', ...lines);
    throw new UsageError(`There are ${selected.length} interface endpoints.`, hint);
  }
  const named = target.named && (selected[0] ?? target.named);
  if (named === undefined || selected.length === 1 || unusedResources(existing).length > 0)
    return { ...existing, named };
  if (subjects.length === 0) throw notAttached(context, named);
  const what = `Interface endpoint '${named}' not found for this private endpoint service.`;
  const names = listed(subjects.map(({ id }) => id));
  throw new NotFoundError(what, `Existing interface endpoints: ${names}`, 'otherWord');
}

/* Which interface endpoints `disconnect` is about, and what happens to each. In the user's cloud, it deletes only
 * what has our mark. From Atlas, it also detaches others' endpoints that Atlas has ended. */

interface Subject {
  id: string;
  /** Undefined if the user's cloud doesn't have it in this account and these regions. */
  inCloud: Found | undefined;
  isOurs: boolean;
  isAttached: boolean;
  /** Whether Atlas has it in another account. This account may have one with the same name. */
  isElsewhere: boolean;
  isEnded: boolean;
  canConnect: boolean;
}

/** `refuse`: it stays connected, because this program did not create it. */
export type Outcome = 'detach and remove' | 'remove' | 'detach' | 'refuse';

/** Each interface endpoint of the service on either side: first those that Atlas has. */
export function subjectsOf(found: DisconnectFound) {
  const attached = found.service?.interfaceEndpoints ?? [];
  const existing = cloudEndpointsOf(found);
  return [...new Set([...attached, ...existing.map(({ id }) => id)])].map((id) => {
    const inCloud = existing.find((each) => each.id === id);
    const isEnded = found.ended.includes(id);
    return {
      id,
      inCloud,
      isOurs: inCloud !== undefined && ownerOf(inCloud, found.projectId) !== null,
      isAttached: attached.includes(id),
      isElsewhere: found.elsewhere.includes(id),
      isEnded,
      canConnect: !isEnded && (inCloud === undefined || canConnect(inCloud)),
    };
  });
}

/** Of several of ours, the user must choose. None if the named one is gone, or only others have endpoints: then the rest of ours goes. */
export function chosenIn(subjects: readonly Subject[], found: DisconnectFound) {
  if (found.named !== undefined) return subjects.filter(({ id }) => id === found.named);
  const alive = subjects.filter((each) => each.canConnect);
  const here = alive.filter(({ isElsewhere }) => !isElsewhere);
  const chosen = here.length > 0 ? here : alive;
  const ours = chosen.filter(({ isOurs }) => isOurs);
  // Those of others stay attached.
  if (ours.length === 1) return ours;
  const onlyOthers = chosen.length > 1 && ours.length === 0;
  return onlyOthers && unusedResources(found).length > 0 ? [] : chosen;
}

/**
 * The chosen ones, and those that nobody can connect through: ours in every case; of others, those that Atlas has ended,
 * unless one is refused or the command names another one.
 */
export function meantBy(chosen: readonly Subject[], subjects: readonly Subject[], named: string | undefined) {
  const isRefusing = chosen.some((each) => outcomeOf(each) === 'refuse');
  return subjects.filter((each) => {
    if (chosen.includes(each)) return true;
    if (each.isOurs) return !each.canConnect;
    return each.isEnded && !isRefusing && each.id === (named ?? each.id);
  });
}

export function outcomeOf({ isOurs, isAttached, isElsewhere, isEnded }: Subject): Outcome {
  if (isOurs) return isAttached && !isElsewhere ? 'detach and remove' : 'remove';
  return isEnded ? 'detach' : 'refuse';
}

export function unusedResources(found: DisconnectFound) {
  const used = found.endpoints.flatMap(({ uses }) => uses);
  return ownResources(found).filter(({ id }) => !used.includes(id));
}

/** What this program created for the service, beside endpoints. */
export function ownResources(found: DisconnectFound) {
  return found.resources.filter((each) => isForService(found, ownerOf(each, found.projectId)));
}

/** The endpoints for the service in the user's cloud, also those of others. */
export function cloudEndpointsOf(found: DisconnectFound) {
  return found.endpoints.filter((each) => {
    const ownerId = ownerOf(each, found.projectId);
    return ownerId === null || isForService(found, ownerId);
  });
}

/** Whether something was created for this service or, without one, for any service that is gone. */
function isForService({ service, serviceId, serviceIds }: DisconnectFound, ownerId: string | null) {
  if (ownerId === null || service) return ownerId === service?.id;
  return !serviceIds.includes(ownerId) && ownerId === (serviceId ?? ownerId);
}
