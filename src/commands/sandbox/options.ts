import { formatDuration, parseDuration } from '../../base/duration.js';
import { UsageError } from '../../base/errors.js';
import { closest, didYouMean, guessed } from '../../base/suggest.js';
import { parseProvider, providers } from '../../clouds/all.js';
import { parseRegion } from '../../clouds/regions.js';
import { type ClusterSpec, readyStatuses, type WorldOptions } from '../../sandbox/world.js';

/** The options that set how endpoints of a sandbox become ready. */
export interface ReadyFlags {
  readyAfter?: string | undefined;
  readyStatus?: string | undefined;
  /** `name:region,…`: the clusters of each project. */
  cluster?: readonly string[] | undefined;
  lastTakesService?: boolean | undefined;
  awsLag?: string | undefined;
}

/** Reads the options. The sandbox has defaults for those that are not given. Throws usage errors. */
export function readReadyFlags({
  readyAfter,
  readyStatus,
  cluster,
  lastTakesService,
  awsLag,
}: ReadyFlags): Partial<WorldOptions> {
  return {
    ...(cluster !== undefined && { clusters: clustersIn(cluster).map(parseCluster) }),
    ...(awsLag !== undefined && { awsLag: parseDuration(awsLag) }),
    ...(lastTakesService !== undefined && { lastTakesService }),
    ...(readyAfter !== undefined && {
      readyAfter: readyAfter === 'realistic' ? readyAfter : parseReadyAfter(readyAfter),
    }),
    ...(readyStatus !== undefined && { readyStatus: parseReadyStatus(readyStatus) }),
  };
}

/** The time in the format of --ready-after. */
export function showReadyAfter({ readyAfter }: WorldOptions): string {
  return readyAfter === 'realistic' ? readyAfter : formatDuration(readyAfter);
}

function parseReadyAfter(text: string): number {
  if (closest(text, ['realistic'])) throw new UsageError(`'${text}' is not a valid duration.`, guessed('realistic'));
  return parseDuration(text);
}

function parseReadyStatus(text: string): WorldOptions['readyStatus'] {
  const status = readyStatuses.find((name) => name === text.trim().toUpperCase().replaceAll('-', '_'));
  if (status) return status;
  throw new UsageError(`'${text}' is not a valid ready status.`, didYouMean(text, readyStatuses));
}

/** Commas separate both clusters and regions. A value without a colon is another region of the cluster before it. */
function clustersIn(values: readonly string[]): string[] {
  const clusters: string[] = [];
  for (const value of values)
    clusters.push(value.includes(':') || clusters.length === 0 ? value : `${clusters.pop()},${value}`);
  return clusters;
}

/**
 * Reads `app:us-east-1,eu-west-1`. If several clouds have a region of that name, AWS is used, unless it is
 * `azure/US_EAST_2`.
 */
function parseCluster(text: string): ClusterSpec {
  const [name = '', regions = '', ...more] = text.split(':');
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(name) || regions === '' || more.length > 0) {
    throw new UsageError(`'${text}' is not a valid cluster.`, 'Examples: app:us-east-1 or app:us-east-1,eu-west-1');
  }
  return { name, regions: regions.split(',').map(parseClusterRegion) };
}

function parseClusterRegion(text: string): ClusterSpec['regions'][number] {
  const [cloud, region] = text.includes('/') ? text.split('/') : [undefined, text];
  const clouds = cloud === undefined ? providers : [parseProvider(cloud)];
  for (const provider of clouds) {
    try {
      return { provider, atlasRegion: parseRegion(provider, region ?? '').atlasRegion };
    } catch (error) {
      // Another cloud may have it.
      if (provider === clouds.at(-1)) throw error;
    }
  }
  throw new UsageError(`'${text}' is not a valid region.`);
}
