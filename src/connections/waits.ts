import {
  type Cluster,
  type ClusterRegion,
  type ConnectionString,
  hasNodesIn,
  isSamePlace,
  regionText,
} from '../atlas/clusters.js';
import { deleted, type Endpoint, hasEnded, type InterfaceEndpoint, isLeaving } from '../atlas/model.js';
import { advise, CliError, isFailure } from '../base/errors.js';
import { onceByKey } from '../base/once.js';
import { cmd, option } from '../base/shell.js';
import { listed } from '../base/words.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { Cloud } from '../clouds/cloud.js';
import { canConnect, type Found } from '../clouds/found.js';
import { hasId, shortName } from '../clouds/shapes.js';
import { readAgain } from '../endpoints/await.js';
import { awaitAll, awaitEach, type WaitSubject } from '../endpoints/await-all.js';
import type { Context } from '../endpoints/context.js';
import { eachOf } from '../endpoints/find.js';
import { startDeadline } from '../endpoints/goal.js';
import { attachedTo, readAttached } from '../endpoints/interfaces.js';
import type { RequestLimits } from '../http/ask.js';
import type { Deadline } from '../wait/deadline.js';
import { secondLookMs } from '../wait/wait.js';

export function connectAll(context: Pick<Context, 'settings'>, names: readonly string[]) {
  const text = names.length > 1 ? 'Connect all regions of these clusters:' : 'Connect all regions of the cluster:';
  return advise(context, text, cmd`connect ${names.flatMap((name) => ['--cluster', name])}`);
}

export type StringsOf = (cluster: Cluster) => readonly ConnectionString[];

export function leadsThrough({ endpoints }: ConnectionString, ids: readonly string[]) {
  return endpoints.some(({ id }) => hasId(ids, id));
}

export interface ServiceReads {
  /** All services of the project on a cloud; undefined if they can't be read. */
  all(provider: Provider): Promise<readonly Endpoint[] | undefined>;
  /** An interface endpoint of a service; undefined if it isn't read. */
  attached(service: Endpoint, id: string): Promise<InterfaceEndpoint | undefined>;
}

/** Where each interface endpoint failed, was rejected, or is being removed. What isn't read is not known to be missing. */
export async function uncoveredRegions({ regions }: Cluster, { all, attached }: ServiceReads) {
  const isUncovered = async (region: ClusterRegion) => {
    const inRegion = (await all(region.provider))?.filter((service) => isSamePlace(service, region));
    const read = inRegion && (await eachOf(attachedTo(inRegion), ({ service, id }) => attached(service, id)));
    return read?.every((each) => each && hasEnded(each)) ?? false;
  };
  const flags = await Promise.all(regions.map(isUncovered));
  return regions.filter((_, index) => flags[index]);
}

interface WantedStrings {
  projectId: string;
  /** The services that a string may lead through; undefined: all of the project. */
  services: readonly Endpoint[] | undefined;
  stringsOf: StringsOf;
  /** Only services for which `counts` is true cover a region; `what` says in a sentence which ones these are. */
  counts?(service: Endpoint): boolean;
  what?: string;
  /** In the regions of `services`, only these interface endpoints cover a region. */
  isSelected?(id: string): boolean;
}

/** `reasons`: by the ids of clusters. `isComplete`: nothing failed. `again`: lists kept between the reads of a wait, of which only the first one warns. */
export async function eligibleOf(
  context: Context,
  clusters: readonly Cluster[],
  { projectId, services, stringsOf, counts = () => true, what = '', isSelected = () => true }: WantedStrings,
  again?: { lists: ReturnType<typeof onceByKey>; limits: RequestLimits },
) {
  const { lists = onceByKey(), limits } = again ?? {};
  const once = onceByKey();
  const all = (provider: Provider) =>
    lists(provider, async () => {
      const list = await (await context.atlas()).listServices(projectId, provider, limits);
      const own = services?.filter((service) => service.provider === provider) ?? [];
      // The list may not have what was just created or attached.
      const now = await eachOf(own, (service) => readAgain(context, service, limits));
      const others = list.filter((each) => !own.some(({ id }) => id === each.id));
      return [...now.filter(({ status }) => status !== deleted), ...others].filter(counts).map((service) => {
        const isPart = own.some((each) => isSamePlace(each, service));
        return isPart ? { ...service, interfaceEndpoints: service.interfaceEndpoints.filter(isSelected) } : service;
      });
    });
  const attached = (service: Endpoint, id: string) =>
    once(`${service.id} ${id}`, () => readAttached(context, { service, id }, limits));

  async function whyIneligible(cluster: Cluster): Promise<string | undefined> {
    const { name, status, isPaused, shared, regions } = cluster;
    const none = `gets no private connection string${what}`;
    if (stringsOf(cluster).length > 0) return undefined;
    if (shared !== null) return `${name} is a cluster of type ${shared}, which does not support private endpoints.`;
    if (isLeaving(status)) return `${name} is being deleted, so it ${none}.`;
    if (isPaused) return `${name} is paused, so it ${none}.`;
    if (regions.length > 0 && services && !services.some((service) => hasNodesIn(cluster, service))) {
      const where = listed(services.map(regionText));
      return `${name} has no private connection string for this endpoint, because it has no nodes in ${where}.`;
    }
    const regionsWithout = await uncoveredRegions(cluster, { all, attached });
    if (regionsWithout.length === 0) return undefined;
    uncovered.push(...regionsWithout);
    const where = listed(regionsWithout.map(regionText));
    return `${name} ${none} yet. It has nodes in ${where}, but no connected interface endpoint${what} there.`;
  }

  const eligible: Cluster[] = [];
  const uncovered: ClusterRegion[] = [];
  const reasons = new Map<string, string>();
  let isComplete = true;
  for (const cluster of clusters) {
    const why = await whyIneligible(cluster).catch((error: unknown) => {
      // This is only an explanation, so an error here must not fail the command.
      if (!isFailure(error)) throw error;
      if (!again) context.io.warn(error.message);
      isComplete = false;
      return undefined;
    });
    if (why === undefined) eligible.push(cluster);
    else reasons.set(cluster.id, why);
  }
  return { eligible, reasons, uncovered, isComplete };
}

/** `ready`: Atlas can be asked to attach it. If it is too early, the attachment fails for good. One that is gone is DELETED. */
export async function awaitCloudEndpoint(
  context: Context,
  endpoint: Found,
  { read }: Pick<Cloud, 'read'>,
  about: Pick<Endpoint, 'projectId' | 'provider' | 'region'> & { endpointId: string | null },
  { until, deadline }: { until: 'ready' | 'gone'; deadline: Deadline },
) {
  const toItem = (found: Found | null) => {
    const isGoing = until === 'gone' && found?.stage === 'deleting';
    return { id: endpoint.id, status: isGoing ? 'DELETING' : (found?.state ?? deleted), found };
  };
  const subject: WaitSubject<ReturnType<typeof toItem>> = {
    resume: () => context.settings.again(cmd``),
    statusVerdict: ({ found }) => {
      if (until === 'gone') return found === null ? 'reached' : 'pending';
      if (found === null || !canConnect(found)) return 'failed';
      return found.stage === 'pending' ? 'pending' : 'reached';
    },
    poll: async (_, how) => [toItem(await read(endpoint.id, how))],
    name: ({ id }) => id,
    facts: ({ id }) => ({ ...about, interfaceEndpointId: id }),
    error: ({ id, status }) => {
      const gone = { hint: 'The next run creates another one.' };
      if (status === deleted) return new CliError('endpointFailed', `${id} is gone, so it cannot connect.`, gone);
      const stays = { hint: `${shortName(id)} was not deleted.`, reason: 'cannotConnect' } as const;
      return new CliError('endpointFailed', `${id} is ${status}, so it cannot connect.`, stays);
    },
  };
  const rest = startDeadline(context, { timeoutMs: deadline.remainingMs() }, { by: clouds[about.provider].title });
  const how = { deadline: { ...rest, limitMs: deadline.limitMs } };
  const [last] = await awaitAll(context, [toItem(endpoint)], subject, how);
  return last?.found ?? endpoint;
}

/** Until each is IDLE with such a string, or can no longer get one. `named`: how a command line names clusters and endpoints. */
export async function awaitStrings(
  context: Context,
  clusters: readonly Cluster[],
  wanted: WantedStrings,
  deadline: Deadline,
  named: { [Name in 'cluster' | 'endpoint' | 'provider']?: string | undefined } = {},
) {
  const { projectId, stringsOf } = wanted;
  const atlas = await context.atlas();
  let lists = onceByKey();
  const reasons = new Map<string, string>();
  let polls = 0;
  const flags = (['cluster', 'endpoint', 'provider'] as const).flatMap((name) => option(`--${name}`, named[name]));
  const resume = context.settings.commandLine(cmd`connection-strings --wait ${flags}`);
  const subject: WaitSubject<Cluster> = {
    resume: () => resume,
    statusVerdict: (each) => {
      if (each.status === 'IDLE' && stringsOf(each).length > 0) return 'reached';
      return each.status === deleted || reasons.has(each.id) ? 'failed' : 'pending';
    },
    poll: async (some, how) => {
      const read = await atlas.listClusters(projectId, how);
      const listed = new Map(read.map((each) => [each.id, each]));
      const now = some.map((each) => listed.get(each.id) ?? { ...each, status: deleted });
      // Each interface endpoint takes a request, so these are read at every other poll.
      if (++polls % 2 === 1) return now;
      const living = now.filter(({ status }) => status !== deleted);
      const look = async () => {
        const looked = await eligibleOf(context, living, wanted, { lists, limits: how });
        // Otherwise, a list that failed once would fail in every later look.
        if (!looked.isComplete) lists = onceByKey();
        return looked;
      };
      const first = await look();
      if (first.reasons.size === 0) return now;
      // An answer may lack what is new, and another interface endpoint may be there by now.
      await context.clock.sleep(secondLookMs, context.signal);
      lists = onceByKey();
      const second = await look();
      for (const [id, why] of second.reasons) reasons.set(id, why);
      return now;
    },
    // A cluster that was listed is not missing because it is new.
    age: () => Number.POSITIVE_INFINITY,
    name: ({ name }) => name,
    facts: ({ name }) => ({ cluster: name, projectId }),
    note: () => 'no private connection string yet',
    error: (each) => {
      const why = reasons.get(each.id);
      if (why === undefined)
        return new CliError('endpointFailed', `${each.name} was deleted, so it gets no private connection string.`);
      const resumed = { text: 'Resume the cluster, then continue:', commands: [resume] };
      const listed = advise(context, 'List the interface endpoints:', cmd`interface list`);
      return new CliError('endpointFailed', why, { hint: each.isPaused ? resumed : listed });
    },
    late: ({ name }) => ({ what: `${name} does not have a private connection string yet` }),
  };
  return awaitEach(context, clusters, subject, { deadline });
}

export function stringRows(clusters: readonly Cluster[], stringsOf: StringsOf) {
  return clusters.flatMap((cluster) =>
    stringsOf(cluster).map(({ type, standard, srv, srvShardOptimized, endpoints }) => ({
      cluster: cluster.name,
      endpoints: [...endpoints],
      type,
      srvConnectionString: srv,
      connectionString: standard,
      srvShardOptimizedConnectionString: srvShardOptimized,
    })),
  );
}
