import { type Cluster, type ClusterRegion, hasNodesIn, isSamePlace } from '../../atlas/clusters.js';
import { listed } from '../../base/words.js';
import { hasId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import type { Row } from '../../ui/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { awaitStrings, eligibleOf, leadsThrough, type StringsOf, stringRows } from '../waits.js';
import type { ConnectScope } from './scope.js';
import type { ConnectSides } from './sides.js';

/* The connection strings of the clusters: they come by themselves when all regions of a cluster are connected. */

/** What clusters need besides the regions of the command. */
export interface Lacking {
  /** Those that get no string even when these regions are connected, and the reasons. */
  unreachable: readonly string[];
  reasons: readonly string[];
  /** Their other regions that are not connected. A region may be there twice. */
  uncovered: readonly ClusterRegion[];
}

type Clusters = Pick<ConnectScope, 'projectId' | 'places' | 'clusters'>;

export async function readLacking(
  context: Context,
  { projectId, places, clusters }: Clusters,
  regions: readonly ConnectSides[],
): Promise<Lacking> {
  const elsewhere = clusters.map((cluster) => {
    const others = cluster.regions.filter((each) => !places.some((place) => isSamePlace(each, place)));
    return { ...cluster, regions: others };
  });
  const through = stringsThrough(regions);
  const stringsOf: StringsOf = ({ name }) => clusters.filter((each) => each.name === name).flatMap(through);
  const { eligible, reasons, uncovered } = await eligibleOf(context, elsewhere, {
    projectId,
    services: undefined,
    stringsOf,
  });
  return {
    unreachable: elsewhere.filter((each) => !eligible.includes(each)).map(({ name }) => name),
    reasons: [...reasons.values()],
    uncovered,
  };
}

/** The connection strings of a cluster: none unless each of these regions where it has nodes is connected. */
export function stringsThrough(regions: readonly ConnectSides[]): StringsOf {
  return (cluster) => {
    const through = regions
      .filter((region) => hasNodesIn(cluster, region))
      .map(({ cloudPlan: { endpoint } }) =>
        cluster.strings.filter((each) => endpoint !== null && leadsThrough(each, [endpoint.id])),
      );
    return through.every(({ length }) => length > 0) ? [...new Set(through.flat())] : [];
  };
}

/** The last step: to wait for the strings that are missing. `missing`: the clusters to wait for. */
export function planStrings(
  names: readonly string[],
  { unreachable }: Pick<Lacking, 'unreachable'>,
  strings: readonly Row[],
) {
  const step = { id: 'connection-strings', title: 'Connection strings' };
  const has = new Set(strings.map(({ cluster }) => cluster));
  const missing = names.filter((name) => !has.has(name) && !unreachable.includes(name));
  if (missing.length > 0) return { ...step, action: 'wait' as const, detail: `for ${listed(missing)}`, missing };
  const connected = names.filter((name) => has.has(name));
  if (connected.length > 0) return { ...step, action: 'done' as const, detail: listed(connected), missing };
  return { ...step, action: 'skip' as const, detail: `for ${listed(names)}`, missing };
}

export function namesOf(clusters: readonly Cluster[]) {
  return clusters.map(({ name }) => name);
}

/** Waits for the strings of these clusters through regions that have just been connected. Returns those that came. */
export async function readyStrings(
  context: Context,
  scope: ConnectScope,
  regions: readonly ConnectSides[],
  known: Lacking,
  deadline: Deadline,
) {
  const { projectId, names } = scope;
  const stringsOf = stringsThrough(regions);
  const now = await (await context.atlas()).listClusters(projectId);
  const clusters = now.filter(({ name }) => namesOf(scope.clusters).includes(name));
  const { unreachable, reasons } = await readLacking(context, { ...scope, clusters }, regions);
  // The plan has already printed the others.
  for (const reason of reasons) if (!known.reasons.includes(reason)) context.io.note(reason);
  const ids = regions.flatMap(({ cloudPlan }) => cloudPlan.endpoint?.id ?? []);
  const wanted = {
    projectId,
    services: regions.flatMap(({ service }) => service ?? []),
    stringsOf,
    isSelected: (id: string) => hasId(ids, id),
  };
  const named = names ? { cluster: names.length === 1 ? names[0] : undefined } : { endpoint: ids[0] };
  const reachable = clusters.filter(({ name }) => !unreachable.includes(name));
  const { reached, error } = await awaitStrings(context, reachable, wanted, deadline, named);
  const strings = stringRows(reached, stringsOf);
  return { strings, step: planStrings(namesOf(clusters), { unreachable }, strings), error };
}
