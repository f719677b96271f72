import { endpointKeys } from '../atlas/model.js';
import type { Context } from '../context.js';
import type { CliError } from '../base/errors.js';
import { describeAll } from '../connections/describe.js';
import { endpointView } from '../endpoints/view.js';
import { type Filter, findEndpoint } from '../endpoints/find.js';
import { hintNextStep } from '../endpoints/next-step.js';

export interface GetOptions extends Filter {
  endpoint?: string | undefined;
}

/** Shows one private endpoint. */
export async function get(context: Context, options: GetOptions): Promise<void> {
  context.io.checkFields(endpointKeys, { terraform: true });
  const endpoint = await findEndpoint(context, options.endpoint, options);
  const fail = (_: string, error: CliError) => {
    throw error;
  };
  const terraform = context.io.format === 'terraform' ? await describeAll(context, [endpoint], fail) : undefined;
  await context.io.print({ ...endpointView(endpoint), ...terraform });
  await hintNextStep(context, endpoint);
}
