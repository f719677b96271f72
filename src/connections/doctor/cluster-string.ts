import { type Cluster, hasNodesIn } from '../../atlas/clusters.js';
import { hasEnded } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { nameOf } from '../../endpoints/view.js';
import { bad, type Check, type CheckSubject, checksOver, good, warning } from './check.js';
import type { ProjectFacts } from './facts.js';
import { clustersOf } from './regions.js';
import { servicesIn } from './service.js';

/** A cluster, and a service in a region where the cluster has nodes. */
interface WaySubject extends CheckSubject {
  cluster: Cluster;
  service: Endpoint;
}

const string: Check<WaySubject, ProjectFacts> = {
  id: 'cluster-string',
  title: 'Private connection string',
  needs: ['cluster-running', 'cluster-covered', 'interface-attached'],
  run: async ({ cluster, service }, facts) => {
    const { name, strings } = cluster;
    const { refer, session } = facts;
    const read = await Promise.all(service.interfaceEndpoints.map((id) => facts.attached(service, id)));
    // Checks on interface endpoints have said which of them have ended.
    const ended = read.flatMap((each) => (each && hasEnded(each) ? [each.id] : []));
    const ids = service.interfaceEndpoints.filter((id) => !ended.includes(id));
    const without = ids.filter((id) => !strings.some(({ endpoints }) => endpoints.some((each) => each.id === id)));
    const through = strings.filter(({ endpoints }) => endpoints.some(({ id }) => ids.includes(id)));
    const shown = listed(through.map(({ srv, standard }) => srv ?? standard ?? ''));
    if (through.length > 0 && without.length === 0) return good(shown);
    const wait = session.commandLine(cmd`connection-strings --cluster ${name} --endpoint ${refer(service)} --wait`);
    const hint = { text: 'Wait for it:', commands: [wait] };
    if (through.length > 0) {
      const brief = `${name} has no connection string through ${listed(without)}`;
      return warning({ brief, detail: `${shown}; none through ${listed(without)}`, hint });
    }
    return bad({
      brief: `${name} has no connection string`,
      detail: `none through ${nameOf(service)} yet. After an interface endpoint is AVAILABLE, this takes 3 to 5 minutes`,
      hint,
    });
  },
};

/** The key of a cluster and a service together. */
export function wayKey({ name }: Pick<Cluster, 'name'>, { id }: Pick<Endpoint, 'id'>): string {
  return `${name} ${id}`;
}

async function waysIn(facts: ProjectFacts): Promise<WaySubject[]> {
  const [clusters, services] = [await clustersOf(facts).catch(ignoreFailure), await servicesIn(facts)];
  return (clusters ?? []).flatMap((cluster) => {
    const there = services.map(({ service }) => service).filter((service) => hasNodesIn(cluster, service));
    const { name } = cluster;
    return there.map((service) => ({
      key: wayKey(cluster, service),
      name: there.length > 1 ? `${name} through ${nameOf(service)}` : name,
      within: [name, service.id],
      cluster,
      service,
    }));
  });
}

export const stringGroup = checksOver(waysIn, 'there is no cluster to check', [string]);
