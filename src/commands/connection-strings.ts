import type { Cluster, ConnectionString } from '../atlas/clusters.js';
import { interfaceKind } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import { fromAtlasRegion } from '../atlas/regions.js';
import type { Context } from '../context.js';
import { formatDuration } from '../duration.js';
import { NotFoundError, UsageError } from '../errors.js';
import type { Row, View } from '../ui/view.js';
import { gapWhenUnknown } from '../wait/schedule.js';
import { awaitAll, readGoal, type Subject, startPatience, timedOut } from './shared/awaiting.js';
import { findEndpoints, listEndpoints } from './shared/endpoints.js';

export interface ConnectionStringsOptions {
  cluster?: string | undefined;
  /** An interface endpoint, or a private endpoint, which stands for all its interface endpoints. */
  endpoint?: string | undefined;
  wait?: boolean | undefined;
  timeout?: string | undefined;
}

type Endpoints = () => Promise<Endpoint[]>;

const keys = [
  ...['cluster', 'endpoints', 'type', 'srvConnectionString', 'connectionString'],
  'srvShardOptimizedConnectionString',
];

/** Lists the private connection strings of the project's clusters. They hold no password. */
export async function connectionStrings(context: Context, options: ConnectionStringsOptions): Promise<void> {
  const { io } = context;
  io.checkFields(keys);
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const isWaiting = options.wait === true || options.timeout !== undefined;
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  const isMeant = await readEndpoint(context, options.endpoint);
  const stringsOf = ({ strings }: Cluster) =>
    strings.filter(({ endpoints }) => endpoints.some(({ id }) => isMeant(id)));

  // What endpoints there are is asked once, and only where it matters.
  let listed: Promise<Endpoint[]> | undefined;
  const endpoints: Endpoints = () => {
    listed ??= listEndpoints(context, {});
    return listed;
  };

  const all = await atlas.listClusters(projectId);
  let clusters = all.filter(({ name }) => options.cluster === undefined || name === options.cluster);
  if (options.cluster !== undefined && clusters.length === 0) {
    const hint =
      all.length > 0 ? `There are: ${all.map(({ name }) => name).join(', ')}` : 'The project has no clusters.';
    throw new NotFoundError(`There is no cluster '${options.cluster}'.`, hint);
  }
  if (isWaiting) {
    // A cluster that cannot get one would be waited for in vain.
    const hopeless = await Promise.all(clusters.map((cluster) => whyNever(endpoints, cluster)));
    const awaited = clusters.filter((cluster, index) => hopeless[index] === undefined || stringsOf(cluster).length > 0);
    const [reason] = hopeless.filter((why) => why !== undefined);
    if (awaited.length === 0)
      throw new NotFoundError(reason ?? 'The project has no clusters.', 'There is nothing to wait for.');
    clusters = await awaitStrings(context, awaited, options, timeoutMs, stringsOf);
  }

  const rows = clusters.flatMap((cluster) => stringsOf(cluster).map((string) => rowOf(cluster, string)));
  await io.print(view(rows));
  for (const cluster of clusters) if (stringsOf(cluster).length === 0) io.note(await whyNone(endpoints, cluster));
  if (clusters.length === 0) io.note('The project has no clusters.');
}

/** Waits until each cluster is IDLE and has such a string. */
async function awaitStrings(
  context: Context,
  clusters: readonly Cluster[],
  { cluster, endpoint }: ConnectionStringsOptions,
  timeoutMs: number,
  stringsOf: (cluster: Cluster) => readonly ConnectionString[],
): Promise<Cluster[]> {
  const atlas = await context.atlas();
  const projectId = await context.projectId();
  const resume = context.commandLine(
    `connection-strings --wait${cluster === undefined ? '' : ` --cluster ${cluster}`}${endpoint === undefined ? '' : ` --endpoint ${endpoint}`}`,
  );
  const subject: Subject<Cluster> = {
    resume: () => resume,
    judge: (each) => (each.status === 'IDLE' && stringsOf(each).length > 0 ? 'reached' : 'pending'),
    look: async (some, how) => {
      const now = new Map((await atlas.listClusters(projectId, how)).map((each) => [each.id, each]));
      return some.map((each) => now.get(each.id) ?? each);
    },
    gap: (_, elapsedMs) => gapWhenUnknown(elapsedMs),
    requests: () => 1,
    name: ({ name }) => name,
    row: ({ name, status }, elapsedMs) => [name, status, formatDuration(elapsedMs), 'no private connection string yet'],
    error: ({ item }, about) => timedOut(`${item.name} has no private connection string for it yet`, about, resume),
  };
  return awaitAll(context, clusters, subject, { patience: startPatience(context, { timeoutMs }, true) });
}

function rowOf({ name }: Cluster, { type, standard, srv, srvShardOptimized, endpoints }: ConnectionString): Row {
  return {
    cluster: name,
    endpoints: endpoints.map(({ id, provider, atlasRegion }) => ({ id, provider, atlasRegion })),
    type,
    srvConnectionString: srv,
    connectionString: standard,
    srvShardOptimizedConnectionString: srvShardOptimized,
  };
}

function view(rows: readonly Row[]): View {
  return {
    ...{ rows, keys, single: false, id: 'srvConnectionString' },
    columns: ['cluster', 'type', 'srvConnectionString'],
    expendable: ['type'],
    empty: 'No private connection strings.',
  };
}

/** Which interface endpoints are meant: one, those of a private endpoint, or all. */
async function readEndpoint(context: Context, endpoint: string | undefined): Promise<(id: string) => boolean> {
  if (endpoint === undefined) return () => true;
  if (interfaceKind(endpoint)) return (id) => id === endpoint;
  try {
    const { endpoints, notFound } = await findEndpoints(context, [endpoint], {});
    const [found] = endpoints;
    if (!found) throw notFound(0);
    return (id) => found.interfaceEndpoints.includes(id);
  } catch (error) {
    // What reads like no id and no region is the name of an endpoint group of GCP.
    if (!(error instanceof UsageError)) throw error;
    const all = await listEndpoints(context, { provider: 'gcp' });
    if (!all.some(({ interfaceEndpoints }) => interfaceEndpoints.includes(endpoint))) throw error;
    return (id) => id === endpoint;
  }
}

/** Why a cluster has no private connection string. */
async function whyNone(endpoints: Endpoints, cluster: Cluster): Promise<string> {
  const { name, status } = cluster;
  const never = await whyNever(endpoints, cluster);
  if (never !== undefined) return never;
  if (status !== 'IDLE') return `${name} is ${status}; its private connection strings appear once it is IDLE: --wait`;
  return `${name} has no private connection string for it.`;
}

/** Why a cluster will get none as things are, or undefined where it may. */
async function whyNever(endpoints: Endpoints, { name, isPaused, regions }: Cluster): Promise<string | undefined> {
  if (isPaused) return `${name} is paused, so it has no private connection string.`;
  const all = await endpoints();
  const uncovered = regions.filter(
    ({ provider, atlasRegion }) =>
      !all.some(
        (each) => each.provider === provider && each.atlasRegion === atlasRegion && each.interfaceEndpoints.length > 0,
      ),
  );
  if (uncovered.length === 0) return undefined;
  const where = uncovered.map(({ provider, atlasRegion }) => `${provider} ${fromAtlasRegion(provider, atlasRegion)}`);
  return `${name} has no private connection string, since no interface endpoint is in ${where.join(', ')}, where it has nodes.`;
}
