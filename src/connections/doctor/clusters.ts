import type { Cluster } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { fromAtlasRegion } from '../../clouds/regions.js';
import { nameOf } from '../../endpoints/view.js';
import {
  bad,
  type Category,
  type Check,
  checksOnce,
  checksOver,
  good,
  type Subject,
  skipped,
  warning,
} from './check.js';
import { clustersOf, hasNodesAt, isCovered, type ProjectFacts } from './project-facts.js';
import { servicesIn } from './service.js';

interface ClusterSubject extends Subject {
  cluster: Cluster;
}

/** A cluster, and a service in a region where the cluster has nodes. */
interface WaySubject extends ClusterSubject {
  service: Endpoint;
}

const exist: Check<Subject, ProjectFacts> = {
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
    const existing = `Existing clusters: ${listed(all.map(({ name }) => name))}`;
    if (facts.cluster !== undefined) {
      return bad({
        brief: 'no such cluster',
        detail: `'${facts.cluster}' does not exist in the project`,
        hint: existing,
      });
    }
    // The check on the regions of services has said it.
    return skipped('no cluster has nodes in the region of a service');
  },
};

type ClusterCheck = Check<ClusterSubject, ProjectFacts>;

const dedicated: ClusterCheck = {
  id: 'cluster-dedicated',
  title: 'Dedicated cluster',
  needs: ['cluster-exists'],
  run: async ({ cluster: { name, shared } }, facts) => {
    if (shared === null) return good('yes');
    const fault = {
      brief: `${name} is ${shared}`,
      detail: `no: ${shared} clusters do not support private endpoints`,
      hint: 'Upgrade it to a dedicated cluster (M10 or larger).',
    };
    // Others may be what the endpoint is for.
    const isOther = facts.cluster === undefined && (await clustersOf(facts)).some((each) => each.shared === null);
    return isOther ? warning({ ...fault, blocks: true }) : bad(fault);
  },
};

const running: ClusterCheck = {
  id: 'cluster-running',
  title: 'Running',
  needs: ['cluster-dedicated'],
  run: ({ cluster: { name, isPaused } }) =>
    isPaused
      ? bad({ brief: `${name} is paused`, detail: 'no: the cluster is paused', hint: 'Resume it in Atlas.' })
      : good('yes'),
};

const idle: ClusterCheck = {
  id: 'cluster-idle',
  title: 'State',
  needs: ['cluster-running'],
  run: ({ cluster: { name, status } }, { session }) => {
    if (status === 'IDLE') return good(status);
    return warning({
      brief: `${name} is ${status}`,
      detail: `${status}: new connection strings appear when it is IDLE`,
      hint: {
        text: 'Wait for them:',
        commands: [session.commandLine(cmd`connection-strings --cluster ${name} --wait`)],
      },
    });
  },
};

const covered: ClusterCheck = {
  id: 'cluster-covered',
  title: 'Interface endpoints in each of its regions',
  needs: ['cluster-dedicated', 'interface-attached'],
  run: async ({ cluster: { name, regions } }, facts) => {
    const named = regions.map((at) => ({ ...at, region: fromAtlasRegion(at.provider, at.atlasRegion) }));
    const flags = await Promise.all(named.map((at) => isCovered(facts, at.provider, at.atlasRegion)));
    const missing = named.filter((_, index) => flags[index] === false);
    if (missing.length === 0) return good(listed(named.map(({ provider, region }) => `${provider} ${region}`)));
    // The check on attached interface endpoints has said it.
    const services = await facts.services();
    const isSaid = missing.every((at) =>
      services.some(
        (each) =>
          each.atlasRegion === at.atlasRegion && each.provider === at.provider && each.interfaceEndpoints.length === 0,
      ),
    );
    if (isSaid) return skipped('no interface endpoint is attached');
    const where = listed(missing.map(({ provider, region }) => `${provider} ${region}`));
    const { commandLine } = facts.session;
    return bad({
      brief: `${name}: no interface endpoint in ${where}`,
      detail: `none that works in ${where}; a cluster gets a private connection string when all its regions have one`,
      hint: {
        text: 'Create a private endpoint service in each region, if there is none, and attach an interface endpoint:',
        commands: missing.map(({ provider, region }) =>
          commandLine(cmd`create --provider ${provider.toLowerCase()} --region ${region} --if-not-exists --wait`),
        ),
      },
    });
  },
};

const string: Check<WaySubject, ProjectFacts> = {
  id: 'cluster-string',
  title: 'Private connection string',
  needs: ['cluster-running', 'cluster-covered'],
  run: ({ cluster, service }, { refer, session }) => {
    const { name, strings } = cluster;
    const through = strings.filter(({ endpoints }) =>
      endpoints.some(({ id }) => service.interfaceEndpoints.includes(id)),
    );
    if (through.length > 0) return good(listed(through.map(({ srv, standard }) => srv ?? standard ?? '')));
    const wait = session.commandLine(cmd`connection-strings --cluster ${name} --endpoint ${refer(service)} --wait`);
    return bad({
      brief: `${name} has no connection string`,
      detail: `none through ${nameOf(service)} yet; after an interface endpoint is AVAILABLE, this takes 3 to 5 minutes`,
      hint: { text: 'Wait for it:', commands: [wait] },
    });
  },
};

async function clustersIn(facts: ProjectFacts): Promise<ClusterSubject[]> {
  const clusters = await clustersOf(facts).catch(ignoreFailure);
  return (clusters ?? []).map((cluster) => ({ key: cluster.name, name: cluster.name, within: [], cluster }));
}

async function waysIn(facts: ProjectFacts): Promise<WaySubject[]> {
  const [clusters, services] = [await clustersIn(facts), await servicesIn(facts)];
  return clusters.flatMap(({ cluster }) => {
    const there = services.map(({ service }) => service).filter((service) => hasNodesAt(cluster, service));
    const { name } = cluster;
    return there.map((service) => ({
      key: `${name} ${service.id}`,
      name: there.length > 1 ? `${name} through ${nameOf(service)}` : name,
      within: [name, service.id],
      cluster,
      service,
    }));
  });
}

export const clusterChecks: Category<ProjectFacts> = {
  name: 'clusters',
  title: 'Cluster',
  groups: [
    checksOnce([exist]),
    checksOver(clustersIn, 'there is no cluster to check', [dedicated, running, idle, covered]),
    checksOver(waysIn, 'there is no cluster to check', [string]),
  ],
};
