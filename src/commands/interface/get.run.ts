import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { findAttached, notAttached, readAttached, readInterfaceName } from '../../interfaces/find.js';
import { interfaceView } from '../../interfaces/view.js';
import type { get } from './get.js';

type Options = OptionsOf<typeof get>;

/** Shows one interface endpoint. */
export async function run(context: Context, options: Options): Promise<void> {
  const name = readInterfaceName(options);
  const found = await findAttached(context, name, options);
  if (!found) throw await notAttached(context, name, options);
  await context.io.print(interfaceView(await readAttached(context, found)));
}
