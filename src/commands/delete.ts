import { ApiError, isGone } from '../atlas/errors.js';
import { type Endpoint, endpointKeys, toDeleted } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { awaitEndpoints, readGoal } from './shared/awaiting.js';
import { endpointView, goneRow, nameOf } from './shared/endpoint-view.js';
import { type Filter, findEndpoints, referTo } from './shared/endpoints.js';

export interface DeleteOptions extends Filter {
  endpoint?: string | undefined;
  yes?: boolean | undefined;
  wait?: boolean | undefined;
  timeout?: string | undefined;
  ifExists?: boolean | undefined;
}

/** Deletes one private endpoint service. Asks first in a terminal; elsewhere --yes is the answer. */
export async function deleteEndpoint(context: Context, options: DeleteOptions): Promise<void> {
  const { io } = context;
  io.checkFields(endpointKeys);
  const goal = readGoal({ until: 'DELETED', timeout: options.timeout });
  const isWaiting = options.wait === true || options.timeout !== undefined;
  if (!options.yes && !io.isInteractive) {
    throw new UsageError('Nothing was deleted: there is no terminal to ask in.', 'Say it beforehand: --yes');
  }

  const found = await findEndpoints(context, options.endpoint === undefined ? [] : [options.endpoint], options);
  const [endpoint] = found.endpoints;
  if (!endpoint) {
    if (!options.ifExists) throw found.notFound(0);
    io.note('There is nothing to delete.');
    return io.print(endpointView(goneRow(found.projectId, found.named[0] ?? {})));
  }
  const what = `the ${endpoint.provider} private endpoint ${nameOf(endpoint)} (${endpoint.status})`;
  if (!options.yes && !(await io.confirm(`Delete ${what}?`))) {
    throw new UsageError('Nothing was deleted.');
  }

  const requested = await requestDelete(context, endpoint);
  // To a wait, FAILED after DELETING is the end; here it may be what was there before the deletion began.
  const asRead = endpoint.status === 'FAILED' && requested.status !== deleted ? endpoint : requested;
  const [last = requested] = isWaiting ? await awaitEndpoints(context, [asRead], goal) : [];
  await io.print(endpointView(last));
  if (last.status === deleted) return;
  const again = `wait ${await referTo(context, endpoint)} --until DELETED`;
  io.hint(`Wait until it is gone: ${context.commandLine(again)}`);
}

/** Asks Atlas to delete it, and returns it as it is from then on: DELETING, or gone where another was faster. */
async function requestDelete(context: Context, endpoint: Endpoint): Promise<Endpoint> {
  const { projectId, provider, id, interfaceEndpoints } = endpoint;
  const atlas = await context.atlas();
  try {
    await atlas.deleteService(projectId, provider, id);
    return { ...endpoint, status: 'DELETING' };
  } catch (error) {
    if (isGone(error)) return toDeleted(endpoint);
    const isInUse = error instanceof ApiError && error.errorCode === 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS';
    if (isInUse && interfaceEndpoints.length > 0) {
      error.hint = `Remove its interface endpoints first: ${interfaceEndpoints.join(', ')}`;
    }
    throw error;
  }
}
