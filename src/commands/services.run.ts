import { deleted, type Endpoint } from '../atlas/model.js';
import { advise, UsageError } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd } from '../base/shell.js';
import { listed } from '../base/words.js';
import { clouds, remoteProvider } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { brokenRows, checkOutage, readBrokenStrings, removeInterfaces, showBroken } from '../connections/removal.js';
import type { Context } from '../context.js';
import { awaitEndpoints, removeEndpoint } from '../endpoints/await.js';
import { findEndpoint, findEndpoints } from '../endpoints/find.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { parseRemoteRegion, readNames, readRemoteRegions, referTo } from '../endpoints/name.js';
import { ignoreMissing } from '../endpoints/next-step.js';
import { changeUnknown, reconcile } from '../endpoints/reconcile.js';
import { endpointView, goneRow, nameOf } from '../endpoints/view.js';
import { approval, endpointArgument } from './saving.js';
import type { deleteCommand, update } from './services.js';

export async function updateService(context: Context, options: OptionsOf<typeof update>) {
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
  const how = { until: goal.until, deadline: startDeadline(context, goal), again, change };
  const [last = changed] = goal.waits ? await awaitEndpoints(context, [changed], how) : [];
  await context.io.print(endpointView(last), { isDone: !isSame });
}

export async function deleteEndpoint(context: Context, options: OptionsOf<typeof deleteCommand>) {
  const { io } = context;
  const { timeoutMs, waits } = readGoal({ ...options, wait: options.wait || options.cascade });
  readNames([options.endpoint], options);
  const question = { yes: options.yes, undone: 'Nothing was deleted' };
  const name = endpointArgument(options.endpoint);
  const approve = approval(context, { ...question, name });
  const found = await findEndpoints(context, [options.endpoint], options);
  const [endpoint] = found.endpoints;
  if (!endpoint) {
    if (!options.ifExists) throw found.notFound(0, ignoreMissing(context));
    io.note('Nothing to delete.');
    const gone = goneRow(found.projectId, found.named[0] ?? {});
    await io.print(endpointView({ ...gone, breaks: [] }));
    return;
  }
  const cascaded = options.cascade ? endpoint.interfaceEndpoints : [];
  const broken = await readBrokenStrings(
    context,
    endpoint.projectId,
    [{ service: endpoint, ids: cascaded }],
    [endpoint],
  );
  checkOutage(context, broken, { ...question, allowOutage: options.allowOutage });
  const attached = cascaded.length === 1 ? 'interface endpoint' : 'interface endpoints';
  const too = cascaded.length === 0 ? '' : ` and its ${attached} ${listed(cascaded)}`;
  const { title } = clouds[endpoint.provider];
  showBroken(io, broken, cascaded.length > 0 ? endpoint.provider : undefined);
  await approve(`Delete the ${title} private endpoint service ${nameOf(endpoint)} (${endpoint.status})${too}?`);

  // The user has already agreed to this.
  const yes = [...(options.yes ? ['--yes'] : []), ...(options.allowOutage ? ['--allow-outage'] : [])];
  const deadline = startDeadline(context, { timeoutMs });
  const bare = cascaded.length > 0 ? await removeInterfaces(context, endpoint, deadline, yes) : endpoint;
  const finish = () => removeEndpoint(context, bare, yes, waits ? deadline : undefined);
  const last = bare.status === deleted ? bare : await finish();
  await io.print(endpointView({ ...last, breaks: brokenRows(broken) }), { isDone: true });
  if (last.status === deleted) return;
  const wait = cmd`wait ${await referTo(context, endpoint)} --until DELETED`;
  io.hint(advise(context, 'Wait until it is gone:', wait));
}
