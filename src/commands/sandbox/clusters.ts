import { UsageError } from '../../base/errors.js';
import { closest, guessed } from '../../base/suggest.js';
import { parseProvider, providers } from '../../clouds/all.js';
import { parseRegion } from '../../clouds/regions.js';
import type { ClusterSpec } from '../../sandbox/world.js';

/** The words beside the regions of a cluster. */
const kinds = {
  paused: { paused: true },
  M0: { tier: 'M0' },
  flex: { tier: 'FLEX' },
} as const satisfies Record<string, Partial<ClusterSpec>>;

/**
 * Reads `app:us-east-1,eu-west-1`, `old:us-east-1,paused` or `free:us-east-1,M0`. If several clouds have a region of
 * that name, AWS is used, unless it is `azure/US_EAST_2`.
 */
export function parseClusters(values: readonly string[]): ClusterSpec[] {
  return clustersIn(values).map(parseCluster);
}

/** Commas separate both clusters and regions. A value without a colon is another region of the cluster before it. */
function clustersIn(values: readonly string[]): string[] {
  const clusters: string[] = [];
  for (const value of values)
    clusters.push(value.includes(':') || clusters.length === 0 ? value : `${clusters.pop()},${value}`);
  return clusters;
}

function parseCluster(text: string): ClusterSpec {
  const [name = '', parts = '', ...more] = text.split(':');
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(name) || parts === '' || more.length > 0) {
    throw new UsageError(`'${text}' is not a valid cluster.`, 'Examples: app:us-east-1 or app:us-east-1,eu-west-1');
  }
  const read = parts.split(',').map((part) => ({ part, kind: kindOf(part) }));
  const regions = read.flatMap(({ part, kind }) => (kind ? [] : [parseClusterRegion(part)]));
  const spec: ClusterSpec = Object.assign({ name, regions }, ...read.map(({ kind }) => kind));
  const isShared = spec.tier !== undefined;
  if (regions.length === 0 || (isShared && (regions.length > 1 || read.filter(({ kind }) => kind?.tier).length > 1))) {
    throw new UsageError(
      `'${text}' is not a valid cluster.`,
      isShared ? 'An M0 or flex cluster has one region, as in free:us-east-1,M0' : 'Example: app:us-east-1,paused',
    );
  }
  return spec;
}

/** What a word says about the cluster; undefined if it is a region. */
function kindOf(word: string): Partial<ClusterSpec> | undefined {
  const names = Object.keys(kinds);
  const name = names.find((each) => each.toLowerCase() === word.trim().toLowerCase());
  if (name !== undefined) return kinds[name as keyof typeof kinds];
  const near = closest(word, names);
  if (near !== undefined) throw new UsageError(`'${word}' is not a valid region.`, guessed(near));
  return undefined;
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
