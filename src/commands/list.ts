import { endpointKeys } from '../atlas/model.js';
import { isReady, parseStatus } from '../atlas/status.js';
import type { Context } from '../context.js';
import { endpointsView } from './shared/endpoint-view.js';
import { type Filter, listEndpoints } from './shared/endpoints.js';

export interface ListOptions extends Filter {
  status?: string | undefined;
}

/** Lists the private endpoints of a project. */
export async function list(context: Context, options: ListOptions): Promise<void> {
  context.io.checkFields(endpointKeys);
  const wanted = options.status === undefined ? undefined : parseStatus(options.status);
  const endpoints = await listEndpoints(context, options);
  const fits = (status: string) => wanted === undefined || (wanted === 'ready' ? isReady(status) : status === wanted);
  await context.io.print(endpointsView(endpoints.filter(({ status }) => fits(status))));
}
