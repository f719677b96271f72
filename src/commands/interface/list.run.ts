import { interfaceKeys } from '../../atlas/interfaces.js';
import type { Context } from '../../context.js';
import type { Filter } from '../../endpoints/find.js';
import { interfacesView } from '../../interfaces/view.js';
import { listAttached, readAttached } from '../../interfaces/find.js';

export interface ListInterfacesOptions extends Filter {
  endpoint?: string | undefined;
}

/** Lists the interface endpoints of one private endpoint, or of all of them. */
export async function listInterfaces(context: Context, options: ListInterfacesOptions): Promise<void> {
  context.io.checkFields(interfaceKeys);
  const attached = await listAttached(context, options, options);
  await context.io.print(interfacesView(await Promise.all(attached.map((each) => readAttached(context, each)))));
}
