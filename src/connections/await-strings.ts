import type { Cluster, ConnectionString } from '../atlas/clusters.js';
import { cmd, option } from '../base/shell.js';
import { awaitAll, type WaitSubject } from '../endpoints/await-all.js';
import type { Session } from '../endpoints/session.js';
import type { Row } from '../ui/view.js';
import type { Deadline } from '../wait/deadline.js';
import type { WhyIneligible } from './eligibility.js';

/** The selected connection strings of a cluster. */
export type StringsOf = (cluster: Cluster) => readonly ConnectionString[];

/** Those clusters that have, or may get, such a string, and why the others can't. */
export async function eligibleOf(
  clusters: readonly Cluster[],
  stringsOf: StringsOf,
  whyIneligible: WhyIneligible,
): Promise<{ eligible: Cluster[]; reasons: string[] }> {
  const eligible: Cluster[] = [];
  const reasons: string[] = [];
  for (const cluster of clusters) {
    const why = stringsOf(cluster).length > 0 ? undefined : await whyIneligible(cluster);
    if (why === undefined) eligible.push(cluster);
    else reasons.push(why);
  }
  return { eligible, reasons };
}

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
