import { deleted, isLeaving } from '../atlas/status.js';
import { advise, ignoreFailure } from '../base/errors.js';
import { texts } from '../base/json.js';
import { listed } from '../base/lists.js';
import { cmd } from '../base/shell.js';
import { isRefusal } from '../http/request-error.js';
import type { RequestLimits } from '../http/retries.js';
import type { Deadline } from '../wait/deadline.js';
import { awaitEndpoints, readAgain } from './await.js';
import type { Context } from './context.js';
import type { AnyEndpoint, Family } from './family.js';
import { referTo } from './name.js';
import { requestRemoval } from './reconcile.js';

/** Deletes an endpoint, with `deadline` waits until it is gone, and returns it as last read, or DELETED. */
export async function removeEndpoint<E extends AnyEndpoint>(
  context: Context,
  family: Family<E>,
  endpoint: E,
  yes: readonly string[],
  deadline?: Deadline,
): Promise<E> {
  const { statuses } = family;
  const isGoing = isLeaving(endpoint.status, statuses);
  const requested = isGoing ? endpoint : await request(context, family, endpoint, yes);
  if (!deadline) return requested;
  // FAILED after DELETING ends a wait. Here FAILED may be the status from before the deletion.
  const hasFailed = statuses[endpoint.status] === 'failed' && requested.status !== deleted;
  const now = hasFailed ? endpoint : requested;
  const [last = requested] = await awaitEndpoints(context, family, [now], { until: deleted, deadline });
  return last;
}

async function request<E extends AnyEndpoint>(
  context: Context,
  family: Family<E>,
  endpoint: E,
  yes: readonly string[],
): Promise<E> {
  const { statuses, flags, isMissing } = family;
  const isLeft = (status: string) => isLeaving(status, statuses);
  const leaving = Object.keys(statuses).find(isLeft) ?? deleted;
  const send = async (): Promise<E> => {
    await family.remove(await context.atlas(), endpoint);
    return { ...endpoint, status: leaving };
  };
  const read = (limits?: RequestLimits) => readAgain(context, family, endpoint, limits);
  const retry = 'The endpoint may or may not have been deleted. It is safe to try again:';
  const unknown = async () => advise(context, retry, cmd`delete ${flags} ${await referTo(context, endpoint)} ${yes}`);
  try {
    const gone = { ...endpoint, status: deleted };
    return await requestRemoval(context, { send, read, gone, unknown, isMissing, isLeft });
  } catch (error) {
    if (!isRefusal(error) || error.errorCode !== 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS') throw error;
    throw error.withHint(await howToFree(context, (await read().catch(ignoreFailure)) ?? endpoint, yes));
  }
}

async function howToFree(context: Context, endpoint: AnyEndpoint, yes: readonly string[]) {
  const interfaceEndpoints = texts(endpoint.interfaceEndpoints);
  const reference = await referTo(context, endpoint);
  const cascade = cmd`delete ${reference} --cascade ${yes}`;
  const [first] = interfaceEndpoints;
  if (first === undefined) return advise(context, 'Remove its interface endpoints too:', cascade);
  const text = `Remove its interface endpoints (${listed(interfaceEndpoints)}) first, or use --cascade:`;
  return advise(context, text, cmd`interface remove ${reference} ${first} --wait ${yes}`, cascade);
}
