import { type Cluster, type ClusterRegion, isSamePlace, regionText } from '../atlas/clusters.js';
import type { Endpoint } from '../atlas/model.js';
import { CliError, isFailure } from '../base/errors.js';
import { texts } from '../base/json.js';
import { listed } from '../base/lists.js';
import { cmd } from '../base/shell.js';
import { hasId } from '../clouds/shapes.js';
import type { Context } from '../endpoints/context.js';
import type { Io } from '../ui/io.js';
import type { Row } from '../ui/view.js';
import { inColumns } from '../ui/width.js';

/* What a removal breaks: a private connection string works only while each of its interface endpoints is attached. */

interface BrokenString {
  cluster: string;
  connectionString: string;
  /** The regions with nodes of the cluster in which it stops working. */
  regions: readonly ClusterRegion[];
  /** Those of them that the removal isn't about. */
  otherRegions: readonly ClusterRegion[];
}

/** Null if the clusters can't be read, so that nobody knows. */
export type BrokenStrings = readonly BrokenString[] | null;

/**
 * The connection strings that stop working when these interface endpoints of a service are removed. Warns if they can't be
 * read: that must not prevent the removal.
 */
export async function readBrokenStrings(
  context: Pick<Context, 'io' | 'atlas'>,
  service: Endpoint,
  removed: readonly string[],
): Promise<BrokenStrings> {
  if (removed.length === 0) return [];
  // In GCP, two regions can have forwarding rules of one name.
  const places = [service.region, ...texts(service.supportedRemoteRegions)];
  const isRemoved = ({ id, provider, region }: Cluster['strings'][number]['endpoints'][number]) =>
    provider === service.provider && places.includes(region) && hasId(removed, id);
  try {
    const clusters = await (await context.atlas()).listClusters(service.projectId);
    return clusters.flatMap(({ name, strings, regions: all }) =>
      strings
        .filter(({ endpoints }) => endpoints.some(isRemoved))
        .map(({ srv, standard, endpoints }) => {
          const isThrough = ({ provider, atlasRegion }: ClusterRegion) =>
            endpoints.some((each) => each.provider === provider && each.atlasRegion === atlasRegion);
          // In regional mode, a string can lead to the nodes of one region.
          const regions = all.filter((each) => isSamePlace(each, service) || isThrough(each));
          const otherRegions = regions.filter((each) => !isSamePlace(each, service));
          return { cluster: name, connectionString: srv ?? standard ?? '', regions, otherRegions };
        }),
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    context.io.warn(`Cannot read which connection strings stop working. ${error.message}`);
    return null;
  }
}

/** What JSON output has about them. */
export function brokenRows(broken: BrokenStrings = []): Row[] | null {
  const toRow = ({ cluster, connectionString, regions }: BrokenString) => {
    return { cluster, connectionString, regions: regions.map(({ region }) => region) };
  };
  return broken?.map(toRow) ?? null;
}

export function brokenLines(broken: BrokenStrings = []): string[][] {
  const toLine = ({ cluster, connectionString }: BrokenString) => {
    return ['breaks', 'Connection string', `${connectionString} (${cluster})`];
  };
  return (broken ?? []).map(toLine);
}

/** Says before the question what the rows mean. */
export function warnOfBroken(io: Pick<Io, 'warn'>, broken: BrokenStrings = []): void {
  if (!broken?.length) return;
  const [use, stop] = broken.length === 1 ? ['it', 'It also stops'] : ['them', 'They also stop'];
  const places = [...new Set(broken.flatMap(({ otherRegions }) => otherRegions.map(regionText)))];
  const also = places.length > 0 ? ` ${stop} working in ${listed(places)}.` : '';
  io.warn(`Applications that use ${use} can no longer connect.${also}`);
}

/** The same for a question without a plan. */
export function showBroken(io: Pick<Io, 'note' | 'warn'>, broken: BrokenStrings): void {
  const lines = (columns?: number) => inColumns(brokenLines(broken), columns);
  if (broken?.length) io.note('Plan', (columns) => [...lines(columns), '']);
  warnOfBroken(io, broken);
}

/** Throws a conflict if a string stops working in a region that --yes is not about. A question shows it instead. */
export function checkOutage(
  context: Pick<Context, 'settings'>,
  broken: BrokenStrings,
  { yes, allowOutage, undone }: { yes?: boolean | undefined; allowOutage?: boolean | undefined; undone: string },
): void {
  const elsewhere = broken?.filter(({ otherRegions }) => otherRegions.length > 0) ?? [];
  if (!yes || allowOutage || elsewhere.length === 0) return;
  const names = elsewhere.map(({ cluster, otherRegions }) => `${cluster} (${otherRegions.map(regionText).join(', ')})`);
  const hint = {
    text: 'To remove it although applications there lose their connection:',
    commands: [context.settings.again(cmd`--allow-outage`)],
  };
  const what = 'it breaks connection strings in other regions too';
  throw new CliError('conflict', `${undone}: ${what}: ${listed([...new Set(names)])}.`, { hint });
}
