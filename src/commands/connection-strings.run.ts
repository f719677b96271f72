import { isLoopback } from '../atlas/base-url.js';
import type { Cluster, ConnectionString } from '../atlas/clusters.js';
import { formatDuration } from '../base/duration.js';
import { NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { cmd, option } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { type Coverage, createCoverage, type Meant, readMeant } from '../connections/coverage.js';
import type { Context } from '../context.js';
import { awaitAll, type Subject, timedOut } from '../endpoints/await-all.js';
import { isWaiting, readGoal, startPatience } from '../endpoints/goal.js';
import type { Row, View } from '../ui/view.js';
import { gapWhenUnknown } from '../wait/schedule.js';
import type { connectionStrings } from './connection-strings.js';

type Options = OptionsOf<typeof connectionStrings>;

/** Lists the private connection strings of the clusters in a project. They contain no password. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const waits = isWaiting(options);
  checkCluster(options.cluster);
  const meant = await readMeant(context, options.endpoint);
  const { projectId, isMeant } = meant;
  const stringsOf: StringsOf = ({ strings }) =>
    strings.filter(({ endpoints }) => endpoints.some(({ id }) => isMeant(id)));

  const all = await (await context.atlas()).listClusters(projectId);
  let clusters = all.filter(({ name }) => options.cluster === undefined || name === options.cluster);
  if (options.cluster !== undefined && clusters.length === 0) {
    const hint =
      all.length > 0 ? `Existing clusters: ${listed(all.map(({ name }) => name))}` : 'The project has no clusters.';
    throw new NotFoundError(`Cluster '${options.cluster}' not found.`, hint);
  }
  const coverage = createCoverage(context, meant);
  if (waits) clusters = await awaitStrings(context, clusters, { options, timeoutMs, stringsOf, coverage, projectId });

  const rows = clusters.flatMap((cluster) => stringsOf(cluster).map((string) => rowOf(cluster, string)));
  await io.print(view(rows));
  for (const cluster of clusters)
    if (stringsOf(cluster).length === 0) io.note(await whyNone(context, coverage, cluster));
  if (clusters.length === 0) io.note('The project has no clusters.');
}

type StringsOf = (cluster: Cluster) => readonly ConnectionString[];

interface Waiting {
  options: Options;
  timeoutMs: number;
  stringsOf: StringsOf;
  coverage: Coverage;
  projectId: Meant['projectId'];
}

/**
 * Waits until each cluster that can have a private connection string is IDLE and has one. Says why the others cannot.
 */
async function awaitStrings(context: Context, clusters: readonly Cluster[], waiting: Waiting): Promise<Cluster[]> {
  const { options, timeoutMs, stringsOf, coverage, projectId } = waiting;
  const atlas = await context.atlas();
  const isAtlas = !isLoopback(await context.baseUrl());
  const hopeful: Cluster[] = [];
  const reasons: string[] = [];
  for (const cluster of clusters) {
    const why = stringsOf(cluster).length > 0 ? undefined : await coverage.whyNever(cluster);
    if (why === undefined) hopeful.push(cluster);
    else reasons.push(why);
  }
  if (hopeful.length === 0) {
    throw new NotFoundError(reasons[0] ?? 'The project has no clusters.', 'There is nothing to wait for.');
  }
  for (const reason of reasons) context.io.note(reason);

  const flags = [...option('--cluster', options.cluster), ...option('--endpoint', options.endpoint)];
  const resume = context.commandLine(cmd`connection-strings --wait ${flags}`);
  const subject: Subject<Cluster> = {
    resume: () => resume,
    judge: (each) => (each.status === 'IDLE' && stringsOf(each).length > 0 ? 'reached' : 'pending'),
    look: async (some, how) => {
      const now = new Map((await atlas.listClusters(projectId, how)).map((each) => [each.id, each]));
      return some.map((each) => now.get(each.id) ?? each);
    },
    gap: (_, elapsedMs) => gapWhenUnknown(elapsedMs, isAtlas),
    requests: () => 1,
    name: ({ name }) => name,
    facts: ({ name }) => {
      return { endpointId: null, interfaceEndpointId: null, cluster: name, projectId, provider: null, region: null };
    },
    row: ({ name, status }, elapsedMs) => [name, status, formatDuration(elapsedMs), 'no private connection string yet'],
    error: ({ item }, about) => timedOut(`${item.name} does not have a private connection string yet`, about, resume),
  };
  return awaitAll(context, hopeful, subject, { patience: startPatience(context, { timeoutMs }, true) });
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
    rows,
    single: false,
    id: 'srvConnectionString',
    columns: ['cluster', 'type', 'srvConnectionString'],
    empty: 'No private connection strings.',
  };
}

async function whyNone({ again }: Pick<Context, 'again'>, coverage: Coverage, cluster: Cluster): Promise<string> {
  const { name, status } = cluster;
  const never = await coverage.whyNever(cluster);
  if (never !== undefined) return never;
  const what =
    status === 'IDLE'
      ? 'does not have a private connection string yet.'
      : `is ${status}. Its private connection strings appear when it is IDLE.`;
  return `${name} ${what} To wait: ${again(cmd`--wait`)}`;
}

function checkCluster(name: string | undefined): void {
  if (name === undefined || /^[a-z0-9][a-z0-9-]{0,63}$/i.test(name)) return;
  throw new UsageError(`'${name}' is not a valid cluster name.`, 'Example: Cluster0');
}
