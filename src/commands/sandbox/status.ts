import type { Context } from '../../context.js';
import { formatDuration } from '../../duration.js';
import { fileStore } from '../../sandbox/store.js';
import { forgetGone, projectsOf } from '../../sandbox/world.js';

export const statusKeys = ['file', 'readyAfter', 'readyStatus', 'projects', 'endpoints'];

/** Shows what the saved sandbox of `--sandbox` holds and how it behaves. */
export async function status(context: Context): Promise<void> {
  const world = forgetGone(await fileStore(context.sandboxFile).read(), context.clock.now());
  const { readyAfter, readyStatus } = world.options;
  const row = {
    file: context.sandboxFile,
    readyAfter: readyAfter === 'realistic' ? readyAfter : formatDuration(readyAfter),
    readyStatus,
    projects: projectsOf(world),
    endpoints: world.services.length,
  };
  await context.io.print({ single: true, rows: [row], keys: statusKeys, columns: statusKeys, id: 'file' });
}
