import type { Cluster, ConnectionString } from '../atlas/clusters.js';
import { formatDuration } from '../base/duration.js';
import { cmd, option } from '../base/shell.js';
import { awaitAll, timedOut, type WaitSubject } from '../endpoints/await-all.js';
import type { Session } from '../endpoints/session.js';
import type { Row } from '../ui/view.js';
import type { Deadline } from '../wait/deadline.js';

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
    facts: ({ name }) => {
      return { endpointId: null, interfaceEndpointId: null, cluster: name, projectId, provider: null, region: null };
    },
    row: ({ name, status }, elapsedMs) => [name, status, formatDuration(elapsedMs), 'no private connection string yet'],
    error: ({ item }, about) => timedOut(`${item.name} does not have a private connection string yet`, about, resume),
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
