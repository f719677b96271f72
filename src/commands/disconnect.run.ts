import type { ClusterRegion } from '../atlas/clusters.js';
import { regionText } from '../atlas/clusters.js';
import { deleted } from '../atlas/model.js';
import { advise, CliError, hintLine, InterruptedError, NotFoundError, toHint } from '../base/errors.js';
import { cmd, longName, option } from '../base/shell.js';
import { counted, listed } from '../base/words.js';
import { checkCloudOptions } from '../clouds/access.js';
import { clouds } from '../clouds/all.js';
import { type Found, ownerOf } from '../clouds/found.js';
import { runDisconnect } from '../connections/disconnect/carry-out.js';
import {
  disconnectCommand,
  type RemovalScope,
  readClusterRemoval,
  readRegionRemoval,
} from '../connections/disconnect/scope.js';
import { disconnectedRegionsView, disconnectedView, plannedRemovalRow } from '../connections/disconnect/views.js';
import { checkFailed, providersIn, runLanes } from '../connections/lanes.js';
import { type BrokenStrings, checkOutage, readBrokenStrings, warnOfBroken } from '../connections/removal.js';
import { planView, readProjectName, showNotes, showPlan, whereText } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import { readGoal } from '../endpoints/goal.js';
import { checkPossible, readInterfaceName } from '../endpoints/interfaces.js';
import { deletingLeftovers } from '../endpoints/next-step.js';
import type { Deadline } from '../wait/deadline.js';
import { openClouds, signInWords } from './cloud-access.js';
import {
  checkRemovable,
  type DisconnectOptions,
  type DisconnectRegion,
  readRemovals,
  rehearseRegions,
  undone,
} from './disconnect-regions.js';
import { approval, endpointArgument } from './saving.js';

export async function run(context: Context, options: DisconnectOptions) {
  try {
    await disconnectAll(context, options);
  } catch (error) {
    if (!options.ifExists || !(error instanceof NotFoundError)) throw error;
    await printNothing(context, options, error);
  }
}

async function disconnectAll(context: Context, options: DisconnectOptions) {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const scope = await readScope(context, options);
  checkCloudOptions(providersIn(scope.own), options);
  const opened = openClouds(context, options);
  const regions = await readRemovals(context, scope, options, opened);
  if (scope.shared.length === 0 && regions.every(({ isEmpty }) => isEmpty)) throw scope.notFound;
  const breaks = await readBreaks(context, scope, regions);
  const plan = await planOf(context, scope, options, regions, breaks);
  if (options.dryRun) {
    await io.print(planView(plan.row, plan.shown, plan.provider));
    return warnOfBroken(io, breaks);
  }
  await checkRemovable(context, scope, options, regions);
  const isChange = regions.some(({ count }) => count > 0);
  if (!isChange && scope.shared.length > 0) throw sharedError(context, scope, options, regions);
  const question = {
    yes: options.yes,
    undone,
    name: scope.names ? undefined : endpointArgument(options.endpoint),
  };
  const approve = isChange ? approval(context, question) : undefined;
  checkOutage(context, breaks, { ...question, allowOutage: options.allowOutage });
  await rehearseRegions(context, scope, options, regions);
  if (approve) showPlan(io, plan.shown);
  else showNotes(io, plan.notes);
  await approve?.(questionFor(scope, plan.shown.project, regions));
  await removeAll(context, scope, { regions, breaks, deadline: opened.start(timeoutMs) });
}

function readScope(context: Context, options: DisconnectOptions) {
  const { cluster } = options;
  return cluster ? readClusterRemoval(context, { ...options, cluster }) : readRegionRemoval(context, options);
}

/** For --if-exists. */
async function printNothing(context: Context, options: DisconnectOptions, error: NotFoundError) {
  const { cluster } = options;
  // Without the cluster, nothing tells which regions to search.
  if (cluster && error.reason !== 'noneAtAll') throw error;
  if (!cluster) checkPossible(readInterfaceName(options), { ...options, region: options.region?.[0] });
  const isSearched = error.reason !== 'notSearched';
  context.io.note(
    isSearched ? 'Nothing to remove.' : `Nothing to remove in Atlas. ${hintLine(error.hint ?? toHint(''))}`,
  );
  const nothing = cluster ? { regions: [] } : { endpoint: null, cloud: null, steps: [] };
  const place = cluster ? {} : { region: null, atlasRegion: null };
  const row = options.dryRun
    ? { projectId: await context.settings.projectId(), ...place, ...nothing, breaks: [], notes: [] }
    : { ...nothing, breaks: [], ...(!cluster && { interfaceEndpointId: null }) };
  const own = { table: () => '', tsv: () => '' };
  await context.io.print({ single: true, rows: [row], id: 'interfaceEndpointId', own });
}

/** The connection strings that stop working; null if that can't be read. */
function readBreaks(
  context: Context,
  { projectId, places, clusters }: RemovalScope,
  regions: readonly DisconnectRegion[],
) {
  const removed = regions.map(({ found, plan }) => ({ service: found.service, ids: plan.toDetach }));
  return readBrokenStrings(context, projectId, removed, places, clusters);
}

async function planOf(
  context: Context,
  scope: RemovalScope,
  options: DisconnectOptions,
  regions: readonly DisconnectRegion[],
  breaks: BrokenStrings,
) {
  const { projectId, names, shared } = scope;
  const project = { projectId, projectName: await readProjectName(context, projectId) };
  const [first] = regions;
  const common = { project, words: { done: 'skip' }, breaks };
  if (!names && first) {
    const places = [{ title: 'Region', detail: first.region }, ...first.plan.places];
    const shown = { ...first.plan, ...common, places, notes: first.notes };
    const row = { projectId, ...plannedRemovalRow(first) };
    return { row, shown, provider: first.provider, notes: first.notes };
  }
  const staying = shared.map((each) => {
    const text = `${regionText(each)} stays as it is: other clusters have nodes there (${each.users}). To disconnect it:`;
    return advise(context, text, commandFor(options, each));
  });
  const parts = regions.map((region) => {
    const row = { provider: region.provider, ...plannedRemovalRow(region) };
    return { ...region.plan, title: regionText(region), row, notes: region.notes };
  });
  const notes = [...staying, ...scope.notes];
  const places = [{ title: 'Clusters', detail: listed(names ?? []) }];
  const all = [...regions.flatMap((region) => region.notes), ...notes];
  return { row: { projectId }, shown: { ...common, places, steps: [], parts, notes }, notes: all };
}

function commandFor(options: DisconnectOptions, place: ClusterRegion) {
  const signIn = signInWords(place.provider, options, clouds[place.provider].setup.elsewhere);
  // It breaks the strings of the others too, so a plan doesn't agree to it.
  return cmd`${disconnectCommand(place)} ${signIn} ${options.yes ? ['--yes'] : []}`;
}

/** The error if only regions are left in which other clusters have nodes. */
function sharedError(
  context: Context,
  { shared, notes }: RemovalScope,
  options: DisconnectOptions,
  regions: readonly DisconnectRegion[],
) {
  showNotes(context.io, [...regions.flatMap((region) => region.notes), ...notes]);
  const users = listed(shared.map((each) => `${regionText(each)} (${each.users})`));
  const commands = shared.map((each) => commandFor(options, each));
  const hint = advise(context, 'To disconnect a region that they use:', ...commands);
  return new CliError('conflict', `${undone}: other clusters have nodes in ${users}.`, { hint });
}

function questionFor(
  { names = [] }: RemovalScope,
  project: Record<'projectId' | 'projectName', string>,
  regions: readonly DisconnectRegion[],
) {
  const removing = regions.filter(({ count }) => count > 0);
  const count = removing.reduce((sum, region) => sum + region.count, 0);
  const what = `Remove ${counted(count, 'resource')}`;
  const [only, another] = removing;
  if (!only || another) return `${what} in ${counted(removing.length, 'region')} of ${listed(names)}?`;
  return `${what} from ${whereText({ ...project, provider: only.provider }, only.found.signedIn.account)}?`;
}

interface Removal {
  regions: readonly DisconnectRegion[];
  breaks: BrokenStrings;
  deadline: Deadline;
}

async function removeAll(context: Context, { names }: RemovalScope, { regions, breaks, deadline }: Removal) {
  const { io } = context;
  const lanes = regions.filter(({ isEmpty }) => !isEmpty);
  const isOne = lanes.length === 1;
  const ends = await runLanes(
    context,
    lanes,
    deadline,
    async (region, how) => {
      const again = (remaining: readonly Found[]) => againAfter(context, region, remaining);
      const outcome = await runDisconnect(region, { ...how, again: isOne ? again : undefined });
      return {
        ...outcome,
        error: outcome.error ?? region.refusal ?? outcome.kept,
        isStopped: outcome.error !== undefined,
      };
    },
    (_, { count }) => (count > 0 ? 'disconnected' : 'unchanged'),
  );
  const [first] = ends;
  const only = isOne ? first : undefined;
  if (only?.outcome.isStopped && (!names || only.error instanceof InterruptedError)) throw only.error;
  await io.print(
    first && !names ? disconnectedView(first.place, first.outcome, breaks) : disconnectedRegionsView(ends, breaks),
    { isDone: true },
  );
  // Without a question, the notes have said it.
  const staying = ends.filter(({ place, outcome }) => place.count > 0 && outcome.service?.status !== deleted);
  for (const hint of staying.flatMap(({ place }) => place.toDelete)) io.hint(hint);
  if (only?.error) throw only.error;
  checkFailed(context, ends, (where) => `Something is left in ${listed(where)}.`);
}

/** The command lines that continue. Without the service, only their ids and regions tell what remains. */
function againAfter(context: Context, { found, signIn }: DisconnectRegion, remaining: readonly Found[]) {
  if (remaining.length === 0) return [context.settings.again(cmd``)];
  const { elsewhere = '' } = clouds[found.provider].setup;
  const lines = remaining.map((each) => {
    const other = each.region === found.region ? [] : option(longName(elsewhere), each.region);
    const serviceId = ownerOf(each, found.projectId) ?? '';
    return deletingLeftovers(context, { serviceId, region: found.region }, [...other, ...signIn]);
  });
  return [...new Set(lines)];
}
