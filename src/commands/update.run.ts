import { type Endpoint, endpointKeys } from '../atlas/model.js';
import { parseRegion } from '../atlas/regions.js';
import type { Context } from '../context.js';
import { InterruptedError, UsageError } from '../base/errors.js';
import { endpointView, nameOf } from '../endpoints/view.js';
import { type Filter, findEndpoint, referTo } from '../endpoints/find.js';
import { readRemoteRegions } from '../endpoints/remote-regions.js';

export interface UpdateOptions extends Filter {
  endpoint?: string | undefined;
  /** These and no others. */
  remoteRegion?: readonly string[] | undefined;
  add?: readonly string[] | undefined;
  remove?: readonly string[] | undefined;
}

/** Sets which other AWS regions may connect. */
export async function update(context: Context, options: UpdateOptions): Promise<void> {
  context.io.checkFields(endpointKeys);
  const { remoteRegion, add, remove } = options;
  if (!remoteRegion && !add && !remove) {
    throw new UsageError('There is nothing to change.', 'Name regions with --remote-region, --add or --remove.');
  }
  if (remoteRegion && (add || remove)) {
    throw new UsageError(
      '--remote-region names all regions, so it cannot be combined with --add or --remove.',
      'Leave --remote-region out to change some of them.',
    );
  }
  for (const region of [remoteRegion, add, remove].flatMap((given) => given ?? [])) parseRegion('AWS', region);
  const endpoint = await findEndpoint(context, options.endpoint, options);
  if (endpoint.provider !== 'AWS')
    throw new UsageError(
      `${nameOf(endpoint)} is on ${endpoint.provider}; only AWS has remote regions.`,
      `Name one on AWS: ${context.commandLine('list --provider aws')}`,
    );

  const before = remoteOf(endpoint);
  const after = remoteRegion ?? [...before, ...(add ?? [])];
  const gone = new Set(readRemoteRegions(context, remove ?? [], endpoint));
  const wanted = readRemoteRegions(context, after, endpoint).filter((region) => !gone.has(region));
  const atlas = await context.atlas();
  if (wanted.join() === readRemoteRegions(context, before, endpoint).join()) {
    context.io.note('It is like that already.');
    await context.io.print(endpointView(endpoint));
    return;
  }
  const updated = await atlas.updateService(endpoint.projectId, endpoint.id, wanted).catch(async (error: unknown) => {
    const look = context.commandLine(`get ${await referTo(context, endpoint)}`);
    if (error instanceof InterruptedError && error.mayHaveArrived)
      error.advise(`Whether Atlas took the change is not known. Look: ${look}`);
    throw error;
  });
  await context.io.print(endpointView(updated), { isDone: true });
}

function remoteOf({ supportedRemoteRegions }: Endpoint): string[] {
  return Array.isArray(supportedRemoteRegions) ? supportedRemoteRegions.map(String) : [];
}
