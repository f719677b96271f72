import type { Cluster, ConnectionString } from '../atlas/clusters.js';
import { interfaceKind } from '../atlas/interfaces.js';
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

  const all = await atlas.listClusters(projectId);
  let clusters = all.filter(({ name }) => options.cluster === undefined || name === options.cluster);
  if (options.cluster !== undefined && clusters.length === 0) {
    const hint =
      all.length > 0 ? `There are: ${all.map(({ name }) => name).join(', ')}` : 'The project has no clusters.';
    throw new NotFoundError(`There is no cluster '${options.cluster}'.`, hint);
  }
  if (isWaiting) {
    const resume = [
      'connection-strings --wait',
      options.cluster === undefined ? '' : ` --cluster ${options.cluster}`,
      options.endpoint === undefined ? '' : ` --endpoint ${options.endpoint}`,
    ].join('');
    const subject: Subject<Cluster> = {
      resume: () => context.commandLine(resume),
      judge: (cluster) => (cluster.status === 'IDLE' && stringsOf(cluster).length > 0 ? 'reached' : 'pending'),
      look: async (some, how) => {
        const now = new Map((await atlas.listClusters(projectId, how)).map((each) => [each.id, each]));
        return some.map((each) => now.get(each.id) ?? each);
      },
      gap: (_, elapsedMs) => gapWhenUnknown(elapsedMs),
      requests: () => 1,
      name: ({ name }) => name,
      row: (cluster, elapsedMs) => [
        cluster.name,
        cluster.status,
        formatDuration(elapsedMs),
        'no private connection string yet',
      ],
      error: ({ item }, about) =>
        timedOut(`${item.name} has no private connection string for it`, about, context.commandLine(resume)),
    };
    // A cluster whose regions private endpoints don't cover would be waited for in vain.
    const patience = startPatience(context, { timeoutMs }, true);
    clusters = await awaitAll(
      context,
      clusters.filter(({ isPaused }) => !isPaused),
      subject,
      { patience },
    );
  }

  const rows = clusters.flatMap((cluster) => stringsOf(cluster).map((string) => rowOf(cluster, string)));
  await io.print(view(rows));
  for (const cluster of clusters) if (stringsOf(cluster).length === 0) io.note(await whyNone(context, cluster));
  if (clusters.length === 0) io.note('The project has no clusters.');
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
async function whyNone(context: Context, { name, status, isPaused, regions }: Cluster): Promise<string> {
  if (isPaused) return `${name} is paused, so it has no private connection string.`;
  if (status !== 'IDLE') return `${name} is ${status}; its private connection strings appear once it is IDLE: --wait`;
  const endpoints = await listEndpoints(context, {});
  const uncovered = regions.filter(
    ({ provider, atlasRegion }) =>
      !endpoints.some(
        (each) => each.provider === provider && each.atlasRegion === atlasRegion && each.interfaceEndpoints.length > 0,
      ),
  );
  if (uncovered.length === 0) return `${name} has no private connection string for it.`;
  const where = uncovered.map(({ provider, atlasRegion }) => `${provider} ${fromAtlasRegion(provider, atlasRegion)}`);
  return `${name} has no private connection string, since no interface endpoint is in ${where.join(', ')}, where it has nodes.`;
}
