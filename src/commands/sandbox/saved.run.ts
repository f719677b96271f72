import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { forgetGone } from '../../sandbox/services.js';
import { fileStore } from '../../sandbox/store.js';
import { emptyWorld, projectsOf } from '../../sandbox/world.js';
import type { reset } from '../sandbox.js';
import { readReadyFlags, showReadyAfter } from './options.js';

/** Shows the contents and options of the saved sandbox. */
export async function showSandbox({ clock, io, sandboxFile }: Context): Promise<void> {
  const world = forgetGone({ world: await fileStore(sandboxFile).read(), now: clock.now() });
  const row = {
    file: sandboxFile,
    readyAfter: showReadyAfter(world.options),
    readyStatus: world.options.readyStatus,
    projectCount: projectsOf(world).length,
    endpointCount: world.services.length,
  };
  await io.print({ single: true, rows: [row], id: 'file' });
}

/** Empties the saved sandbox and sets how its endpoints become ready. */
export async function resetSandbox(context: Context, flags: OptionsOf<typeof reset>): Promise<void> {
  await fileStore(context.sandboxFile).replace(emptyWorld(readReadyFlags(flags)));
  context.io.note('The sandbox is now empty.');
  await showSandbox(context);
}
