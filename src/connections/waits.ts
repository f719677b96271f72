import type { Cluster, ConnectionString } from '../atlas/clusters.js';
import type { Endpoint } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import { CliError } from '../base/errors.js';
import { cmd, option } from '../base/shell.js';
import type { CloudEndpoint, CloudSide } from '../cloud-side/cloud-side.js';
import { clouds } from '../clouds/all.js';
import { awaitAll, type WaitSubject } from '../endpoints/await-all.js';
import { startDeadline } from '../endpoints/goal.js';
import type { Session } from '../endpoints/session.js';
import type { Row } from '../ui/view.js';
import type { Deadline } from '../wait/deadline.js';
import type { WaitItem } from '../wait/wait.js';

/* The waits of a connection: for the endpoint in the user's cloud, and for the connection strings of clusters. */

/** Goes before the command that continues without an endpoint that can't connect. */
export const nextCreatesAnother = 'The next run creates another one.';

/**
 * Waits for an endpoint in the user's cloud; one that is gone has the status DELETED. Returns it as it was read last.
 * `deadline`: that of the whole command.
 */
export async function awaitCloudEndpoint(
  session: Session,
  endpoint: CloudEndpoint,
  { read, statusVerdict }: Pick<CloudSide, 'read' | 'statusVerdict'>,
  about: Pick<Endpoint, 'projectId' | 'provider' | 'region'> & { endpointId: string | null },
  deadline: Deadline,
): Promise<CloudEndpoint> {
  const resume = session.again(cmd``);
  let latest = endpoint;
  const subject: WaitSubject<WaitItem> = {
    resume: () => resume,
    statusVerdict: ({ id, status }) => statusVerdict({ id, state: status }),
    poll: async (_, how) => {
      const now = await read(endpoint.id, how);
      latest = now ?? latest;
      return [{ id: endpoint.id, status: now?.state ?? deleted }];
    },
    requests: () => 0,
    name: ({ id }) => id,
    facts: ({ id }) => ({ ...about, interfaceEndpointId: id }),
    error: ({ id, status }) => {
      const what = status === deleted ? 'is gone' : `is ${status}`;
      const hint = status === deleted ? nextCreatesAnother : `${id} was not deleted. ${nextCreatesAnother}`;
      return new CliError('endpointFailed', `${id} ${what}, so it cannot connect.`, { hint });
    },
  };
  const own = startDeadline(session, { timeoutMs: deadline.left() }, true, clouds[about.provider].title);
  await awaitAll(session, [{ id: endpoint.id, status: endpoint.state }], subject, {
    deadline: { ...own, limitMs: deadline.limitMs },
  });
  return latest;
}

/** The selected connection strings of a cluster. */
export type StringsOf = (cluster: Cluster) => readonly ConnectionString[];

interface Waiting {
  projectId: string;
  stringsOf: StringsOf;
  deadline: Deadline;
  /** How a command line names the clusters and endpoints. */
  named: { cluster?: string | undefined; endpoint?: string | undefined };
}

/** Waits until each cluster is IDLE and has such a string. */
export async function awaitStrings(
  session: Session,
  clusters: readonly Cluster[],
  { projectId, stringsOf, deadline, named }: Waiting,
): Promise<Cluster[]> {
  const atlas = await session.atlas();
  const flags = [...option('--cluster', named.cluster), ...option('--endpoint', named.endpoint)];
  const resume = session.commandLine(cmd`connection-strings --wait ${flags}`);
  const subject: WaitSubject<Cluster> = {
    resume: () => resume,
    statusVerdict: (each) => (each.status === 'IDLE' && stringsOf(each).length > 0 ? 'reached' : 'pending'),
    poll: async (some, how) => {
      const now = new Map((await atlas.listClusters(projectId, how)).map((each) => [each.id, each]));
      return some.map((each) => now.get(each.id) ?? each);
    },
    requests: () => 1,
    name: ({ name }) => name,
    facts: ({ name }) => ({ cluster: name, projectId }),
    note: () => 'no private connection string yet',
    late: ({ name }) => ({ what: `${name} does not have a private connection string yet` }),
  };
  return awaitAll(session, clusters, subject, { deadline });
}

/** The private connection strings of clusters as this tool shows them. */
export function stringRows(clusters: readonly Cluster[], stringsOf: StringsOf): Row[] {
  return clusters.flatMap((cluster) =>
    stringsOf(cluster).map(({ type, standard, srv, srvShardOptimized, endpoints }) => ({
      cluster: cluster.name,
      endpoints: endpoints.map(({ id, provider, region, atlasRegion }) => ({ id, provider, region, atlasRegion })),
      type,
      srvConnectionString: srv,
      connectionString: standard,
      srvShardOptimizedConnectionString: srvShardOptimized,
    })),
  );
}
