import { formatDuration } from '../../base/duration.js';
import type { OptionsOf } from '../../command.js';
import { savedSandbox } from '../../config/paths.js';
import type { Context } from '../../context.js';
import { forgetGone } from '../../sandbox/services.js';
import { emptyWorld, fileStore, projectsOf } from '../../sandbox/world.js';
import type { reset } from '../sandbox.js';
import { readReadyFlags } from './options.js';

export async function showSandbox({ io, settings, clock }: Context) {
  const file = savedSandbox(settings.env);
  const world = forgetGone({ world: await fileStore(file).read(), now: clock.now() });
  const row = {
    file,
    readyAfter: formatDuration(world.options.readyAfter),
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
