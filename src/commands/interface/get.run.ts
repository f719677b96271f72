import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { findAttached, notAttached, readAttached, readPlace } from '../../interfaces/find.js';
import { interfaceView } from '../../interfaces/view.js';
import type { get } from './get.js';

type Options = OptionsOf<typeof get>;

/** Shows one interface endpoint. */
export async function run(context: Context, options: Options): Promise<void> {
  const place = readPlace(options.name);
  const found = await findAttached(context, place, options);
  if (!found) throw await notAttached(context, place, options);
  await context.io.print(interfaceView(await readAttached(context, found)));
}
