import type { Cluster } from '../../atlas/clusters.js';
import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { fromAtlasRegion } from '../../clouds/regions.js';
import {
  bad,
  type Category,
  type Check,
  type CheckSubject,
  checksOnce,
  checksOver,
  good,
  skipped,
  warning,
} from './check.js';
import { stringGroup } from './cluster-string.js';
import type { ProjectFacts } from './facts.js';
import { clustersOf, isIn, regionText, uncoveredOf } from './regions.js';

interface ClusterSubject extends CheckSubject {
  cluster: Cluster;
}

const exist: Check<CheckSubject, ProjectFacts> = {
  id: 'cluster-exists',
  title: 'Clusters',
  needs: ['service-exists'],
  run: async (_, facts) => {
    const all = await facts.clusters();
    const meant = await clustersOf(facts);
    if (meant.length > 0) return good(listed(meant.map(({ name }) => name)));
    if (all.length === 0) {
      return bad({ brief: 'no clusters', detail: 'none in the project', hint: 'Create a dedicated cluster.' });
    }
    if (facts.cluster !== undefined) {
      return bad({
        brief: `no cluster ${facts.cluster}`,
        detail: `'${facts.cluster}' does not exist in the project`,
        hint: `Existing clusters: ${listed(all.map(({ name }) => name))}`,
      });
    }
    // The check on the regions of services reports it.
    return skipped('no cluster has nodes in the region of a service');
  },
};

type ClusterCheck = Check<ClusterSubject, ProjectFacts>;

const dedicated: ClusterCheck = {
  id: 'cluster-dedicated',
  title: 'Dedicated cluster',
  needs: ['cluster-exists'],
  run: ({ cluster: { name, shared } }) =>
    shared === null
      ? good('yes')
      : bad({
          brief: `${name} is ${shared}`,
          detail: `no: ${shared} clusters do not support private endpoints`,
          hint: 'Upgrade it to a dedicated cluster (M10 or larger).',
        }),
};

const running: ClusterCheck = {
  id: 'cluster-running',
  title: 'Running',
  needs: ['cluster-dedicated'],
  run: async ({ cluster: { name, isPaused } }, facts) => {
    if (!isPaused) return good('yes');
    const fault = { brief: `${name} is paused`, detail: 'no: the cluster is paused', hint: 'Resume it in Atlas.' };
    // The endpoint may be there for another one.
    const hasOther = (await clustersOf(facts)).some((each) => !each.isPaused);
    return hasOther ? warning({ ...fault, blocks: true }) : bad(fault);
  },
};

const idle: ClusterCheck = {
  id: 'cluster-idle',
  title: 'State',
  needs: ['cluster-running'],
  run: ({ cluster: { name, status } }, { session }) => {
    if (status === 'IDLE') return good(status);
    const commands = [session.commandLine(cmd`connection-strings --cluster ${name} --wait`)];
    return warning({
      brief: `${name} is ${status}`,
      detail: `${status}: new connection strings appear when it is IDLE`,
      hint: { text: 'Wait for them:', commands },
    });
  },
};

const covered: ClusterCheck = {
  id: 'cluster-covered',
  title: 'Interface endpoint in every cluster region',
  needs: ['cluster-running'],
  run: async ({ cluster }, facts) => {
    const { name, regions, strings } = cluster;
    const missing = await uncoveredOf(cluster, facts);
    if (missing.length === 0) {
      return good(
        listed(regions.map((at) => regionText({ ...at, region: fromAtlasRegion(at.provider, at.atlasRegion) }))),
      );
    }
    const services = await facts.services();
    const ids = services.flatMap(({ interfaceEndpoints }) => interfaceEndpoints);
    // With regional mode, a sharded cluster has a string for each region.
    const isUsed = strings.some(({ endpoints }) => endpoints.some(({ id }) => ids.includes(id)));
    // Other checks report what is wrong with the interface endpoints of the checked services.
    const unsaid = missing.filter((at) => !services.some((service) => isIn(service, at)));
    const where = listed(missing.map(regionText));
    if (unsaid.length === 0) return skipped(`no interface endpoint works in ${where}`);
    if (isUsed) return good(`not in ${where}, but the cluster has a private connection string`);
    const { commandLine } = facts.session;
    return bad({
      brief: `${name}: no interface endpoint in ${where}`,
      detail: `none that works in ${where}. A cluster gets a private connection string only when each of its regions has one`,
      hint: {
        text: 'In each of these regions, create a private endpoint service if there is none, and attach an interface endpoint:',
        commands: unsaid.map(({ provider, region }) =>
          commandLine(cmd`create --provider ${provider.toLowerCase()} --region ${region} --if-not-exists --wait`),
        ),
      },
    });
  },
};

async function clustersIn(facts: ProjectFacts): Promise<ClusterSubject[]> {
  const clusters = await clustersOf(facts).catch(ignoreFailure);
  return (clusters ?? []).map((cluster) => ({ key: cluster.name, name: cluster.name, within: [], cluster }));
}

export const clusterChecks: Category<ProjectFacts> = {
  name: 'clusters',
  title: 'Clusters',
  groups: [
    checksOnce([exist]),
    checksOver(clustersIn, 'there is no cluster to check', [dedicated, running, idle, covered]),
    stringGroup,
  ],
};
