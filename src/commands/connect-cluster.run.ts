import { type ClusterRegion, hasNodesIn, isSamePlace, regionText } from '../atlas/clusters.js';
import { CliError, hintLine, orNone, UsageError } from '../base/errors.js';
import { texts } from '../base/json.js';
import { isLoopback } from '../base/loopback.js';
import { onceByKey } from '../base/once.js';
import { cmd, longName, option } from '../base/shell.js';
import { counted, listed, oneOf } from '../base/words.js';
import { clouds } from '../clouds/all.js';
import type { Cloud } from '../clouds/cloud.js';
import { isNotAllowed } from '../clouds/errors.js';
import { shortName } from '../clouds/shapes.js';
import { type ConnectOutcome, type Lane, runConnect } from '../connections/connect/carry-out.js';
import { readLacking, targetIn } from '../connections/connect/found.js';
import {
  awaitClusterStrings,
  type Clusters,
  clustersView,
  planClusters,
  testAndUse,
} from '../connections/connect/plan.js';
import {
  checkFailed,
  checkInterrupted,
  checkRefused,
  inEach,
  type LaneEnd,
  providersIn,
  readClusterRegions,
  runLanes,
} from '../connections/lanes.js';
import { planView, readProjectName, showNotes, showPlan } from '../connections/show-plan.js';
import { hintToContinue } from '../connections/steps.js';
import type { Context } from '../context.js';
import { connectCommand } from '../endpoints/next-step.js';
import type { Deadline } from '../wait/deadline.js';
import { checkNetworkOptions, elsewhereOf, type OpenedClouds, openClouds, signInValues } from './cloud-access.js';
import { prepareLane, rehearseLane, sandboxTime } from './connect-region.js';
import type { ConnectOptions } from './connections.js';
import { approval } from './saving.js';

type Options = ConnectOptions & { cluster: readonly string[] };

const undone = 'Nothing was created';

export async function connectClusters(context: Context, options: Options, timeoutMs: number) {
  const { io, settings } = context;
  const about = await readPlaces(context, options);
  const providers = providersIn(about.places);
  const accounts = Object.fromEntries(providers.flatMap((provider) => signInValues(provider, options)));
  const all = { ...options, ...accounts };
  // Each region gets its own ids, so a cloud is signed in to without them.
  const access = withOnly(all, []);
  await checkNetworkOptions(providers, options, access);
  const opened = openClouds(context, access);
  const prepared = await prepareAll(context, all, about, opened);
  const lanes = prepared.flatMap(({ result }) => result ?? []);
  checkNoneRefused(context, options, prepared, lanes);
  checkNotElsewhere(context, options, lanes);
  const lacking = await readLacking(context, { ...about, stringsOf: ({ strings }) => strings }, about.places);
  const clusters: Clusters = { ...about, lanes, lacking };
  const planned = planClusters(clusters);
  const plan = settings.profile.isSandbox ? { ...planned, time: sandboxTime(planned) } : planned;
  const approve = options.dryRun || plan.isComplete ? undefined : approval(context, { yes: options.yes, undone });
  const rehearsed = await inEach(lanes, (lane) => rehearseLane(context, lane, options));
  checkNoneRefused(context, options, rehearsed, lanes);
  if (options.dryRun) {
    await io.print(planView({ projectId: about.projectId }, plan));
    return;
  }
  if (approve) showPlan(io, plan);
  else showNotes(io, plan.notes);
  const count = lanes.flatMap((lane) => lane.plan.steps).filter(({ action }) => action === 'create').length;
  const what = count > 0 ? `Create ${counted(count, 'resource')}` : 'Connect';
  const project = about.projectName || about.projectId;
  await approve?.(`${what} in ${counted(lanes.length, 'region')} and Atlas project ${project}?`);
  const strings = await carryOut(context, clusters, opened.start(timeoutMs));
  if (lacking.uncovered.length > 0) {
    const commands = [settings.again(cmd``, '--region', '--provider')];
    const others = { text: 'To get the missing connection strings, also connect the other regions:', commands };
    // Without any, a pipe needs it too.
    if (strings.length > 0) io.hint(others);
    else io.warn(hintLine(others));
  }
  const founds = lanes.map(({ found }) => found);
  const isSandbox = isLoopback(await settings.baseUrl());
  const place = cmd`${options.cluster.flatMap((name) => ['--cluster', name])}`;
  if (strings.length > 0) io.hint(testAndUse(context, founds, strings, isSandbox, place));
}

type Places = Awaited<ReturnType<typeof readPlaces>>;

async function readPlaces(context: Context, options: Options) {
  const read = await readClusterRegions(context, options);
  const clusters = read.clusters.filter(({ isPaused }) => !isPaused);
  const places = read.places.filter((place) => clusters.some((cluster) => hasNodesIn(cluster, place)));
  const paused = read.clusters.filter(({ isPaused }) => isPaused).map(({ name }) => name);
  const what = `${listed(paused)} ${paused.length === 1 ? 'is' : 'are'} paused`;
  if (places.length === 0) {
    const hint = { text: 'Resume the cluster, then run this again:', commands: [context.settings.again(cmd``)] };
    throw new CliError('conflict', `${what}, so nothing was connected.`, { hint });
  }
  const notes = paused.length > 0 ? [`${what}, and skipped.`] : [];
  const projectName = await readProjectName(context, read.projectId);
  // It is only for the notes.
  const isRegional = await orNone((await context.atlas()).getRegionalMode(read.projectId));
  return { ...read, clusters, places, notes, projectName, isRegional };
}

type Prepared = Lane & { chosen: readonly string[] };

/** The options with ids, of which each region takes its own. */
const shared = ['vpc', 'subnet', 'securityGroup'] as const;

function givenIn(options: Options, names: readonly (typeof shared)[number][] = shared) {
  return names.flatMap((name) => options[name] ?? []);
}

function withOnly(options: Options, ids: readonly string[]): Options {
  const { vpc = '', subnet, securityGroup } = options;
  const own = (given?: readonly string[]) => given?.filter((id) => ids.includes(id));
  return { ...options, vpc: own([vpc])?.[0], subnet: own(subnet), securityGroup: own(securityGroup) };
}

async function prepareAll(context: Context, options: Options, about: Places, opened: OpenedClouds) {
  const given = givenIn(options);
  const once = onceByKey();
  const ownIn = (place: ClusterRegion) =>
    once(regionText(place), async () => {
      if (given.length === 0) return [];
      const { region } = elsewhereOf(place.provider, options) ?? place;
      return readOwn(await opened.open(place.provider, { region }), given, options);
    });
  checkGiven(options, await inEach(about.places, ownIn));
  return inEach(about.places, async (place): Promise<Prepared> => {
    const found = await ownIn(place);
    const target = targetIn(context, about.projectId, place, about.services);
    // What can't be read is in no plan, and is not foreign.
    const chosen = found ?? given;
    const own = withOnly(options, found ?? []);
    const lane = await prepareLane(context, target, own, opened, about);
    const isDefault = found !== null && !lane.found.cloudPlan.endpoint;
    const notes = isDefault ? defaultNotes(options, own, lane) : [];
    return { ...lane, plan: { ...lane.plan, notes: [...lane.plan.notes, ...notes] }, chosen };
  });
}

/** What the plan of a region says of options that name nothing in it. `own`: the options with what is there. */
function defaultNotes(options: Options, own: Options, { provider, cloud }: Lane) {
  const { network } = clouds[provider].setup;
  const unused = shared.filter((name) => name in network && options[name] && givenIn(own, [name]).length === 0);
  // A subnet tells the VPC.
  const needed = own.subnet?.length ? unused.filter((name) => name !== 'vpc') : unused;
  if (needed.length === 0) return [];
  const names = oneOf(needed.map(longName), 'and');
  return [`${names} ${needed.length > 1 ? 'name' : 'names'} nothing in ${cloud.region}, so it takes the default.`];
}

/** What of the given options is in the region of a cloud. Null if that may not be read, for a plan alone. */
async function readOwn(cloud: Cloud, given: readonly string[], { dryRun }: Options) {
  try {
    return await cloud.ownOf(given);
  } catch (error) {
    if (!dryRun || !isNotAllowed(error)) throw error;
    return null;
  }
}

type Read = LaneEnd & { result?: readonly string[] | null };

/** Throws if one of the ids is in no region. Only a region that could not be read may have it nevertheless. */
function checkGiven(options: Options, reads: readonly Read[]) {
  const mayHave = ({ place, result }: Read, name: string, id: string) =>
    result?.includes(id) ?? name in clouds[place.provider].setup.network;
  const unused = shared.flatMap((name) =>
    givenIn(options, [name]).filter((id) => !reads.some((read) => mayHave(read, name, id))),
  );
  if (unused.length === 0) return;
  const what = `${undone}: ${listed(unused)} not found in ${listed(reads.map(({ place }) => regionText(place)))}.`;
  throw new UsageError(what, 'Check the ids and the accounts.');
}

/** Throws if a region is connected from the network of another one: a string may never lead through a second endpoint. */
function checkNotElsewhere({ settings }: Context, options: Options, lanes: readonly Prepared[]) {
  for (const { provider, region, found } of lanes) {
    if (elsewhereOf(provider, options)) continue;
    const { service, cloudPlan, ended } = found;
    const existing = service?.interfaceEndpoints.filter((id) => !ended.includes(id)) ?? [];
    const remotes = texts(service?.supportedRemoteRegions);
    if (cloudPlan.endpoint || existing.length === 0 || remotes.length === 0) continue;
    const name = longName(clouds[provider].setup.elsewhere ?? '');
    const what = `${undone}: ${region} is already connected from another network, through ${listed(existing)}.`;
    const text =
      'If that network is yours, connect all regions from there. Otherwise, connect this region alone first:';
    const all = remotes.map((remote) => settings.again(cmd`${option(name, remote)}`));
    const commands = [...all, settings.commandLine(connectCommand(provider, region))];
    throw new CliError('conflict', what, { hint: { text, commands } });
  }
}

function checkNoneRefused(context: Context, options: Options, ends: readonly LaneEnd[], lanes: readonly Prepared[]) {
  const isRefused = (lane: Prepared) => ends.some(({ place, error }) => error && isSamePlace(place, lane));
  const others = lanes.filter((lane) => !lane.plan.isComplete && !isRefused(lane));
  const chosen = others.flatMap((lane) => lane.chosen);
  const theirs = withOnly(options, chosen);
  const more = shared.flatMap((name) => option(longName(name), givenIn(theirs, [name]).join(',')));
  checkRefused(context, options, ends, { undone, verb: 'connect', others, more, without: shared.map(longName) });
}

async function carryOut(context: Context, clusters: Clusters, deadline: Deadline) {
  const { io, settings } = context;
  const doneText = ({ found }: ConnectOutcome) => `connected, ${shortName(found.attached?.id ?? '')}`;
  const ends = await runLanes(context, clusters.lanes, deadline.limitMs, runConnect, doneText);
  const connected = ends.filter(({ error }) => !error);
  const founds = connected.map(({ outcome }) => outcome.found);
  const wait = await awaitClusterStrings(context, clusters, founds, deadline);
  // An interruption of this wait is one of all regions.
  const stopped = wait.error?.withHint(undefined);
  const all = ends.map((end) => ({ ...end, error: end.error ?? stopped }));
  checkInterrupted(context, all);
  await io.print(clustersView(ends, wait.strings, wait.results)).catch((error: unknown) => {
    if (!(error instanceof CliError) || connected.length === 0) throw error;
    throw error.withHint(`These regions are connected: ${listed(connected.map(({ place }) => regionText(place)))}.`);
  });
  if (wait.error && connected.length === ends.length)
    throw wait.error.withHint(hintToContinue(wait.error, 'All regions are connected.', [settings.again(cmd``)]));
  if (wait.error) io.warn(wait.error.message);
  checkFailed(context, ends, (where) => `${oneOf(where, 'and')} ${where.length === 1 ? 'is' : 'are'} not connected.`);
  return wait.strings;
}
