import { canConnect, type Found, ownerOf } from '../../clouds/found.js';
import type { DisconnectFound } from './found.js';

/* Which interface endpoints `disconnect` is about, and what happens to each. In the user's cloud, it deletes only
 * what has our mark. From Atlas, it also detaches others' endpoints that Atlas has ended. */

export interface Subject {
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
export function subjectsOf(found: DisconnectFound): Subject[] {
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

/** Of several, the user must choose. None if the named one is gone, or only others have endpoints: then the rest of ours goes. */
export function chosenIn(subjects: readonly Subject[], found: DisconnectFound): Subject[] {
  if (found.named !== undefined) return subjects.filter(({ id }) => id === found.named);
  const alive = subjects.filter((each) => each.canConnect);
  const here = alive.filter(({ isElsewhere }) => !isElsewhere);
  const chosen = here.length > 0 ? here : alive;
  const onlyOthers = chosen.length > 1 && !chosen.some(({ isOurs }) => isOurs);
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

export function unusedResources(found: DisconnectFound): Found[] {
  const used = found.endpoints.flatMap(({ uses }) => uses);
  return ownResources(found).filter(({ id }) => !used.includes(id));
}

/** What this program created for the service, beside endpoints. */
export function ownResources(found: DisconnectFound): Found[] {
  return found.resources.filter((each) => isForService(found, ownerOf(each, found.projectId)));
}

/** The endpoints for the service in the user's cloud, also those of others. */
export function cloudEndpointsOf(found: DisconnectFound): Found[] {
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
