import { type ClusterRegion, hasNodesIn, isSamePlace } from '../../atlas/clusters.js';
import type { CliError } from '../../base/errors.js';
import { shortName } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { eachOf } from '../../endpoints/find.js';
import type { Row } from '../../ui/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { type LaneEnd, runLanes } from '../lanes.js';
import { runSteps, type StepEnd, type StepResult } from '../steps.js';
import { stringRows } from '../waits.js';
import { whyNotConnected } from './connected.js';
import { type ConnectPlan, startText } from './plan.js';
import { type ConnectOutcome, runRegion, withWayOn } from './run-region.js';
import { type ConnectScope, isOneRegion } from './scope.js';
import { type ConnectRegion, locationOf } from './sides.js';
import { stepsOf } from './steps.js';
import { type Lacking, namesOf, planStrings, readyStrings, stringsThrough } from './strings.js';

export interface ConnectWork {
  scope: ConnectScope;
  regions: readonly ConnectRegion[];
  lacking: Lacking;
  plan: ConnectPlan;
  deadline: Deadline;
  /** The command lines that continue after an error in the only region. */
  again(error: CliError): readonly string[];
}

export type ConnectEnd = LaneEnd<ConnectRegion> & { outcome: ConnectOutcome };

/** What became of the regions, and the connection strings that came. `error`: why others did not, unless a region's error says so. */
export interface ConnectedAll {
  ends: readonly ConnectEnd[];
  strings: readonly Row[];
  /** The wait for the strings. */
  steps: readonly StepResult[];
  error?: CliError | undefined;
}

/** Connects all regions at the same time; then the clusters get their connection strings, and each region is checked again. */
export async function carryOut(context: Context, work: ConnectWork): Promise<ConnectedAll> {
  const { scope, regions, plan, deadline } = work;
  const isOne = isOneRegion(scope);
  const titlesOf = ({ sides }: ConnectRegion) => [
    ...stepsOf(sides).map(({ title }) => title),
    ...(isOne ? [plan.strings.title] : []),
  ];
  const ends = await runLanes(
    context,
    regions,
    deadline,
    (region, how) => runRegion(region, { ...how, titles: titlesOf(region), again: isOne ? work.again : undefined }),
    ({ sides }) => `connected, ${shortName(sides.attached?.id ?? '')}`,
  );
  if (isOne && ends[0]?.error) return { ends, strings: [], steps: [] };
  return awaitClusterStrings(context, work, ends);
}

async function awaitClusterStrings(context: Context, work: ConnectWork, ends: readonly ConnectEnd[]) {
  const { scope, lacking, deadline } = work;
  const [only] = isOneRegion(scope) ? ends : [];
  const connected = ends.filter(({ error }) => !error);
  const sides = connected.map(({ outcome }) => outcome.sides);
  const isConnected = (place: ClusterRegion) => sides.some((each) => isSamePlace(each, place));
  const clusters = scope.clusters.filter((cluster) =>
    scope.places.every((place) => isConnected(place) || !hasNodesIn(cluster, place)),
  );
  const started = planStrings(
    namesOf(clusters.length > 0 ? clusters : scope.clusters),
    lacking,
    stringRows(clusters, stringsThrough(sides)),
  );
  const isWaiting = started.action === 'wait' && clusters.length > 0;
  let strings: readonly Row[] = [];
  let checked: readonly ConnectEnd[] = connected;
  const run = async (inner: Context): Promise<StepEnd> => {
    if (clusters.length === 0) return { result: 'skipped', detail: started.detail };
    const ready = await readyStrings(inner, { ...scope, clusters }, sides, lacking, deadline);
    ({ strings } = ready);
    // At a time-out, nothing more can be asked.
    if (ready.error?.exit !== 'timedOut') checked = await checkAll(inner, connected);
    const failure = checked.find(({ error }) => error)?.error ?? ready.error;
    const { action, detail } = ready.step;
    const result = failure ? 'failed' : stringResults[action === 'done' ? started.action : 'skip'];
    return { result, detail, word: started.action === 'wait' ? '' : undefined, failure };
  };
  const location = { endpointId: null, interfaceEndpointId: null, provider: null, region: null };
  const { results, error } = await runSteps(context, {
    titles: only ? [...only.outcome.results, started].map(({ title }) => title) : [started.title],
    steps: [{ ...started, start: startText(context, 'waiting', [], isWaiting), run }],
    facts: () => (only ? locationOf(only.outcome.sides) : { ...location, projectId: scope.projectId }),
    explain: (error, step) => {
      if (!only) return error;
      return withWayOn(context, error, { region: only.place, outcome: only.outcome, step, again: work.again });
    },
  });
  const isAnyLost = checked.some((each) => each.error);
  if (only) return { ends: [{ ...only, error }], strings: isAnyLost ? [] : strings, steps: results };
  const checkedEnds = ends.map((end) => {
    const { place: region, outcome, error } = checked.find(({ place }) => place === end.place) ?? end;
    const isLost = error !== undefined && !end.error;
    return isLost ? { ...end, error: withWayOn(context, error, { region, outcome, step: undefined }) } : end;
  });
  return { ends: checkedEnds, strings, steps: results, error: isAnyLost ? undefined : error };
}

const stringResults = { wait: 'created', done: 'done', skip: 'skipped' } as const;

/** Each region again, as Atlas has it now: it may have lost its interface endpoint since. */
async function checkAll(context: Context, connected: readonly ConnectEnd[]) {
  return eachOf(connected, async (end) => ({ ...end, error: await whyNotConnected(context, end.outcome.sides) }));
}
