import type { Cluster } from '../atlas/clusters.js';
import { deleted, type Endpoint } from '../atlas/model.js';
import { listWithNamed } from '../atlas/named-strings.js';
import { advise, CliError } from '../base/errors.js';
import { onceByKey } from '../base/once.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import type { Cloud } from '../clouds/cloud.js';
import { canConnect, type Found } from '../clouds/found.js';
import { shortName } from '../clouds/shapes.js';
import { awaitAll, awaitEach, type WaitSubject } from '../endpoints/await-all.js';
import type { Context } from '../endpoints/context.js';
import { startDeadline } from '../endpoints/goal.js';
import type { Row } from '../ui/view.js';
import type { Deadline } from '../wait/deadline.js';
import { type StatusVerdict, secondLookMs, type WaitItem } from '../wait/wait.js';
import { eligibleOf, type StringsOf, type WantedStrings } from './eligibility.js';

/** `ready`: Atlas can be asked to attach it. If it is too early, the attachment fails for good. One that is gone is DELETED. */
export async function awaitCloudEndpoint(
  context: Context,
  endpoint: Found,
  { read }: Pick<Cloud, 'read'>,
  about: Pick<Endpoint, 'projectId' | 'provider' | 'region'> & { endpointId: string | null },
  { until, deadline }: { until: 'ready' | 'gone'; deadline: Deadline },
): Promise<Found> {
  const resume = context.settings.again(cmd``);
  let latest = endpoint;
  const verdictOf = (found: Found | null): StatusVerdict => {
    if (until === 'gone') return found === null ? 'reached' : 'pending';
    if (found === null || !canConnect(found)) return 'failed';
    return found.stage === 'pending' ? 'pending' : 'reached';
  };
  const toItem = (found: Found | null) => {
    const isGoing = until === 'gone' && found?.stage === 'deleting';
    return { id: endpoint.id, status: isGoing ? 'DELETING' : (found?.state ?? deleted), verdict: verdictOf(found) };
  };
  const subject: WaitSubject<WaitItem & { verdict: StatusVerdict }> = {
    resume: () => resume,
    statusVerdict: ({ verdict }) => verdict,
    poll: async (_, how) => {
      const now = await read(endpoint.id, how);
      latest = now ?? latest;
      return [toItem(now)];
    },
    name: ({ id }) => id,
    facts: ({ id }) => ({ ...about, interfaceEndpointId: id }),
    error: ({ id, status }) => {
      const gone = { hint: 'The next run creates another one.' };
      if (status === deleted) return new CliError('endpointFailed', `${id} is gone, so it cannot connect.`, gone);
      const stays = { hint: `${shortName(id)} was not deleted.`, reason: 'cannotConnect' } as const;
      return new CliError('endpointFailed', `${id} is ${status}, so it cannot connect.`, stays);
    },
  };
  const rest = startDeadline(context, { timeoutMs: deadline.left() }, { by: clouds[about.provider].title });
  await awaitAll(context, [toItem(endpoint)], subject, { deadline: { ...rest, limitMs: deadline.limitMs } });
  return latest;
}

/** Until each is IDLE with such a string, or can no longer get one. `named`: how a command line names clusters and endpoints. */
export async function awaitStrings(
  context: Context,
  clusters: readonly Cluster[],
  wanted: WantedStrings,
  { deadline, named }: { deadline: Deadline; named: { cluster?: string | undefined; endpoint?: string | undefined } },
) {
  const { projectId, stringsOf } = wanted;
  const atlas = await context.atlas();
  let lists = onceByKey();
  const reasons = new Map<string, string>();
  let polls = 0;
  const flags = [...option('--cluster', named.cluster), ...option('--endpoint', named.endpoint)];
  const resume = context.settings.commandLine(cmd`connection-strings --wait ${flags}`);
  const subject: WaitSubject<Cluster> = {
    resume: () => resume,
    statusVerdict: (each) => {
      if (each.status === 'IDLE' && stringsOf(each).length > 0) return 'reached';
      return each.status === deleted || reasons.has(each.id) ? 'failed' : 'pending';
    },
    poll: async (some, how) => {
      // The first reading has warned.
      const read = await listWithNamed(atlas, projectId, { io: { warn: () => undefined }, limits: how });
      const listed = new Map(read.map((each) => [each.id, each]));
      const now = some.map((each) => listed.get(each.id) ?? { ...each, status: deleted });
      // Each interface endpoint takes a request, so these are read at every other poll.
      if (++polls % 2 === 1) return now;
      const living = now.filter(({ status }) => status !== deleted);
      const first = await eligibleOf(context, living, wanted, { lists, limits: how });
      if (first.reasons.size === 0) return now;
      // An answer may lack what is new, and another interface endpoint may be there by now.
      await context.clock.sleep(secondLookMs, context.signal);
      lists = onceByKey();
      const second = await eligibleOf(context, living, wanted, { lists, limits: how });
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
      const listed = each.named ? undefined : advise(context, 'List the interface endpoints:', cmd`interface list`);
      return new CliError('endpointFailed', why, { hint: each.isPaused ? resumed : listed });
    },
    late: ({ name }) => ({ what: `${name} does not have a private connection string yet` }),
  };
  return awaitEach(context, clusters, subject, { deadline });
}

export function stringRows(clusters: readonly Cluster[], stringsOf: StringsOf): Row[] {
  return clusters.flatMap((cluster) =>
    stringsOf(cluster).map(({ name, status, type, standard, srv, srvShardOptimized, endpoints }) => ({
      cluster: cluster.name,
      name,
      status,
      endpoints: endpoints.map(({ id, provider, region, atlasRegion }) => ({ id, provider, region, atlasRegion })),
      type,
      srvConnectionString: srv,
      connectionString: standard,
      srvShardOptimizedConnectionString: srvShardOptimized,
    })),
  );
}
