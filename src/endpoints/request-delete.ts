import { ApiError } from '../atlas/errors.js';
import { type Endpoint, toDeleted } from '../atlas/model.js';
import { deleted, isLeaving } from '../atlas/status.js';
import { ignoreFailure } from '../base/errors.js';
import { advise, type Hint } from '../base/hint.js';
import { listed } from '../base/listed.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import type { Deadline } from '../wait/deadline.js';
import { awaitEndpoints, readAgain } from './await.js';
import { referTo } from './find.js';
import { requestRemoval } from './reconcile.js';
import type { Session } from './session.js';

/** Asks Atlas to delete it. Returns it with the status DELETING, or DELETED if it was already gone. */
export async function requestDelete(session: Session, endpoint: Endpoint, yes: readonly string[]): Promise<Endpoint> {
  const { projectId, provider, id } = endpoint;
  const atlas = await session.atlas();
  const send = async (): Promise<Endpoint> => {
    await atlas.deleteService(projectId, provider, id);
    return { ...endpoint, status: 'DELETING' };
  };
  const read = (limits?: RequestLimits) => readAgain(session, endpoint, limits);
  const retry = 'The endpoint may or may not have been deleted. It is safe to try again:';
  const unknown = async () => advise(session, retry, cmd`delete ${await referTo(session, endpoint)} ${yes}`);
  try {
    return await requestRemoval(session, { send, read, gone: toDeleted(endpoint), unknown });
  } catch (error) {
    if (!(error instanceof ApiError) || error.errorCode !== 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS') throw error;
    throw error.withHint(await howToFree(session, (await read().catch(ignoreFailure)) ?? endpoint, yes));
  }
}

/** Asks Atlas to delete it, and waits until it is gone. Returns it as it was last read. */
export async function deleteAndAwait(
  session: Session,
  endpoint: Endpoint,
  yes: readonly string[],
  deadline: Deadline,
): Promise<Endpoint> {
  const requested = isLeaving(endpoint.status) ? endpoint : await requestDelete(session, endpoint, yes);
  // FAILED after DELETING ends a wait. Here FAILED may be the status from before the deletion.
  const asRead = endpoint.status === 'FAILED' && requested.status !== deleted ? endpoint : requested;
  const goal = { until: deleted, timeoutMs: deadline.limitMs } as const;
  const [last = requested] = await awaitEndpoints(session, [asRead], goal, { deadline });
  return last;
}

/** The error that lists the interface endpoints in the way, with a hint on how to remove them. */
async function howToFree(session: Session, endpoint: Endpoint, yes: readonly string[]): Promise<Hint> {
  const { interfaceEndpoints } = endpoint;
  const reference = await referTo(session, endpoint);
  const cascade = cmd`delete ${reference} --cascade ${yes}`;
  const [first] = interfaceEndpoints;
  if (first === undefined) return advise(session, 'Remove its interface endpoints too:', cascade);
  const text = `Remove its interface endpoints (${listed(interfaceEndpoints)}) first, or use --cascade:`;
  return advise(session, text, cmd`interface remove ${reference} ${first} --wait ${yes}`, cascade);
}
