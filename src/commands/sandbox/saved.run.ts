import { path } from '../../atlas/ids.js';
import { UsageError } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { isLoopback } from '../../base/loopback.js';
import { cmd } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import { savedSandbox } from '../../config/paths.js';
import type { Context } from '../../context.js';
import { forgetGone } from '../../sandbox/services.js';
import { emptyWorld, fileStore, projectsOf } from '../../sandbox/world.js';
import type { reset } from '../sandbox.js';
import { readReadyFlags, showReadyAfter } from './options.js';

export async function showSandbox({ io, settings, clock }: Context) {
  const file = savedSandbox(settings.env);
  const world = forgetGone({ world: await fileStore(file).read(), now: clock.now() });
  const row = {
    file,
    readyAfter: showReadyAfter(world.options),
    readyStatus: world.options.readyStatus,
    projectCount: projectsOf(world).length,
    endpointCount: world.services.length,
  };
  await io.print({ single: true, rows: [row], id: 'file' });
}

export async function resetSandbox(context: Context, flags: OptionsOf<typeof reset>) {
  await fileStore(savedSandbox(context.settings.env)).replace(emptyWorld(readReadyFlags(flags)));
  context.io.note('The sandbox is now empty.');
  await showSandbox(context);
}

export async function approveEndpoints(context: Context) {
  const hint = { text: 'Use the built-in one:', commands: [context.settings.again(cmd`--sandbox`)] };
  if (!isLoopback(await context.settings.baseUrl()))
    throw new UsageError('Only a sandbox can approve private endpoints itself.', hint);
  const url = path`/api/atlas/v2/groups/${await context.settings.projectId()}/sandboxApprovals`;
  const answer = await (await context.atlas()).send({ method: 'POST', path: url, body: {} });
  const ids = texts(Object(answer).approved);
  if (ids.length === 0) context.io.note('Nothing waits for an approval.');
  await context.io.print({ single: false, rows: ids.map((id) => ({ id })), id: 'id' });
}
