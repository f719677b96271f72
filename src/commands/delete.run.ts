import { ApiError, isGone, mayHaveTakenEffect } from '../atlas/errors.js';
import type { Patience } from '../atlas/http.js';
import { type Endpoint, endpointKeys, toDeleted } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import type { Context } from '../context.js';
import { DeclinedError, InterruptedError, UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { quote } from '../base/shell.js';
import { awaitEndpoints } from '../endpoints/await.js';
import { readGoal, startPatience } from '../endpoints/awaiting.js';
import { removeInterfaces } from '../connections/cascade.js';
import { endpointView, goneRow, nameOf } from '../endpoints/view.js';
import { type Filter, findEndpoints, referTo } from '../endpoints/find.js';
import { ofLook } from '../endpoints/lost-answer.js';
import { unlessUnknownTwice } from '../endpoints/second-look.js';

export interface DeleteOptions extends Filter {
  endpoint?: string | undefined;
  yes?: boolean | undefined;
  wait?: boolean | undefined;
  timeout?: string | undefined;
  ifExists?: boolean | undefined;
  /** Its interface endpoints first. */
  cascade?: boolean | undefined;
}

/** Deletes one private endpoint service. Asks first in a terminal; elsewhere --yes is the answer, and needs a name. */
export async function deleteEndpoint(context: Context, options: DeleteOptions): Promise<void> {
  const { io } = context;
  io.checkFields(endpointKeys);
  const goal = readGoal({ until: 'DELETED', timeout: options.timeout });
  const isWaiting = options.wait === true || options.cascade === true || options.timeout !== undefined;
  if (!options.yes && !io.isInteractive) {
    throw new UsageError(
      'Nothing was deleted: there is no terminal to ask in.',
      `To go ahead without being asked: ${context.again(options.endpoint === undefined ? 'ENDPOINT --yes' : '--yes')}`,
    );
  }
  // A variable that is not set must not delete the only one there is.
  if (options.yes && options.endpoint === undefined) {
    throw new UsageError(
      'Nothing was deleted: --yes needs the name of the private endpoint.',
      `Name it: ${context.again('ENDPOINT')}`,
    );
  }

  const found = await findEndpoints(context, options.endpoint === undefined ? [] : [options.endpoint], options);
  const [endpoint] = found.endpoints;
  if (!endpoint) {
    if (!options.ifExists) throw found.notFound(0, `If that is fine: ${context.again('--if-exists')}`);
    io.note('There is nothing to delete.');
    await io.print(endpointView(goneRow(found.projectId, found.named[0] ?? {})));
    return;
  }
  const isCascade = options.cascade === true && endpoint.interfaceEndpoints.length > 0;
  const too = isCascade ? `, and its interface endpoints ${listed(endpoint.interfaceEndpoints)}` : '';
  const what = `the ${endpoint.provider} private endpoint ${nameOf(endpoint)} (${endpoint.status})${too}`;
  if (!options.yes && !(await io.confirm(`Delete ${what}?`))) {
    throw new DeclinedError('Nothing was deleted.');
  }

  // What was agreed to already need not be asked again.
  const yes = options.yes ? ' --yes' : '';
  const patience = startPatience(context, goal, true);
  const bare = isCascade ? await removeInterfaces(context, endpoint, goal.timeoutMs, patience, yes) : endpoint;
  const requested = bare.status === deleted ? bare : await requestDelete(context, bare, yes);
  // To a wait, FAILED after DELETING is the end; here it may be what was there before the deletion began.
  const asRead = bare.status === 'FAILED' && requested.status !== deleted ? bare : requested;
  const [last = requested] = isWaiting ? await awaitEndpoints(context, [asRead], goal, { patience }) : [];
  await io.print(endpointView(last), { isDone: true });
  if (last.status === deleted) return;
  const again = `wait ${await referTo(context, endpoint)} --until DELETED`;
  io.hint('Wait until it is gone:', [context.commandLine(again)]);
}

/** Asks Atlas to delete it, and returns it as it is from then on: DELETING, or gone where another was faster. */
async function requestDelete(context: Context, endpoint: Endpoint, yes: string): Promise<Endpoint> {
  const { projectId, provider, id } = endpoint;
  const atlas = await context.atlas();
  const read = (patience?: Patience) =>
    atlas.getService(projectId, provider, id, patience).catch((error: unknown) => {
      if (isGone(error)) return toDeleted(endpoint);
      throw error;
    });
  try {
    await unlessUnknownTwice(context, () => atlas.deleteService(projectId, provider, id));
    return { ...endpoint, status: 'DELETING' };
  } catch (error) {
    if (isGone(error)) return toDeleted(endpoint);
    if (error instanceof ApiError && error.errorCode === 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS') {
      await adviseInUse(context, error, await read().catch(() => endpoint), yes);
    }
    const again = context.commandLine(`delete ${await referTo(context, endpoint)}${yes}`);
    const unknown = `Whether Atlas deletes it is not known. Asking again does no harm: ${again}`;
    if (error instanceof InterruptedError && error.mayHaveArrived) error.advise(unknown);
    if (mayHaveTakenEffect(error)) {
      const now = await read(ofLook).catch(() => endpoint);
      if (now.status === 'DELETING' || now.status === deleted) return now;
      error.advise(unknown);
    }
    throw error;
  }
}

/** Says which interface endpoints keep it from being deleted, and how to remove them. */
async function adviseInUse(context: Context, error: ApiError, endpoint: Endpoint, yes: string): Promise<void> {
  const { interfaceEndpoints } = endpoint;
  const reference = await referTo(context, endpoint);
  const cascade = context.commandLine(`delete ${reference} --cascade${yes}`);
  const [first] = interfaceEndpoints;
  if (first === undefined) return error.advise(`Remove its interface endpoints first, or with it: ${cascade}`);
  const remove = context.commandLine(`interface remove ${reference} ${quote(first)} --wait${yes}`);
  error.advise(`Remove its interface endpoints first (${listed(interfaceEndpoints)}), or all of them with it:`, [
    remove,
    cascade,
  ]);
}
