import { deleted, isLeaving } from '../../atlas/status.js';
import { NotFoundError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { referTo } from '../../endpoints/find.js';
import { isWaiting, readGoal } from '../../endpoints/goal.js';
import { nameOf } from '../../endpoints/view.js';
import { awaitInterfaces } from '../../interfaces/await.js';
import { detach } from '../../interfaces/detach.js';
import { describe, findAttached, notAttached, readAttached, readInterfaceName } from '../../interfaces/find.js';
import { interfaceView } from '../../interfaces/view.js';
import { approval, ignoreMissing } from '../approval.js';
import type { remove } from './remove.js';

type Options = OptionsOf<typeof remove>;

/** Removes an interface endpoint from its service. Asks first in a terminal. Elsewhere it requires --yes and an id. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const waits = isWaiting(options);
  const name = readInterfaceName(options);
  const approve = approval(context, {
    yes: options.yes,
    undone: 'Nothing was removed',
    name: { what: 'an interface endpoint id', word: 'INTERFACE', isGiven: name.id !== undefined },
  });
  const found = await findAttached(context, name, options).catch((error: unknown) => {
    // If the private endpoint is gone, so are its interface endpoints.
    if (options.ifExists && error instanceof NotFoundError) return undefined;
    throw error instanceof NotFoundError && error.reason === 'noneAtAll'
      ? error.withHint(ignoreMissing(context))
      : error;
  });
  if (!found) {
    if (!options.ifExists) throw await notAttached(context, name, options, ignoreMissing(context));
    io.note('Nothing to remove.');
    const gone = { id: name.id ?? null, projectId: await context.projectId(), status: deleted };
    await io.print(interfaceView({ ...gone, endpointId: null, provider: null, region: null, errorMessage: null }));
    return;
  }
  const { service } = found;
  const others = service.interfaceEndpoints.filter((id) => id !== found.id);
  const staying = await Promise.all(others.map((id) => readAttached(context, { service, id })));
  if (staying.every(({ status }) => isLeaving(status))) {
    io.warn(
      `This is the last interface endpoint of ${nameOf(service)}. Atlas may also delete the private endpoint service.`,
    );
  }
  await approve(`Remove interface endpoint ${describe(found)}?`);

  const asked = await detach(context, found);
  const goal = { until: deleted, timeoutMs } as const;
  const [last = asked] = waits ? await awaitInterfaces(context, [found], [asked], goal) : [];
  await io.print(interfaceView(last), { isDone: true });
  if (last.status === deleted) return;
  const again = context.commandLine(cmd`wait ${await referTo(context, service)} --interface --until ${deleted}`);
  io.hint({ text: 'Wait until it is gone:', commands: [again] });
}
