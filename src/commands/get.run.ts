import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { isService } from '../endpoints/family.js';
import { finderOf } from '../endpoints/find.js';
import { hintConversion, hintNext } from '../endpoints/next-step.js';
import { endpointView } from '../endpoints/view.js';
import { readFamily } from './kind-option.js';
import type { get } from './services.js';

/** Shows one private endpoint. */
export async function run(context: Context, options: OptionsOf<typeof get>): Promise<void> {
  const family = readFamily(context.io, options);
  const args = options.endpoint === undefined ? [] : [options.endpoint];
  const found = await finderOf(family)(context, args, options);
  const [endpoint] = found.endpoints;
  if (!endpoint) throw found.notFound(0);
  const terraform = async () => {
    const { openEach, inspectorsOf } = await import('./cloud-access.js');
    const { writeTerraform } = await import('../connections/describe.js');
    const open = inspectorsOf(openEach(context, options, false));
    const endpoints = [endpoint].filter(isService);
    return writeTerraform(context, { endpoints, whole: false }, open, (_, error) => {
      throw error;
    });
  };
  const shown = (await family.complete?.(await context.atlas(), endpoint)) ?? endpoint;
  await context.io.print({ ...endpointView(shown, family.view), own: { terraform } });
  await hintNext(context, family, shown);
  if (isService(shown)) await hintConversion(context, [shown]);
}
