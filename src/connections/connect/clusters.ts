import { type Cluster, type ClusterRegion, hasNodesIn, isSamePlace, regionText } from '../../atlas/clusters.js';
import type { CliError } from '../../base/errors.js';
import { listed, oneOf } from '../../base/lists.js';
import { longName } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { hasId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import type { Row, View } from '../../ui/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { eligibleOf, type StringsOf } from '../eligibility.js';
import { noteTexts, planView, type ShownPlan, stepRows } from '../show-plan.js';
import { runSteps, type StepResult } from '../steps.js';
import { awaitStrings, stringRows } from '../waits.js';
import type { ConnectOutcome } from './carry-out.js';
import { type Common, type ConnectFound, type Lacking, stringsThrough } from './found.js';
import type { Lane } from './lane.js';
import { cloudRow, connectedRow, stringsView, usualTime } from './plan.js';
import { atlasSteps } from './steps.js';

/* What the regions of clusters have in common: a plan, a wait for the connection strings, and an end. */

/** The regions of clusters: a lane each. */
export interface Clusters extends Common {
  projectId: string;
  lanes: readonly Lane[];
  /** What the clusters lack in regions that are not connected here. */
  lacking: Lacking;
  /** What the user should know of other clusters that were named. */
  notes: readonly string[];
}

/** The plan of all regions: a part for each, then what they have in common. */
export function planClusters({ lanes, clusters, projectId, projectName, lacking, notes }: Clusters) {
  const founds = lanes.map(({ found }) => found);
  const strings = plannedStrings(clusters, founds, lacking);
  const isWaiting = strings.action === 'wait';
  const costs = lanes.flatMap(({ plan }) => plan.costs);
  return {
    project: { projectId, projectName },
    places: [{ title: 'Clusters', detail: listed(clusters.map(({ name }) => name)) }],
    parts: lanes.map((lane) => ({ ...lane.plan, title: regionText(lane) })),
    steps: [strings],
    isComplete: !isWaiting && lanes.every(({ plan }) => plan.isComplete),
    words: { done: 'already there' },
    costs: [...new Set(costs)].map((cost) => {
      const number = costs.filter((each) => each === cost).length;
      return number === 1 ? cost : `${cost} (in ${number} regions)`;
    }),
    time: usualTime(founds, isWaiting),
    notes: [...networkNotes(clusters, founds), ...lacking.reasons, ...notes],
  } satisfies ShownPlan & { isComplete: boolean };
}

function placeOf({ provider, region: { region, atlasRegion } }: ConnectFound): ClusterRegion {
  return { provider, region, atlasRegion };
}

/** What the wait for the connection strings is about. */
function plannedStrings(clusters: readonly Cluster[], founds: readonly ConnectFound[], { unreachable }: Lacking) {
  const { id, title } = atlasSteps.strings;
  const stringsOf = stringsThroughAll(founds);
  const named = clusters.filter(({ name }) => !unreachable.includes(name));
  const missing = named.filter((each) => stringsOf(each).length === 0);
  const action = missing.length > 0 ? 'wait' : named.length > 0 ? 'done' : 'skip';
  const about = { wait: missing, done: named, skip: clusters }[action];
  return { id, title, action, detail: `for ${listed(about.map(({ name }) => name))}` };
}

/** The connection strings of a cluster: none unless each of the regions where it has nodes is connected. */
export function stringsThroughAll(founds: readonly ConnectFound[]): StringsOf {
  return (cluster) => {
    const here = founds.filter((found) => hasNodesIn(cluster, placeOf(found)));
    const through = here.map(({ attached }) => stringsThrough(attached?.id)(cluster));
    return through.every(({ length }) => length > 0) ? [...new Set(through.flat())] : [];
  };
}

/** The networks of the endpoints, each once. */
export function networksOf(founds: readonly ConnectFound[]) {
  const all = founds.flatMap(({ cloudPlan }) => cloudPlan.network ?? []);
  return [...new Map(all.map((network) => [network.id, network])).values()];
}

/** What the user should know if a client of a cluster needs several networks. */
function networkNotes(clusters: readonly Cluster[], founds: readonly ConnectFound[]): string[] {
  const about = clusters.length === 1 ? () => '' : ({ name }: Cluster) => ` of ${name}`;
  const leads = clusters.flatMap((cluster) => {
    const { length } = networksOf(founds.filter((found) => hasNodesIn(cluster, placeOf(found))));
    return length < 2 ? [] : [`The connection string${about(cluster)} leads to nodes in ${length} networks.`];
  });
  if (leads.length === 0) return [];
  const networks = networksOf(founds);
  const [joining] = founds.filter(({ provider, cloudPlan }) => {
    const others = founds.filter((each) => each.provider === provider && each.cloudPlan.network);
    return others.some((each) => each.cloudPlan.network?.id !== cloudPlan.network?.id);
  });
  const { elsewhere } = joining ? clouds[joining.provider].setup : {};
  const use = elsewhere === undefined ? '' : `, or use ${longName(elsewhere)}`;
  const ranges = [...new Set(networks.flatMap((each) => each.ranges))];
  const equal = ranges.flatMap((range) => {
    const same = networks.filter((each) => each.ranges.includes(range)).map(({ id }) => id);
    return same.length > 1 ? [`${oneOf(same, 'and')} have the same range ${range}, so they cannot be connected.`] : [];
  });
  return [`${leads.join(' ')} A client must reach all of them: connect the networks${use}.`, ...equal];
}

/** What `connect --cluster --dry-run` prints. */
export function clustersPlanView({ projectId, lanes }: Clusters, plan: ReturnType<typeof planClusters>): View {
  const regions = lanes.map(({ cloud, found, plan: { steps, costs, commands, notes } }) => ({
    ...placeOf(found),
    endpoint: found.service ?? null,
    cloud: cloudRow(found, cloud, []),
    steps: stepRows(steps),
    costs,
    commands: [...commands],
    notes: noteTexts(notes),
  }));
  return planView({ projectId, regions }, plan);
}

/**
 * Waits for the connection strings of the clusters whose regions are all connected, as one step. Returns the strings, and
 * why some of the clusters got none.
 */
export async function awaitClusterStrings(
  context: Context,
  { projectId, clusters: all, lanes, lacking }: Clusters,
  founds: readonly ConnectFound[],
  deadline: Deadline,
): Promise<{ strings: Row[]; results: StepResult[]; error: CliError | undefined }> {
  const { id, title } = atlasSteps.strings;
  const outcome = { strings: [] as Row[], error: undefined as CliError | undefined };
  const isConnected = (lane: Lane) => founds.some((found) => isSamePlace(placeOf(found), lane));
  const clusters = all.filter((cluster) => {
    const its = lanes.filter((lane) => hasNodesIn(cluster, lane));
    return its.length > 0 && its.every(isConnected);
  });
  const isDone = plannedStrings(clusters, founds, lacking).action === 'done';
  const run = async (inner: Context) => {
    const stringsOf = stringsThroughAll(founds);
    const read = await (await inner.atlas()).listClusters(projectId);
    const now = read.filter(({ name }) => clusters.some((each) => each.name === name));
    const endpoints = founds.flatMap(({ attached }) => attached?.id ?? []);
    const wanted = {
      projectId,
      services: founds.flatMap(({ service }) => service ?? []),
      stringsOf,
      isSelected: (each: string) => hasId(endpoints, each),
    };
    const { eligible, reasons } = await eligibleOf(inner, now, wanted);
    for (const reason of reasons.values()) if (!lacking.reasons.includes(reason)) inner.io.note(reason);
    const named = { cluster: clusters.length === 1 ? clusters[0]?.name : undefined };
    const { reached, error } = await awaitStrings(inner, eligible, wanted, { deadline, named });
    outcome.strings = stringRows(reached, stringsOf);
    outcome.error = error;
    const result = error ? 'failed' : isDone ? 'done' : reached.length > 0 ? 'created' : 'skipped';
    const names = listed((reached.length > 0 ? reached : all).map(({ name }) => name));
    const detail = reached.length > 0 ? names : `for ${names}`;
    return { result, detail, word: isDone ? undefined : '', failure: error };
  };
  const results = await runSteps(context, {
    titles: [title],
    steps: [{ id, title, run }],
    facts: () => ({ endpointId: null, interfaceEndpointId: null, projectId, provider: null, region: null }),
    explain: (error) => error,
  });
  return { ...outcome, results };
}

/** What `connect --cluster` prints: the connection strings; JSON also has what became of each region. */
export function clustersView(
  ends: readonly { lane: Lane; outcome: ConnectOutcome }[],
  strings: readonly Row[],
  steps: readonly StepResult[],
): View {
  const regions = ends.map(({ lane, outcome }) => ({
    ...placeOf(outcome.found),
    ...connectedRow(lane.cloud, outcome),
    steps: [...outcome.results],
    error: errorRow(outcome.error),
  }));
  return stringsView({ regions, connectionStrings: [...strings], steps: [...steps] }, strings);
}

function errorRow(error: CliError | undefined): Row | null {
  return error ? { code: error.code, message: error.message, exitCode: error.exitCode } : null;
}
