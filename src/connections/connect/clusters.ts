import { type Cluster, hasNodesIn, isSamePlace, regionText } from '../../atlas/clusters.js';
import { longName } from '../../base/shell.js';
import { listed, oneOf } from '../../base/words.js';
import { clouds, providers } from '../../clouds/all.js';
import type { Context } from '../../endpoints/context.js';
import type { Row, View } from '../../ui/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { errorRow } from '../lanes.js';
import { runSteps, type StepResult } from '../steps.js';
import { stringRows } from '../waits.js';
import type { ConnectOutcome, Lane } from './carry-out.js';
import { type Common, type ConnectFound, type Lacking, placeOf, stringsThroughAll } from './found.js';
import { connectedRow, networksOf, plannedRow, stringsView, usualTime } from './plan.js';
import { atlasSteps, readyStrings } from './steps.js';

/* What the regions of clusters have in common: a plan, a wait for the connection strings, and an end. */

export interface Clusters extends Common {
  projectId: string;
  lanes: readonly Lane[];
  lacking: Lacking;
  /** In regional mode, each region has strings of its own. */
  isRegional: boolean | undefined;
  notes: readonly string[];
}

export function planClusters({ lanes, clusters, projectId, projectName, lacking, isRegional, notes }: Clusters) {
  const founds = lanes.map(({ found }) => found);
  const strings = plannedStrings(clusters, founds, lacking);
  const isWaiting = strings.action === 'wait';
  const costs = lanes.flatMap(({ plan }) => plan.costs);
  return {
    project: { projectId, projectName },
    places: [{ title: 'Clusters', detail: listed(clusters.map(({ name }) => name)) }],
    parts: lanes.map((lane) => {
      return { ...lane.plan, title: regionText(lane), row: plannedRow(lane.found, lane.cloud) };
    }),
    steps: [strings],
    isComplete: !isWaiting && lanes.every(({ plan }) => plan.isComplete),
    words: { done: 'already there' },
    costs: [...new Set(costs)].map((cost) => {
      const number = costs.filter((each) => each === cost).length;
      return number === 1 ? cost : `${cost} (in ${number} regions)`;
    }),
    time: usualTime(founds, isWaiting),
    notes: [...(isRegional ? [] : networkNotes(clusters, founds)), ...lacking.reasons, ...notes],
  };
}

function plannedStrings(clusters: readonly Cluster[], founds: readonly ConnectFound[], { unreachable }: Lacking) {
  const { id, title, plan } = atlasSteps.strings;
  const strings = stringRows(clusters, stringsThroughAll(founds));
  return { id, title, ...plan({ clusters: clusters.map(({ name }) => name), strings, unreachable }) };
}

/** What the user should know if the clients of a cluster need several networks. */
function networkNotes(clusters: readonly Cluster[], founds: readonly ConnectFound[]) {
  const leads = clusters.flatMap((cluster) => {
    const { length } = networksOf(founds.filter((found) => hasNodesIn(cluster, placeOf(found))));
    const about = clusters.length > 1 ? ` of ${cluster.name}` : '';
    return length > 1 ? [`The connection string${about} leads to nodes in ${length} networks.`] : [];
  });
  if (leads.length === 0) return [];
  const networks = networksOf(founds);
  // An endpoint that exists stays in its network.
  const planned = founds.filter(({ cloudPlan }) => !cloudPlan.endpoint);
  const spread = providers.find(
    (cloud) => networksOf(planned.filter(({ provider }) => provider === cloud)).length > 1,
  );
  const { elsewhere } = spread ? clouds[spread].setup : {};
  const use = elsewhere === undefined ? '' : `, or use ${longName(elsewhere)}`;
  const ranges = [...new Set(networks.flatMap((each) => each.ranges))];
  const equal = ranges.flatMap((range) => {
    const same = networks.filter((each) => each.ranges.includes(range)).map(({ id }) => id);
    return same.length > 1
      ? [`${oneOf(same, 'and')} have the same range ${range}, so they cannot be connected.`]
      : [];
  });
  return [`${leads.join(' ')} A client must reach all of them: connect the networks${use}.`, ...equal];
}

const resultOf = { wait: 'created', done: 'done', skip: 'skipped' } as const;

/** Waits for the connection strings of the clusters whose regions are all connected, as one step. */
export async function awaitClusterStrings(
  context: Context,
  { projectId, clusters: all, lanes, lacking }: Clusters,
  founds: readonly ConnectFound[],
  deadline: Deadline,
) {
  const isConnected = (lane: Lane) => founds.some((found) => isSamePlace(placeOf(found), lane));
  const clusters = all.filter((cluster) => {
    const own = lanes.filter((lane) => hasNodesIn(cluster, lane));
    return own.length > 0 && own.every(isConnected);
  });
  const step = plannedStrings(clusters.length > 0 ? clusters : all, founds, lacking);
  const about = { projectId, clusters: clusters.map(({ name }) => name), reasons: lacking.reasons };
  let strings: readonly Row[] = [];
  const run = async (inner: Context) => {
    if (clusters.length === 0) return { result: 'skipped', detail: step.detail };
    const named = { cluster: clusters.length === 1 ? clusters[0]?.name : undefined };
    const ready = await readyStrings(inner, about, founds, { deadline, named });
    ({ strings } = ready);
    const { detail } = atlasSteps.strings.plan({ ...about, strings, unreachable: lacking.unreachable });
    const result = ready.error ? 'failed' : resultOf[step.action];
    return { result, detail, word: step.action === 'wait' ? '' : undefined, failure: ready.error };
  };
  const { results, error } = await runSteps(context, {
    titles: [step.title],
    steps: [{ ...step, run }],
    facts: () => ({ endpointId: null, interfaceEndpointId: null, projectId, provider: null, region: null }),
    explain: (error) => error,
  });
  return { strings, results, error };
}

/** What `connect --cluster` prints: the connection strings; JSON also has what became of each region. */
export function clustersView(
  ends: readonly { place: Lane; outcome: ConnectOutcome }[],
  strings: readonly Row[],
  steps: readonly StepResult[],
): View {
  const regions = ends.map(({ place, outcome }) => ({
    ...placeOf(outcome.found),
    ...connectedRow(place.cloud, outcome),
    steps: [...outcome.results],
    error: errorRow(outcome.error),
  }));
  return stringsView({ regions, connectionStrings: [...strings], steps: [...steps] }, strings);
}
