import { interfaceKeys } from '../../atlas/interfaces.js';
import { deleted } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { DeclinedError, NotFoundError, UsageError } from '../../base/errors.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import { readGoal } from '../../endpoints/awaiting.js';
import { detach } from '../../interfaces/detach.js';
import { nameOf } from '../../endpoints/view.js';
import { type Filter, referTo } from '../../endpoints/find.js';
import { interfaceView } from '../../interfaces/view.js';
import { describe, findAttached, notAttached, readAttached, readPlace } from '../../interfaces/find.js';

export interface RemoveOptions extends Filter {
  /** `[ENDPOINT] [INTERFACE]`. */
  args: readonly string[];
  yes?: boolean | undefined;
  wait?: boolean | undefined;
  timeout?: string | undefined;
  ifExists?: boolean | undefined;
}

/** Removes an interface endpoint from its service. Asks first in a terminal; elsewhere --yes is the answer, and needs an id. */
export async function removeInterface(context: Context, options: RemoveOptions): Promise<void> {
  const { io } = context;
  io.checkFields(interfaceKeys);
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const isWaiting = options.wait === true || options.timeout !== undefined;
  const place = readPlace(options.args);
  if (!options.yes && !io.isInteractive) {
    throw new UsageError(
      'Nothing was removed: there is no terminal to ask in.',
      `To go ahead without being asked: ${context.again(place.id === undefined ? 'INTERFACE --yes' : '--yes')}`,
    );
  }
  // A variable that is not set must not remove the only one there is.
  if (options.yes && place.id === undefined) {
    throw new UsageError(
      'Nothing was removed: --yes needs the id of the interface endpoint.',
      `Name it: ${context.again('INTERFACE')}`,
    );
  }
  const ifExists = `If that is fine: ${context.again('--if-exists')}`;
  const found = await findAttached(context, place, options).catch((error: unknown) => {
    // With the endpoint its interface endpoints are gone.
    if (options.ifExists && error instanceof NotFoundError) return undefined;
    if (error instanceof NotFoundError && error.hint?.startsWith('Create')) error.advise(ifExists);
    throw error;
  });
  if (!found) {
    if (!options.ifExists) throw await notAttached(context, place, options, ifExists);
    io.note('There is nothing to remove.');
    const gone = { id: place.id ?? null, projectId: await context.projectId(), status: deleted };
    await io.print(interfaceView({ ...gone, endpointId: null, provider: null, region: null, errorMessage: null }));
    return;
  }
  const { service } = found;
  const others = service.interfaceEndpoints.filter((id) => id !== found.id);
  const staying = await Promise.all(others.map((id) => readAttached(context, { service, id })));
  if (staying.every(({ status }) => status === 'DELETING' || status === deleted)) {
    io.warn(`It is the last interface endpoint of ${nameOf(service)}: Atlas may remove the private endpoint with it.`);
  }
  if (!options.yes && !(await io.confirm(`Remove the interface endpoint ${describe(found)}?`))) {
    throw new DeclinedError('Nothing was removed.');
  }

  const asked = await detach(context, found);
  const goal = { until: deleted, timeoutMs } as const;
  const [last = asked] = isWaiting ? await awaitInterfaces(context, [found], [asked], goal) : [];
  await io.print(interfaceView(last), { isDone: true });
  if (last.status === deleted) return;
  const again = `wait ${await referTo(context, service)} --interface --until ${deleted}`;
  io.hint('Wait until it is gone:', [context.commandLine(again)]);
}
