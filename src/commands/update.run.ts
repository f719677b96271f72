import type { Endpoint } from '../atlas/model.js';
import { advise, UsageError } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd } from '../base/shell.js';
import { clouds, remoteProvider } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaitEndpoints } from '../endpoints/await.js';
import { findEndpoint } from '../endpoints/find.js';
import { readGoal } from '../endpoints/goal.js';
import { parseRemoteRegion, readRemoteRegions, referTo } from '../endpoints/name.js';
import { changeUnknown, reconcile } from '../endpoints/reconcile.js';
import { services } from '../endpoints/services.js';
import { endpointView, nameOf } from '../endpoints/view.js';
import type { update } from './services.js';

export async function run(context: Context, options: OptionsOf<typeof update>): Promise<void> {
  const { remoteRegion, add, remove } = options;
  if (!remoteRegion && !add && !remove) {
    throw new UsageError('Nothing to change.', 'Use --remote-region, --add or --remove.');
  }
  if (remoteRegion && (add || remove)) {
    throw new UsageError(
      '--remote-region cannot be combined with --add or --remove.',
      '--remote-region replaces the whole list. Use --add and --remove to change part of it.',
    );
  }
  const read = (given: readonly string[] = []) => given.map((text) => parseRemoteRegion(text).region);
  read(remoteRegion);
  const removed = read(remove);
  const both = read(add).find((region) => removed.includes(region));
  if (both) throw new UsageError(`${both} cannot be both added and removed.`, 'Use only one of --add and --remove.');
  const goal = readGoal(options);
  const endpoint = await findEndpoint(context, options.endpoint, options);
  const { title, hasRemoteRegions } = clouds[endpoint.provider];
  if (!hasRemoteRegions) {
    const { title: only } = clouds[remoteProvider];
    throw new UsageError(
      `${nameOf(endpoint)} is on ${title}. Only ${only} supports remote regions.`,
      advise(context, `Choose an endpoint on ${only}:`, cmd`list --provider ${remoteProvider.toLowerCase()}`),
    );
  }

  const before = texts(endpoint.supportedRemoteRegions);
  const after = remoteRegion ?? [...before, ...(add ?? [])];
  const gone = new Set(readRemoteRegions(context, remove ?? [], endpoint));
  const wanted = readRemoteRegions(context, after, endpoint).filter((region) => !gone.has(region));
  const regionsOf = ({ supportedRemoteRegions }: Endpoint) =>
    texts(supportedRemoteRegions).map((text) => regionNames(remoteProvider, text).atlasRegion);
  const isDone = (each: Endpoint) => regionsOf(each).toSorted().join() === wanted.toSorted().join();
  const change = { isDone, pending: 'Its remote regions have not changed yet.' };
  const isSame = wanted.join() === readRemoteRegions(context, before, endpoint).join();
  let changed = endpoint;
  if (isSame) {
    context.io.note(`No change. Remote regions: ${before.join(', ') || 'none'}.`);
  } else {
    const atlas = await context.atlas();
    const unknown = async () => advise(context, changeUnknown, cmd`get ${await referTo(context, endpoint)}`);
    changed = await reconcile(() => atlas.updateService(endpoint.projectId, endpoint.id, wanted), { unknown });
  }
  // The same command again changes nothing more, and waits.
  const again = context.settings.again(cmd``);
  const [last = changed] = goal.waits
    ? await awaitEndpoints(context, services, [changed], { ...goal, again, change })
    : [];
  await context.io.print(endpointView(last), { isDone: !isSame });
}
