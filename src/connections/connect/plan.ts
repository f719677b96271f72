import { type Cluster, hasNodesIn, isSamePlace, regionText } from '../../atlas/clusters.js';
import { isReady } from '../../atlas/model.js';
import { cmd, commandLine, longName, type Words } from '../../base/shell.js';
import { listed, oneOf } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud } from '../../clouds/cloud.js';
import type { Context } from '../../endpoints/context.js';
import { connectCommand } from '../../endpoints/next-step.js';
import { formats } from '../../ui/formats.js';
import { cell, type Row, type View } from '../../ui/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { errorRow, providersIn } from '../lanes.js';
import { runSteps, type StepResult } from '../steps.js';
import { stringRows } from '../waits.js';
import type { ConnectOutcome, Lane } from './carry-out.js';
import { type Common, type ConnectFound, type Lacking, stringsThroughAll } from './found.js';
import { atlasSteps, type ConnectStep, cloudSteps, lastSteps, readyStrings } from './steps.js';

export function planConnect(found: ConnectFound) {
  const { cloudPlan, isLane, reasons } = found;
  const { missing } = atlasSteps.strings.plan(found);
  const gain = missing && `${listed(missing)}: one more connection string, the others stay`;
  const planned = ({ id, title, plan }: ConnectStep) => ({ id, title, ...plan(found) });
  const steps = [atlasSteps.service, ...cloudSteps(found), ...lastSteps(found)].map(planned);
  const isWaiting = steps.some(({ action }) => action === 'wait');
  return {
    project: found,
    places: isLane || !gain ? cloudPlan.places : [...cloudPlan.places, { title: 'Clusters', detail: gain }],
    steps,
    isComplete: steps.every(({ action }) => action !== 'create' && action !== 'wait'),
    words: { done: 'already there' },
    costs: [...cloudPlan.costs, 'Atlas: the private endpoint per hour, its traffic'],
    time: usualTime([found], isWaiting),
    commands: cloudPlan.commands,
    notes: [...cloudPlan.notes, ...reasons],
  };
}

/** Clusters are updated for this long after an interface endpoint is AVAILABLE, and have their strings then. */
const stringMinutes = { least: 3, most: 5 };

/** How long the rest takes: recorded times of services, and MongoDB's own estimate of the strings (`isWaiting`). Undefined without a wait. */
function usualTime(regions: readonly ConnectFound[], isWaiting: boolean) {
  const starting = regions.filter(({ service }) => !service || !isReady(service.status));
  if (starting.length === 0 && !isWaiting) return undefined;
  const times = starting.map(({ provider }) => clouds[provider].readyTimes);
  const least = Math.max(0, ...times.map((each) => each.least));
  const p95 = Math.max(0, ...times.map((each) => each.p95));
  const strings = isWaiting ? stringMinutes : { least: 0, most: 0 };
  return `estimated ${Math.floor(least / 60 + strings.least)} to ${Math.ceil(p95 / 60 + strings.most)} minutes`;
}

/** What a step says when it starts; undefined if it usually takes seconds. */
export function startText({ settings }: Context, doing: string, ...about: Parameters<typeof usualTime>) {
  const usual = usualTime(...about);
  return usual && `${doing} (${settings.profile.isSandbox ? 'some seconds in the sandbox' : usual})`;
}

/** What JSON has beside the plan of a region. */
export function plannedRow(found: ConnectFound, cloud: Cloud) {
  const { provider, region, atlasRegion, service } = found;
  return { provider, region, atlasRegion, endpoint: service ?? null, cloud: cloudRow(found, cloud, []) };
}

/** What `connect` prints: for people and scripts the connection strings, which they came for. */
export function connectedView(cloud: Cloud, outcome: ConnectOutcome): View {
  return stringsView(connectedRow(cloud, outcome), outcome.found.strings, outcome.results);
}

function connectedRow(cloud: Cloud, { found, created }: ConnectOutcome) {
  const { service, attached } = found;
  const inCloud = created.filter(({ id }) => id !== service?.id).map(({ id }) => id);
  return { endpoint: service ?? null, interfaceEndpoint: attached ?? null, cloud: cloudRow(found, cloud, inCloud) };
}

function stringsView(row: Row, strings: readonly Row[], steps: readonly StepResult[]): View {
  const list: View = {
    single: false,
    rows: strings.map((each) => ({ cluster: each.cluster ?? null, 'connection string': stringOf(each) })),
    columns: ['cluster', 'connection string'],
    id: 'connection string',
    empty: 'No cluster has a private connection string yet.',
  };
  return {
    single: true,
    rows: [{ ...row, connectionStrings: [...strings], steps: [...steps] }],
    id: 'srvConnectionString',
    own: {
      // In a terminal, an empty line parts the strings from the steps.
      table: async (layout) => `${layout.isTerminal ? '\n' : ''}${await formats.table.render(list, layout)}`,
      tsv: (layout) => formats.tsv.render(list, layout),
      id: () => formats.id.render(list),
    },
  };
}

export function nextSteps(context: Pick<Context, 'settings'>, found: ConnectFound, isSandbox: boolean) {
  const { region, uncovered, strings } = found;
  const others = uncovered.map((each) => context.settings.commandLine(connectCommand(each.provider, each.region)));
  const also = { text: 'To get the missing connection strings, also connect:', commands: [...new Set(others)] };
  const next = testAndUse(context, [found], strings, isSandbox, cmd`${region}`);
  return others.length > 0 ? [also, next] : [next];
}

/** The machine may have no profile, and the servers of a sandbox no data. `place`: the region or the clusters. */
export function testAndUse(
  { settings }: Pick<Context, 'settings'>,
  founds: readonly ConnectFound[],
  [first]: readonly Row[],
  isSandbox: boolean,
  place: Words,
) {
  const titles = founds.map(({ provider }) => clouds[provider].setup.networkTitle);
  const isOne = networksOf(founds).length < 2;
  const where = isOne ? `on a machine in the ${titles[0]}` : 'on a machine that reaches all of these networks';
  const doctor = first
    ? commandLine(cmd`doctor ${stringOf(first)} ${settings.profile.isSandbox ? ['--sandbox'] : []}`)
    : settings.commandLine(cmd`doctor ${place}`);
  if (settings.profile.isSandbox) {
    const undo = settings.commandLine(cmd`disconnect ${place}`);
    return {
      text: 'Nothing was created in a cloud or in Atlas: this is the sandbox. Next:',
      commands: [doctor, undo],
    };
  }
  const client = first && !isSandbox ? [cmd`mongosh ${stringOf(first)} --username USER`.text] : [];
  return { text: `Next, ${where}:`, commands: [doctor, ...client] };
}

function networksOf(founds: readonly ConnectFound[]) {
  const all = founds.flatMap(({ cloudPlan }) => cloudPlan.network ?? []);
  return [...new Map(all.map((network) => [network.id, network])).values()];
}

function stringOf({ srvConnectionString, connectionString }: Row) {
  return cell(srvConnectionString ?? connectionString);
}

function cloudRow({ cloudPlan, leftovers }: ConnectFound, cloud: Cloud, created: readonly string[]): Row {
  const staying = new Set([...cloudPlan.dead.map(({ id }) => id), ...leftovers]);
  return { ...cloud.row(cloudPlan), created: [...created], left: [...staying] };
}

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
    const { length } = networksOf(founds.filter((found) => hasNodesIn(cluster, found)));
    const about = clusters.length > 1 ? ` of ${cluster.name}` : '';
    return length > 1 ? [`The connection string${about} leads to nodes in ${length} networks.`] : [];
  });
  if (leads.length === 0) return [];
  const networks = networksOf(founds);
  // An endpoint that exists stays in its network.
  const planned = founds.filter(({ cloudPlan }) => !cloudPlan.endpoint);
  const [cloud, ...others] = providersIn(founds);
  const { elsewhere } = cloud && others.length === 0 ? clouds[cloud].setup : {};
  const isSpread = networksOf(planned).length > 1;
  const use = elsewhere !== undefined && isSpread ? `, or use ${longName(elsewhere)}` : '';
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
  const isConnected = (lane: Lane) => founds.some((found) => isSamePlace(found, lane));
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
    const ready = await readyStrings(inner, about, founds, deadline, named);
    ({ strings } = ready);
    const { detail } = atlasSteps.strings.plan({ ...about, strings, unreachable: lacking.unreachable });
    const result = ready.error ? 'failed' : resultOf[step.action];
    return { result, detail, word: step.action === 'wait' ? '' : undefined, failure: ready.error };
  };
  const { results, error } = await runSteps(context, {
    titles: [step.title],
    steps: [
      { ...step, start: startText(context, 'waiting', [], step.action === 'wait' && clusters.length > 0), run },
    ],
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
  const regions = ends.map(({ place: { provider, region, atlasRegion, cloud }, outcome }) => {
    const { results, error } = outcome;
    const row = connectedRow(cloud, outcome);
    return { provider, region, atlasRegion, ...row, steps: [...results], error: errorRow(error) };
  });
  return stringsView({ regions }, strings, steps);
}
