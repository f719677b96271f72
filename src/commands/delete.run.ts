import { deleted } from '../atlas/status.js';
import { advise } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import type { OptionsOf } from '../command.js';
import { removeInterfaces } from '../connections/remove-interfaces.js';
import type { Context } from '../context.js';
import { findEndpoints, referTo } from '../endpoints/find.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { deleteAndAwait, requestDelete } from '../endpoints/request-delete.js';
import { endpointView, goneRow, nameOf } from '../endpoints/view.js';
import { readKind } from '../kinds/all.js';
import { approval, ignoreMissing } from './approval.js';
import type { deleteCommand } from './services.js';

/** Deletes one private endpoint service. Asks first in a terminal. Elsewhere it requires --yes and an endpoint. */
export async function run(context: Context, options: OptionsOf<typeof deleteCommand>): Promise<void> {
  const { io } = context;
  const kind = readKind(options.kind);
  if (kind) return (await import('./kinds.run.js')).removeKind(context, kind, options);
  const { timeoutMs, waits } = readGoal({ ...options, wait: options.wait || options.cascade });
  const approve = approval(context, {
    yes: options.yes,
    undone: 'Nothing was deleted',
    name: { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: options.endpoint !== undefined },
  });

  const found = await findEndpoints(context, options.endpoint === undefined ? [] : [options.endpoint], options);
  const [endpoint] = found.endpoints;
  if (!endpoint) {
    if (!options.ifExists) throw found.notFound(0, ignoreMissing(context));
    io.note('Nothing to delete.');
    await io.print(endpointView(goneRow(found.projectId, found.named[0] ?? {})));
    return;
  }
  const isCascade = options.cascade === true && endpoint.interfaceEndpoints.length > 0;
  const attached = endpoint.interfaceEndpoints.length === 1 ? 'interface endpoint' : 'interface endpoints';
  const too = isCascade ? ` and its ${attached} ${listed(endpoint.interfaceEndpoints)}` : '';
  const what = `the ${clouds[endpoint.provider].title} private endpoint service ${nameOf(endpoint)} (${endpoint.status})${too}`;
  await approve(`Delete ${what}?`);

  // The user has already agreed to this.
  const yes = options.yes ? ['--yes'] : [];
  const deadline = startDeadline(context, { timeoutMs }, true);
  const bare = isCascade ? await removeInterfaces(context, endpoint, deadline, yes) : endpoint;
  const finish = () => (waits ? deleteAndAwait(context, bare, yes, deadline) : requestDelete(context, bare, yes));
  const last = bare.status === deleted ? bare : await finish();
  await io.print(endpointView(last), { isDone: true });
  if (last.status === deleted) return;
  const wait = cmd`wait ${await referTo(context, endpoint)} --until DELETED`;
  io.hint(advise(context, 'Wait until it is gone:', wait));
}
