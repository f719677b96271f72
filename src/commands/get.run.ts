import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { findEndpoint } from '../endpoints/find.js';
import { hintConversion, hintNextStep } from '../endpoints/next-step.js';
import { endpointView } from '../endpoints/view.js';
import { readKind } from '../kinds/all.js';
import type { get } from './services.js';

/** Shows one private endpoint. */
export async function run(context: Context, options: OptionsOf<typeof get>): Promise<void> {
  const kind = readKind(options.kind);
  if (kind) return (await import('./kinds.run.js')).getKind(context, kind, options);
  const endpoint = await findEndpoint(context, options.endpoint, options);
  const terraform = async () => {
    const { openEach, inspectorsOf } = await import('./cloud-access.js');
    const { writeTerraform } = await import('../connections/describe.js');
    const open = inspectorsOf(openEach(context, options, false));
    return writeTerraform(context, { endpoints: [endpoint], whole: false }, open, (_, error) => {
      throw error;
    });
  };
  await context.io.print({ ...endpointView(endpoint), own: { terraform } });
  await hintNextStep(context, endpoint);
  await hintConversion(context, [endpoint]);
}
