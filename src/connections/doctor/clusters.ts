import { type Cluster, hasNodesIn, isSamePlace, regionText } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, isConnecting } from '../../atlas/model.js';
import { advise, NotFoundError, orNone } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { nameOf } from '../../endpoints/view.js';
import { connectAll, leadsThrough, uncoveredRegions } from '../waits.js';
import { bad, type Category, checksOnce, checksOver, good, skipped, statesOf, warning } from './check.js';
import type { ProjectFacts } from './open-facts.js';

/** The selected cluster, or those with nodes in a region of the services: dedicated ones, if there are any. */
export async function clustersOf(facts: ProjectFacts) {
  const [all, services] = [await facts.clusters(), await facts.services()];
  if (facts.cluster !== undefined) return all.filter(({ name }) => name === facts.cluster);
  // A cluster that is being deleted no longer needs a private endpoint.
  const staying = all.filter(
    (cluster) => cluster.status !== 'DELETING' && services.some((service) => hasNodesIn(cluster, service)),
  );
  const dedicated = staying.filter(({ shared }) => shared === null);
  return dedicated.length > 0 ? dedicated : staying;
}

async function checkExist(_: unknown, facts: ProjectFacts) {
  const all = await facts.clusters();
  const checked = await clustersOf(facts);
  if (checked.length > 0) return good(listed(checked.map(({ name }) => name)));
  if (all.length === 0) {
    return bad({ brief: 'no clusters', detail: 'no cluster in the project', hint: 'Create a dedicated cluster.' });
  }
  if (facts.cluster !== undefined) {
    const hint = `Existing clusters: ${listed(all.map(({ name }) => name))}`;
    throw new NotFoundError(`Cluster '${facts.cluster}' not found.`, hint);
  }
  // The check on the regions of services reports it.
  return skipped('no cluster has nodes in the region of a service');
}

type ClusterSubject = Awaited<ReturnType<typeof clustersIn>>[number];
type WaySubject = Awaited<ReturnType<typeof waysIn>>[number];

function checkDedicated({ cluster: { name, shared } }: ClusterSubject) {
  if (shared === null) return good('yes');
  const detail = `${shared} clusters do not support private endpoints`;
  const hint = 'Upgrade it to a dedicated cluster (M10 or larger).';
  return bad({ brief: `${name} is ${shared}`, detail, hint });
}

async function checkRunning({ cluster: { name, isPaused } }: ClusterSubject, facts: ProjectFacts) {
  if (!isPaused) return good('yes');
  // The endpoint may be there for another one.
  const hasOther = (await clustersOf(facts)).some((each) => !each.isPaused);
  const fault = { brief: `${name} is paused`, detail: 'the cluster is paused', hint: 'Resume it in Atlas.' };
  return (hasOther ? warning : bad)({ ...fault, blocks: true });
}

function checkIdle({ cluster: { name, status } }: ClusterSubject, { context }: ProjectFacts) {
  if (status === 'IDLE') return good(status);
  const detail = `${status}: new connection strings appear when it is IDLE`;
  const hint = advise(context, 'Wait for them:', cmd`connection-strings --cluster ${name} --wait`);
  return warning({ brief: `${name} is ${status}`, detail, hint });
}

async function checkCovered({ cluster }: ClusterSubject, facts: ProjectFacts) {
  const { name, regions, strings } = cluster;
  const missing = await uncoveredRegions(cluster, facts);
  if (missing.length === 0) return good(listed(regions.map(regionText)));
  const services = await facts.services();
  const ids = services.flatMap(({ interfaceEndpoints }) => interfaceEndpoints);
  // With regional mode, a sharded cluster has a string for each region.
  const isUsed = strings.some((each) => leadsThrough(each, ids));
  // Other checks report what is wrong with the interface endpoints of the checked services.
  const unreported = missing.filter((at) => !services.some((service) => isSamePlace(service, at)));
  const where = listed(missing.map(regionText));
  if (unreported.length === 0) return skipped(`no interface endpoint works in ${where}`);
  if (isUsed) return good(`not in ${where}, but the cluster has a private connection string`);
  const detail =
    `no interface endpoint works in ${where}. A cluster gets a private connection string only when ` +
    'each of its regions has one';
  const hint = connectAll(facts.context, [name]);
  return bad({ brief: `${name}: no interface endpoint in ${where}`, detail, hint });
}

/** The services that the cluster's string waits for. Other checks report their interface endpoints. */
async function awaitedBy({ cluster, service }: WaySubject, { services, attached }: ProjectFacts) {
  // Without any string, each region is waited for.
  const all = cluster.strings.length > 0 ? [service] : await services();
  const isAwaited = async (each: Endpoint) => {
    const read = await Promise.all(each.interfaceEndpoints.map((id) => attached(each, id)));
    return hasNodesIn(cluster, each) && read.length > 0 && read.every((one) => one && isConnecting(one));
  };
  const flags = await Promise.all(all.map(isAwaited));
  return all.filter((_, index) => flags[index]);
}

async function checkString(way: WaySubject, facts: ProjectFacts) {
  const { cluster, service } = way;
  const { name, strings } = cluster;
  const { refer, context } = facts;
  const read = await Promise.all(service.interfaceEndpoints.map((id) => facts.attached(service, id)));
  // Other checks report which interface endpoints have ended.
  const ended = read.flatMap((each) => (each && hasEnded(each) ? [each.id] : []));
  const ids = service.interfaceEndpoints.filter((id) => !ended.includes(id));
  const without = ids.filter((id) => !strings.some((each) => leadsThrough(each, [id])));
  const through = strings.filter((each) => leadsThrough(each, ids));
  const shown = listed(through.map(({ srv, standard }) => srv ?? standard ?? ''));
  if (through.length > 0 && without.length === 0) return good(shown);
  const awaited = through.length > 0 ? [] : await awaitedBy(way, facts);
  if (awaited.length > 0) return skipped(`no interface endpoint works yet in ${listed(awaited.map(regionText))}`);
  const wait = cmd`connection-strings --cluster ${name} --endpoint ${refer(service)} --wait`;
  const hint = advise(context, 'Wait for it:', wait);
  if (through.length > 0) {
    const brief = `${name} has no connection string through ${listed(without)}`;
    return warning({ brief, detail: `${shown}; none through ${listed(without)}`, hint });
  }
  const brief = `${name} has no connection string`;
  const takes = 'After an interface endpoint is AVAILABLE, this takes 3 to 5 minutes';
  const detail = `no connection string through ${nameOf(service)} yet. ${takes}`;
  // A new cluster gets its strings when it is ready.
  return (cluster.status === 'CREATING' ? warning : bad)({ brief, detail, hint, blocks: true });
}

async function clustersIn(facts: ProjectFacts) {
  const clusters = await orNone(clustersOf(facts), []);
  return clusters.map((cluster) => ({ key: cluster.name, name: cluster.name, within: [], cluster }));
}

export function wayKey({ name }: Cluster, { id }: Endpoint) {
  return `${name} ${id}`;
}

async function waysIn(facts: ProjectFacts) {
  const [clusters, services] = [await orNone(clustersOf(facts), []), await orNone(facts.services(), [])];
  return clusters.flatMap((cluster) => {
    const reaching = services.filter((service) => hasNodesIn(cluster, service));
    const { name } = cluster;
    return reaching.map((service) => ({
      key: wayKey(cluster, service),
      name: reaching.length > 1 ? `${name} through ${nameOf(service)}` : name,
      within: [name, service.id],
      cluster,
      service,
    }));
  });
}

export const clusterCategory: Category<ProjectFacts> = {
  name: 'clusters',
  title: 'Clusters',
  groups: [
    checksOnce([{ id: 'cluster-exists', title: 'Clusters', needs: ['service-exists'], run: checkExist }]),
    checksOver(clustersIn, 'there is no cluster to check', [
      {
        id: 'cluster-dedicated',
        title: 'Dedicated cluster',
        needs: ['cluster-exists'],
        isFinal: true,
        run: checkDedicated,
      },
      { id: 'cluster-running', title: 'Running', needs: ['cluster-dedicated'], isFinal: true, run: checkRunning },
      { id: 'cluster-idle', title: 'State', needs: ['cluster-running'], run: checkIdle },
      {
        id: 'cluster-covered',
        title: 'Interface endpoint in every cluster region',
        needs: ['cluster-running'],
        run: checkCovered,
      },
    ]),
    checksOver(waysIn, 'there is no cluster to check', [
      {
        id: 'cluster-string',
        title: 'Private connection string',
        needs: ['cluster-running', 'cluster-covered', 'interface-attached'],
        run: checkString,
      },
    ]),
  ],
  summary: (checks) => {
    const ways = checks.filter(({ id }) => id === 'cluster-string');
    if (ways.some(({ result }) => result !== 'success')) return statesOf(checks, 'cluster-idle');
    const strings = ways.length === 1 ? 'has a private connection string' : 'have private connection strings';
    return `${statesOf(checks, 'cluster-idle')}, ${strings}`;
  },
};
