import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import type { disable } from './disable.js';
import { setMode } from './set.js';

export async function run(context: Context, { yes }: OptionsOf<typeof disable>): Promise<void> {
  await setMode(context, false, yes);
}
