import { interfaceKeys } from '../../atlas/interfaces.js';
import type { Context } from '../../context.js';
import type { Filter } from '../../endpoints/find.js';
import { interfaceView } from '../../interfaces/view.js';
import { findAttached, notAttached, readAttached, readPlace } from '../../interfaces/find.js';

export interface GetInterfaceOptions extends Filter {
  /** `[ENDPOINT] [INTERFACE]`. */
  args: readonly string[];
}

/** Shows one interface endpoint. */
export async function getInterface(context: Context, options: GetInterfaceOptions): Promise<void> {
  context.io.checkFields(interfaceKeys);
  const place = readPlace(options.args);
  const found = await findAttached(context, place, options);
  if (!found) throw await notAttached(context, place, options);
  await context.io.print(interfaceView(await readAttached(context, found)));
}
