import type { Context } from '../../context.js';
import { fileStore } from '../../sandbox/store.js';
import { emptyWorld } from '../../sandbox/world.js';
import { type ReadyFlags, readReadyFlags } from './options.js';
import { status, statusKeys } from './status.run.js';

/** Empties the saved sandbox, and sets how its endpoints become ready from now on. */
export async function reset(context: Context, flags: ReadyFlags): Promise<void> {
  context.io.checkFields(statusKeys);
  await fileStore(context.sandboxFile).replace(emptyWorld(readReadyFlags(flags)));
  context.io.note('The sandbox is empty.');
  await status(context);
}
