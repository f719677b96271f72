import { parseDuration } from '../../base/duration.js';
import { UsageError } from '../../base/errors.js';
import { parseName } from '../../base/words.js';
import { parseProvider } from '../../clouds/all.js';
import { cloudsOf, parseRegion } from '../../clouds/regions.js';
import type { OptionsOf } from '../../command.js';
import { readyStatuses } from '../../sandbox/option-values.js';
import type { ClusterSpec, WorldOptions } from '../../sandbox/world.js';
import type { servingFlags } from '../sandbox.js';

export type ServingOptions = OptionsOf<{ flags: typeof servingFlags }>;

export function readReadyFlags(flags: Pick<ServingOptions, 'readyAfter' | 'readyStatus' | 'cluster'>) {
  const { readyAfter, readyStatus, cluster } = flags;
  return {
    // Commas separate both clusters and regions: a value without a colon is another region of the cluster before it.
    ...(cluster !== undefined && {
      clusters: cluster
        .join(',')
        .split(/,(?=[^,]*:)/)
        .map(parseCluster),
    }),
    ...(readyAfter !== undefined && { readyAfter: parseDuration(readyAfter) }),
    ...(readyStatus !== undefined && { readyStatus: parseName('ready status', readyStatus, readyStatuses) }),
  } satisfies Partial<WorldOptions>;
}

export function parsePort(text: string) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`'${text}' is not a valid port.`, 'Use a number from 0 to 65535. 0 picks a free port.');
}

const kinds = new Map<string, Partial<ClusterSpec>>([
  ['paused', { paused: true }],
  ['sharded', { sharded: true }],
  ['m0', { tier: 'M0' }],
  ['flex', { tier: 'FLEX' }],
]);

/** Reads `app:us-east-1,eu-west-1`, `old:azure/US_EAST_2,paused`, `big:us-east-1,sharded` or `free:us-east-1,M0`. AWS is the first choice. */
function parseCluster(text: string): ClusterSpec {
  const [, name, parts = ''] = /^([A-Za-z0-9][A-Za-z0-9-]{0,63}):([^:]+)$/.exec(text) ?? [];
  const hint = 'Examples: app:us-east-1,eu-west-1 or free:us-east-1,M0. An M0 or flex cluster has one region.';
  const invalid = new UsageError(`'${text}' is not a valid cluster.`, hint);
  if (name === undefined) throw invalid;
  const words = parts.split(',').map((part) => ({ part, kind: kinds.get(part.trim().toLowerCase()) }));
  const regions = words.flatMap(({ part, kind }) => (kind ? [] : parseClusterRegion(part)));
  const spec: ClusterSpec = Object.assign({ name, regions }, ...words.map(({ kind }) => kind));
  if (regions.length === 0 || (spec.tier && regions.length > 1)) throw invalid;
  return spec;
}

function parseClusterRegion(text: string) {
  const [cloud, region = text] = text.includes('/') ? text.split('/') : [];
  const [provider = 'AWS'] = cloud === undefined ? cloudsOf(region) : [parseProvider(cloud)];
  return { provider, atlasRegion: parseRegion(provider, region).atlasRegion };
}
