import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { fileStore } from '../../sandbox/store.js';
import { emptyWorld } from '../../sandbox/world.js';
import type { reset } from '../sandbox.js';
import { readReadyFlags } from './options.js';
import { run as status } from './status.run.js';

/** Empties the saved sandbox and sets how its endpoints become ready. */
export async function run(context: Context, flags: OptionsOf<typeof reset>): Promise<void> {
  await fileStore(context.sandboxFile).replace(emptyWorld(readReadyFlags(flags)));
  context.io.note('The sandbox is now empty.');
  await status(context);
}
