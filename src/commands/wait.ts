import { endpointKeys } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { awaitEndpoints, readGoal, type WaitFlags } from './shared/awaiting.js';
import { endpointsView, endpointView, goneRow } from './shared/endpoint-view.js';
import { type Filter, findEndpoints } from './shared/endpoints.js';

export interface WaitOptions extends Filter, WaitFlags {
  /** `ENDPOINT…`, or `until STATUS [ENDPOINT…]`, which says the same as `--until STATUS`. */
  args: readonly string[];
}

/** Waits until each of the private endpoints has reached a status, or has come past it. */
export async function wait(context: Context, options: WaitOptions): Promise<void> {
  const { args, flags } = readUntil(options);
  context.io.checkFields(endpointKeys);
  const goal = readGoal(flags);
  const { projectId, endpoints, named, notFound } = await findEndpoints(context, args, options);

  // What is not there is what `--until DELETED` asks for.
  const missing = endpoints.findIndex((endpoint) => !endpoint);
  if (missing !== -1 && goal.until !== deleted) throw notFound(missing);
  // One that is named twice, by its id and by its region, is still one.
  const there = new Map(endpoints.flatMap((endpoint) => (endpoint ? [[endpoint.id, endpoint] as const] : [])));
  const last = new Map((await awaitEndpoints(context, [...there.values()], goal)).map((each) => [each.id, each]));

  const rows = endpoints.map((endpoint, index) =>
    endpoint ? (last.get(endpoint.id) ?? endpoint) : goneRow(projectId, named[index] ?? {}),
  );
  const [first] = rows;
  await context.io.print(args.length <= 1 && first ? endpointView(first) : endpointsView([...new Set(rows)]));
}

function readUntil({ args, until, timeout }: WaitOptions): { args: readonly string[]; flags: WaitFlags } {
  if (args[0]?.toLowerCase() !== 'until') return { args, flags: { until, timeout } };
  const [, status, ...rest] = args;
  if (status === undefined) throw new UsageError('wait until what?', 'For example: atlas-pe wait until ready');
  if (until !== undefined) throw new UsageError(`'until ${status}' and --until ${until} say the same thing twice.`);
  return { args: rest, flags: { until: status, timeout } };
}
