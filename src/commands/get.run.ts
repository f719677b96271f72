import type { CliError } from '../base/errors.js';
import type { OptionsOf } from '../command.js';
import { inTerraform } from '../connections/describe.js';
import type { Context } from '../context.js';
import { findEndpoint } from '../endpoints/find.js';
import { hintConversion, hintNextStep } from '../endpoints/next-step.js';
import { endpointView } from '../endpoints/view.js';
import type { get } from './get.js';

type Options = OptionsOf<typeof get>;

/** Shows one private endpoint. */
export async function run(context: Context, options: Options): Promise<void> {
  const endpoint = await findEndpoint(context, options.endpoint, options);
  const fail = (_: string, error: CliError) => {
    throw error;
  };
  await context.io.print({ ...endpointView(endpoint), ...inTerraform(context, [endpoint], fail) });
  await hintNextStep(context, endpoint);
  await hintConversion(context, [endpoint]);
}
