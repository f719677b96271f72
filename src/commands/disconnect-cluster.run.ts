import { type Cluster, type ClusterRegion, canUse, isSamePlace, regionText } from '../atlas/clusters.js';
import { deleted, isLeaving } from '../atlas/model.js';
import { advise, CliError, NotFoundError } from '../base/errors.js';
import { cmd, option } from '../base/shell.js';
import { counted, listed } from '../base/words.js';
import { checkCloudOptions } from '../clouds/access.js';
import { clouds } from '../clouds/all.js';
import { cloudsOf } from '../clouds/regions.js';
import { disconnectedRegionsView, plannedRemovalRow, runDisconnect } from '../connections/disconnect/carry-out.js';
import {
  type ClusterRegions,
  checkFailed,
  checkNoEndpoint,
  checkRefused,
  inEach,
  type LaneEnd,
  providersIn,
  readClusterRegions,
  runLanes,
  serviceIn,
} from '../connections/lanes.js';
import { type BrokenStrings, brokenStrings, checkOutage, warnOfBroken } from '../connections/removal.js';
import { planView, readProjectName, showNotes, showPlan } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import { readGoal } from '../endpoints/goal.js';
import type { Deadline } from '../wait/deadline.js';
import { type OpenedClouds, openClouds, signInWords } from './cloud-access.js';
import { type DisconnectOptions, type PreparedRegion, prepareRegion, rehearseRegion } from './disconnect-region.js';
import { approval, ignoreMissing } from './saving.js';

type Options = DisconnectOptions & { cluster: readonly string[] };

type Lane = ClusterRegion & PreparedRegion;

interface Work extends ClusterRegions {
  context: Context;
  options: Options;
  lanes: readonly Lane[];
  /** The regions that stay as they are, with the other clusters that have nodes there. */
  shared: readonly (ClusterRegion & { users: string })[];
}

const undone = 'Nothing was removed';

export async function disconnectClusters(context: Context, options: Options) {
  checkNoEndpoint(context, 'disconnect', options);
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const about = await readClusterRegions(context, options);
  checkCloudOptions(providersIn(about.places), options);
  const opened = openClouds(context, options);
  const work = await prepareAll(context, options, about, opened);
  if (work.shared.length === 0 && work.lanes.every(({ isEmpty }) => isEmpty)) {
    const what = `No private endpoint found in ${listed(about.places.map(regionText))}.`;
    throw new NotFoundError(what, ignoreMissing(context), 'noneAtAll');
  }
  const plan = await planOf(work);
  if (options.dryRun) {
    await context.io.print(planView({ projectId: about.projectId }, plan));
    return warnOfBroken(context.io, plan.breaks);
  }
  await agree(work, plan);
  await removeAll(work, opened.start(timeoutMs), plan.breaks);
}

async function prepareAll(context: Context, options: Options, about: ClusterRegions, opened: OpenedClouds) {
  const { all, clusters, places, projectId, services } = about;
  const others = all.filter((each) => !clusters.includes(each) && !isLeaving(each.status));
  const usersOf = (place: ClusterRegion) => others.filter((each) => canUse(each, place)).map(({ name }) => name);
  const read = places.map((place) => ({ ...place, users: listed(usersOf(place)) }));
  const own = read.filter(({ users }) => users === '');
  const prepared = await inEach(own, async (place) => {
    const service = serviceIn(place, services);
    const target = { ...place, projectId, service, keepsService: options.keepService === true };
    return prepareRegion(context, target, options, opened);
  });
  const lanes = prepared.flatMap(({ place, result }) => (result ? [{ ...place, ...result }] : []));
  const used = read.filter(({ users }) => users !== '');
  const shared = used.filter((place) => services.some((each) => isSamePlace(each, place)));
  const work: Work = { ...about, context, options, lanes, shared };
  checkNoneRefused(work, prepared);
  return work;
}

function checkNoneRefused({ context, options, lanes }: Work, ends: readonly LaneEnd[]) {
  const isRefused = (lane: Lane) => ends.some(({ place, error }) => error && isSamePlace(place, lane));
  const others = lanes.filter((lane) => lane.count > 0 && !isRefused(lane));
  checkRefused(context, options, ends, { undone, verb: 'disconnect', others });
}

async function planOf(work: Work) {
  const { context, projectId, clusters, all, places, lanes, shared } = work;
  return {
    project: { projectId, projectName: await readProjectName(context, projectId) },
    places: [{ title: 'Clusters', detail: namesOf(clusters) }],
    steps: [],
    words: { done: 'skip' },
    parts: lanes.map((lane) => {
      const row = { provider: lane.provider, ...plannedRemovalRow(lane) };
      return { ...lane.plan, title: regionText(lane), row, notes: lane.notes };
    }),
    breaks: breaksOf(all, lanes, places),
    notes: shared.map((each) => {
      const text = `${regionText(each)} stays as it is: other clusters have nodes there (${each.users}). To disconnect it:`;
      return advise(context, text, commandFor(work, each));
    }),
  };
}

function breaksOf(all: readonly Cluster[], lanes: readonly Lane[], places: readonly ClusterRegion[]) {
  const removed = lanes.map(({ found, plan }) => ({ service: found.service, ids: plan.toDetach }));
  return brokenStrings(all, removed, places);
}

function namesOf(clusters: readonly { name: string }[]) {
  return listed(clusters.map(({ name }) => name));
}

function commandFor({ options }: Work, { provider, region }: ClusterRegion) {
  const on = option('--provider', cloudsOf(region).length > 1 ? provider.toLowerCase() : undefined);
  const signIn = signInWords(provider, options, clouds[provider].setup.elsewhere);
  // It breaks the strings of the others too, so a plan doesn't agree to it.
  return cmd`disconnect ${region} ${on} ${signIn} ${options.yes ? ['--yes'] : []}`;
}

async function agree(work: Work, plan: Awaited<ReturnType<typeof planOf>>) {
  const { context, options, clusters, lanes, shared } = work;
  const { yes, allowOutage } = options;
  const refusals = lanes.map((lane) => ({ place: lane, error: lane.refusal }));
  checkNoneRefused(work, refusals);
  const removing = lanes.filter(({ count }) => count > 0);
  if (removing.length === 0) {
    const notes = lanes.flatMap((lane) => lane.notes);
    showNotes(context.io, notes);
    if (shared.length === 0) return;
    const users = listed(shared.map((each) => `${regionText(each)} (${each.users})`));
    const commands = shared.map((each) => commandFor(work, each));
    const hint = advise(context, 'To disconnect a region that they use:', ...commands);
    throw new CliError('conflict', `${undone}: other clusters have nodes in ${users}.`, { hint });
  }
  const ask = approval(context, { yes, undone });
  checkOutage(context, plan.breaks, { yes, allowOutage, undone });
  checkNoneRefused(work, await inEach(removing, rehearseRegion));
  showPlan(context.io, plan);
  const count = removing.reduce((sum, lane) => sum + lane.count, 0);
  const where = `${counted(removing.length, 'region')} of ${namesOf(clusters)}`;
  await ask(`Remove ${counted(count, 'resource')} in ${where}?`);
}

async function removeAll({ context, ...work }: Work, deadline: Deadline, breaks: BrokenStrings) {
  const { io } = context;
  const lanes = work.lanes.filter(({ isEmpty }) => !isEmpty);
  const removeOne = async (...[lane, how]: Parameters<typeof runDisconnect>) => {
    const outcome = await runDisconnect(lane, how);
    return { ...outcome, error: outcome.error ?? outcome.kept };
  };
  const ends = await runLanes(context, lanes, deadline, removeOne, (_, { count }) =>
    count > 0 ? 'disconnected' : 'unchanged',
  );
  await io.print(disconnectedRegionsView(ends, breaks));
  const staying = ends.filter(({ place, outcome }) => place.count > 0 && outcome.service?.status !== deleted);
  for (const hint of staying.flatMap(({ place }) => place.toDelete)) io.hint(hint);
  checkFailed(context, ends, (where) => `Something is left in ${listed(where)}.`);
}
