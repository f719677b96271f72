import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import type { enable } from './enable.js';
import { setMode } from './set.js';

export async function run(context: Context, { yes }: OptionsOf<typeof enable>): Promise<void> {
  await setMode(context, true, yes);
}
