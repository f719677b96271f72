import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { listAttached, readAttached } from '../../interfaces/find.js';
import { interfacesView } from '../../interfaces/view.js';
import type { list } from './list.js';

type Options = OptionsOf<typeof list>;

/** Lists the interface endpoints of one private endpoint, or of all of them. */
export async function run(context: Context, options: Options): Promise<void> {
  const attached = await listAttached(context, options, options);
  await context.io.print(interfacesView(await Promise.all(attached.map((each) => readAttached(context, each)))));
}
