import { ApiError, isGone } from '../atlas/errors.js';
import { type Endpoint, toDeleted } from '../atlas/model.js';
import { deleted, isLeaving } from '../atlas/status.js';
import type { Advice } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { ofLook } from '../base/look.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { removeInterfaces } from '../connections/cascade.js';
import type { Context } from '../context.js';
import { awaitEndpoints, readAgain } from '../endpoints/await.js';
import { findEndpoints, referTo } from '../endpoints/find.js';
import { isWaiting, readGoal, startPatience } from '../endpoints/goal.js';
import { orLook } from '../endpoints/lost-answer.js';
import { unlessUnknownTwice } from '../endpoints/second-look.js';
import { endpointView, goneRow, nameOf } from '../endpoints/view.js';
import { approval, ignoreMissing } from './approval.js';
import type { deleteEndpoint } from './delete.js';

type Options = OptionsOf<typeof deleteEndpoint>;

/** Deletes one private endpoint service. Asks first in a terminal; elsewhere --yes is the answer, and needs a name. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const goal = readGoal({ until: 'DELETED', timeout: options.timeout });
  const waits = options.cascade === true || isWaiting(options);
  const isGiven = options.endpoint !== undefined;
  const approve = approval(context, {
    yes: options.yes,
    undone: 'Nothing was deleted',
    name: { what: 'the name of the private endpoint', word: 'ENDPOINT', isGiven },
  });

  const found = await findEndpoints(context, options.endpoint === undefined ? [] : [options.endpoint], options);
  const [endpoint] = found.endpoints;
  if (!endpoint) {
    if (!options.ifExists) {
      throw found.notFound(0, ignoreMissing(context));
    }
    io.note('There is nothing to delete.');
    await io.print(endpointView(goneRow(found.projectId, found.named[0] ?? {})));
    return;
  }
  const isCascade = options.cascade === true && endpoint.interfaceEndpoints.length > 0;
  const too = isCascade ? `, and its interface endpoints ${listed(endpoint.interfaceEndpoints)}` : '';
  const what = `the ${endpoint.provider} private endpoint ${nameOf(endpoint)} (${endpoint.status})${too}`;
  await approve(`Delete ${what}?`);

  // What was agreed to already need not be asked again.
  const yes = options.yes ? ['--yes'] : [];
  const patience = startPatience(context, goal, true);
  const bare = isCascade ? await removeInterfaces(context, endpoint, goal.timeoutMs, patience, yes) : endpoint;
  const requested = bare.status === deleted ? bare : await requestDelete(context, bare, yes);
  // To a wait, FAILED after DELETING is the end; here it may be what was there before the deletion began.
  const asRead = bare.status === 'FAILED' && requested.status !== deleted ? bare : requested;
  const [last = requested] = waits ? await awaitEndpoints(context, [asRead], goal, { patience }) : [];
  await io.print(endpointView(last), { isDone: true });
  if (last.status === deleted) return;
  const again = context.commandLine(cmd`wait ${await referTo(context, endpoint)} --until DELETED`);
  io.hint({ text: 'Wait until it is gone:', commands: [again] });
}

/** Asks Atlas to delete it, and returns it as it is from then on: DELETING, or gone where another was faster. */
async function requestDelete(context: Context, endpoint: Endpoint, yes: readonly string[]): Promise<Endpoint> {
  const { projectId, provider, id } = endpoint;
  const atlas = await context.atlas();
  const request = async (): Promise<Endpoint> => {
    await unlessUnknownTwice(context, () => atlas.deleteService(projectId, provider, id));
    return { ...endpoint, status: 'DELETING' };
  };
  const look = async () => {
    const now = await readAgain(context, endpoint, ofLook).catch(() => endpoint);
    return isLeaving(now.status) ? now : undefined;
  };
  const unknown = async () => ({
    text: 'Whether Atlas deletes it is not known. Asking again does no harm:',
    commands: [context.commandLine(cmd`delete ${await referTo(context, endpoint)} ${yes}`)],
  });
  try {
    return await orLook(request, { look, unknown });
  } catch (error) {
    if (isGone(error)) return toDeleted(endpoint);
    if (!(error instanceof ApiError) || error.errorCode !== 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS') throw error;
    throw error.withHint(await howToFree(context, await readAgain(context, endpoint).catch(() => endpoint), yes));
  }
}

/** Which interface endpoints keep it from being deleted, and how to remove them. */
async function howToFree(context: Context, endpoint: Endpoint, yes: readonly string[]): Promise<Advice> {
  const { interfaceEndpoints } = endpoint;
  const reference = await referTo(context, endpoint);
  const cascade = context.commandLine(cmd`delete ${reference} --cascade ${yes}`);
  const [first] = interfaceEndpoints;
  if (first === undefined) return { text: 'Remove its interface endpoints first, or with it:', commands: [cascade] };
  const remove = context.commandLine(cmd`interface remove ${reference} ${first} --wait ${yes}`);
  return {
    text: `Remove its interface endpoints first (${listed(interfaceEndpoints)}), or all of them with it:`,
    commands: [remove, cascade],
  };
}
