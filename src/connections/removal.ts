import { type Cluster, type ClusterRegion, isSamePlace, regionText } from '../atlas/clusters.js';
import { deleted, type Endpoint } from '../atlas/model.js';
import { advise, CliError, isFailure } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd } from '../base/shell.js';
import { listed } from '../base/words.js';
import { clouds, type Provider } from '../clouds/all.js';
import { hasId } from '../clouds/shapes.js';
import { readAgain } from '../endpoints/await.js';
import type { Context } from '../endpoints/context.js';
import { awaitInterfaces, detach } from '../endpoints/interfaces.js';
import { referTo } from '../endpoints/name.js';
import { nameOf } from '../endpoints/view.js';
import type { Io } from '../ui/io.js';
import { inColumns } from '../ui/width.js';
import type { Deadline } from '../wait/deadline.js';

/* What a removal breaks: a private connection string works only while each of its interface endpoints is attached. */

export type BrokenStrings = Awaited<ReturnType<typeof readBrokenStrings>>;

interface Removed {
  service: Endpoint | undefined;
  ids: readonly string[];
}

/** With the regions where they stop working. `otherRegions`: those that are not in `places`, which the command is about. */
function brokenStrings(clusters: readonly Cluster[], removed: readonly Removed[], places: readonly ClusterRegion[]) {
  const services = removed.flatMap(({ service }) => service ?? []);
  const ends = removed.flatMap(({ service, ids }) => {
    // In GCP, two regions can have forwarding rules of one name.
    const regions = service && [service.region, ...texts(service.supportedRemoteRegions)];
    return regions ? { provider: service.provider, regions, ids } : [];
  });
  return clusters.flatMap(({ name, strings, regions: all }) =>
    strings
      .filter(({ endpoints }) =>
        endpoints.some(({ id, provider, region }) =>
          ends.some((end) => end.provider === provider && end.regions.includes(region) && hasId(end.ids, id)),
        ),
      )
      .map(({ srv, standard, endpoints }) => {
        const isThrough = ({ provider, atlasRegion }: ClusterRegion) =>
          endpoints.some((each) => each.provider === provider && each.atlasRegion === atlasRegion);
        // In regional mode, a string can lead to the nodes of one region.
        const regions = all.filter((each) => services.some((at) => isSamePlace(at, each)) || isThrough(each));
        const otherRegions = regions.filter((each) => !places.some((at) => isSamePlace(at, each)));
        return { cluster: name, connectionString: srv ?? standard ?? '', regions, otherRegions };
      }),
  );
}

/** Reads the clusters, unless they are `known`. If they can't be read, it warns and returns null: that must not prevent the removal. */
export async function readBrokenStrings(
  context: Context,
  projectId: string,
  removed: readonly Removed[],
  places: readonly ClusterRegion[],
  known?: readonly Cluster[],
) {
  if (removed.every(({ ids }) => ids.length === 0)) return [];
  try {
    const clusters = known ?? (await (await context.atlas()).listClusters(projectId));
    return brokenStrings(clusters, removed, places);
  } catch (error) {
    if (!isFailure(error)) throw error;
    context.io.warn(`Cannot read which connection strings stop working. ${error.message}`);
    return null;
  }
}

export function brokenRows(broken: BrokenStrings = []) {
  const rows = broken?.map(({ cluster, connectionString, regions }) => {
    return { cluster, connectionString, regions: regions.map(({ region }) => region) };
  });
  return rows ?? null;
}

export function brokenLines(broken: BrokenStrings = []) {
  const strings = (broken ?? []).map(({ cluster, connectionString }) => `${connectionString} (${cluster})`);
  return strings.map((each) => ['breaks', 'Connection string', each]);
}

export function warnOfBroken(io: Pick<Io, 'warn'>, broken: BrokenStrings = []) {
  if (!broken?.length) return;
  const [use, stop] = broken.length === 1 ? ['it', 'It also stops'] : ['them', 'They also stop'];
  const places = [...new Set(broken.flatMap(({ otherRegions }) => otherRegions.map(regionText)))];
  const also = places.length > 0 ? ` ${stop} working in ${listed(places)}.` : '';
  io.warn(`Applications that use ${use} can no longer connect.${also}`);
}

/** `staysIn`: the cloud in which something stays. */
export function showBroken(io: Pick<Io, 'note' | 'warn'>, broken: BrokenStrings, staysIn?: Provider) {
  if (broken?.length) io.note('Plan', (columns) => [...inColumns(brokenLines(broken), columns), '']);
  warnOfBroken(io, broken);
  const what = staysIn && `What your ${clouds[staysIn].account} has for it stays and is billed`;
  if (what) io.note(`Only Atlas's side is removed. ${what}. disconnect removes both.`);
}

/** Throws a conflict if a string stops working in a region that --yes is not about. A question shows it instead. */
export function checkOutage(
  context: Context,
  broken: BrokenStrings,
  { yes, allowOutage, undone }: { yes?: boolean | undefined; allowOutage?: boolean | undefined; undone: string },
) {
  const elsewhere = broken?.filter(({ otherRegions }) => otherRegions.length > 0) ?? [];
  if (!yes || allowOutage || elsewhere.length === 0) return;
  const names = elsewhere.map(
    ({ cluster, otherRegions }) => `${cluster} (${otherRegions.map(regionText).join(', ')})`,
  );
  const text = 'To remove it although applications there lose their connection:';
  const hint = { text, commands: [context.settings.again(cmd`--allow-outage`)] };
  const what = 'it breaks connection strings in other regions too';
  throw new CliError('conflict', `${undone}: ${what}: ${listed([...new Set(names)])}.`, { hint });
}

export async function detachAll(context: Context, service: Endpoint, ids: readonly string[], deadline: Deadline) {
  const removed = [];
  for (const id of ids) removed.push(await detach(context, { service, id }));
  await awaitInterfaces(context, [service], removed, { until: deleted, deadline });
}

/** For `delete --cascade`. Atlas may delete the service with its last one. `yes`: options by which the user agreed, for the hint. */
export async function removeInterfaces(
  context: Context,
  service: Endpoint,
  deadline: Deadline,
  yes: readonly string[],
) {
  for (const id of service.interfaceEndpoints) context.io.note(`Removing ${id} from ${nameOf(service)}.`);
  try {
    await detachAll(context, service, service.interfaceEndpoints, deadline);
    const last = await readAgain(context, service);
    if (last.status === deleted)
      context.io.note(`Atlas deleted ${nameOf(service)} together with its last interface endpoint.`);
    return last;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    // This hint covers only this step. The command handles errors after it.
    const again = cmd`delete ${await referTo(context, service)} --cascade ${yes}`;
    throw error.withHint(advise(context, 'To continue:', again));
  }
}
