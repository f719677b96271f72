import { deleted } from '../atlas/status.js';
import { advise } from '../base/errors.js';
import { listed } from '../base/lists.js';
import { cmd } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import type { OptionsOf } from '../command.js';
import {
  brokenRows,
  checkOutage,
  readBrokenStrings,
  removeInterfaces,
  showBroken,
  stayingNote,
} from '../connections/removal.js';
import type { Context } from '../context.js';
import { isService } from '../endpoints/family.js';
import { findEndpoints } from '../endpoints/find.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { referTo } from '../endpoints/name.js';
import { removeEndpoint } from '../endpoints/request-delete.js';
import { services } from '../endpoints/services.js';
import { endpointView, goneRow, nameOf } from '../endpoints/view.js';
import { approval, ignoreMissing } from './approval.js';
import { readFamily } from './kind-option.js';
import type { deleteCommand } from './services.js';

export async function run(context: Context, options: OptionsOf<typeof deleteCommand>): Promise<void> {
  const { io } = context;
  const family = readFamily(io, options);
  const { timeoutMs, waits } = readGoal({ ...options, wait: options.wait || options.cascade });
  const question = { yes: options.yes, undone: 'Nothing was deleted' };
  const name = { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: options.endpoint !== undefined };
  const approve = approval(context, { ...question, name });
  const found = await findEndpoints(context, family, [options.endpoint], options);
  const [endpoint] = found.endpoints;
  if (!endpoint) {
    if (!options.ifExists) throw found.notFound(0, ignoreMissing(context));
    io.note('Nothing to delete.');
    const gone = goneRow(family, found.projectId, found.named[0] ?? {});
    await io.print(endpointView({ ...gone, ...(family === services && { breaks: [] }) }, family.view));
    return;
  }
  const cascaded = options.cascade && isService(endpoint) ? endpoint.interfaceEndpoints : [];
  const broken = isService(endpoint) ? await readBrokenStrings(context, endpoint, cascaded) : [];
  checkOutage(context, broken, { ...question, allowOutage: options.allowOutage });
  const attached = cascaded.length === 1 ? 'interface endpoint' : 'interface endpoints';
  const too = cascaded.length === 0 ? '' : ` and its ${attached} ${listed(cascaded)}`;
  const cloud = isService(endpoint) ? `${clouds[endpoint.provider].title} ` : '';
  showBroken(io, broken);
  if (cascaded.length > 0) io.note(stayingNote(endpoint.provider));
  await approve(`Delete the ${cloud}${family.noun} ${nameOf(endpoint)} (${endpoint.status})${too}?`);

  // The user has already agreed to this.
  const yes = [...(options.yes ? ['--yes'] : []), ...(options.allowOutage ? ['--allow-outage'] : [])];
  const deadline = startDeadline(context, { timeoutMs });
  const isCascade = isService(endpoint) && cascaded.length > 0;
  const bare = isCascade ? await removeInterfaces(context, endpoint, deadline, yes) : endpoint;
  const finish = () => removeEndpoint(context, family, bare, yes, waits ? deadline : undefined);
  const last = bare.status === deleted ? bare : await finish();
  const row = isService(endpoint) ? { ...last, breaks: brokenRows(broken) } : last;
  await io.print(endpointView(row, family.view), { isDone: true });
  if (last.status === deleted) return;
  const wait = cmd`wait ${family.flags} ${await referTo(context, endpoint)} --until DELETED`;
  io.hint(advise(context, 'Wait until it is gone:', wait));
}
