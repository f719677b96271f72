import type { Context } from '../../context.js';
import { forgetGone } from '../../sandbox/services.js';
import { fileStore } from '../../sandbox/store.js';
import { projectsOf } from '../../sandbox/world.js';
import { showReadyAfter } from './options.js';

/** Shows the contents and options of the saved sandbox. */
export async function run(context: Context): Promise<void> {
  const world = forgetGone(await fileStore(context.sandboxFile).read(), context.clock.now());
  const row = {
    file: context.sandboxFile,
    readyAfter: showReadyAfter(world.options),
    readyStatus: world.options.readyStatus,
    projects: projectsOf(world),
    endpoints: world.services.length,
  };
  await context.io.print({ single: true, rows: [row], id: 'file' });
}
