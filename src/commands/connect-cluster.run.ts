import { type ClusterRegion, hasNodesIn, regionText } from '../atlas/clusters.js';
import { shortName } from '../atlas/model.js';
import { CliError, hintLine, InterruptedError, isFailure, UsageError } from '../base/errors.js';
import { counted, grouped, listed } from '../base/lists.js';
import { isLoopback } from '../base/loopback.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import { lastStrings } from '../config/cache.js';
import { readClusterRegions } from '../connections/cluster-regions.js';
import { type ConnectOutcome, existingText } from '../connections/connect/carry-out.js';
import {
  awaitClusterStrings,
  type Clusters,
  clustersPlanView,
  clustersView,
  networksOf,
  planClusters,
} from '../connections/connect/clusters.js';
import { readLacking, readPlace } from '../connections/connect/found.js';
import { type Lane, prepareLane } from '../connections/connect/lane.js';
import { stringOf, testAndUse } from '../connections/connect/plan.js';
import { inEach, type LaneEnd, runLanes, worstOf } from '../connections/lanes.js';
import { readProjectName, showNotes, showPlan } from '../connections/show-plan.js';
import { hintToContinue } from '../connections/steps.js';
import type { Context } from '../context.js';
import { startDeadline } from '../endpoints/goal.js';
import type { Row } from '../ui/view.js';
import { approval } from './approval.js';
import { checkNetworkOptions, elsewhereOf, openEach, signInValues, signInWords } from './cloud-access.js';
import type { ConnectOptions } from './connections.js';

type Options = ConnectOptions & { cluster: readonly string[] };

/** Connects all regions of clusters: one plan and one question, then all regions at the same time. */
export async function connectClusters(context: Context, options: Options, timeoutMs: number): Promise<void> {
  const { io } = context;
  const isDryRun = options.dryRun === true;
  const { places, ...about } = await readPlaces(context, options);
  const providers = [...new Set(places.map(({ provider }) => provider))];
  // Each region gets its own of these, so a cloud is signed in to without them.
  const { subnet = [], securityGroup = [], ...others } = options;
  const given = [...subnet, ...securityGroup];
  const accounts = Object.fromEntries(providers.flatMap((provider) => signInValues(provider, options)));
  const access = { ...others, ...accounts };
  await checkNetworkOptions(providers, options, access);
  const signIn = openEach(context, access, io.isInteractive);
  const chosen = new Set<string>();
  const prepared = await inEach(places, async (place) => {
    const networkRegion = elsewhereOf(place.provider, options);
    const target = await readPlace(context, place);
    const open = await signIn(place.provider);
    const limits = { left: () => Number.POSITIVE_INFINITY };
    const { region } = networkRegion ?? place;
    const ids = given.length === 0 ? [] : await open({ region }, limits).ownOf(given);
    for (const id of ids) chosen.add(id);
    const own = {
      subnet: subnet.filter((id) => ids.includes(id)),
      securityGroup: securityGroup.filter((id) => ids.includes(id)),
    };
    const lane = await prepareLane(context, target, {
      networkRegion,
      signInWords: signInWords(place.provider, options),
      signIn: async () => (at, left) => open({ ...at, own }, left),
      isDryRun,
      common: about,
    });
    const note = `None of the given subnets and security groups is in ${region}, so it takes its default.`;
    const isDefault = given.length > 0 && ids.length === 0 && !lane.found.cloudPlan.endpoint;
    return isDefault ? { ...lane, plan: { ...lane.plan, notes: [...lane.plan.notes, note] } } : lane;
  });
  const lanes = prepared.flatMap(({ result }) => result ?? []);
  try {
    checkRefused(context, options, prepared);
    checkChosen(
      given.filter((id) => !chosen.has(id)),
      lanes,
    );
    const lacking = await readLacking(context, { ...about, stringsOf: ({ strings }) => strings }, places);
    const clusters: Clusters = { ...about, lanes, lacking };
    const plan = planClusters(clusters);
    const question = { yes: options.yes, undone: 'Nothing was created' };
    const approve = isDryRun || plan.isComplete ? undefined : approval(context, question);
    const rehearsed = await inEach(lanes, (lane) => lane.rehearse());
    checkRefused(context, options, rehearsed);
    if (isDryRun) {
      await io.print(clustersPlanView(clusters, plan));
      return;
    }
    if (approve) showPlan(io, plan);
    else showNotes(io, plan.notes);
    const count = lanes.flatMap((lane) => lane.plan.steps).filter(({ action }) => action === 'create').length;
    const what = count > 0 ? `Create ${counted(count, 'resource')}` : 'Connect';
    await approve?.(
      `${what} in ${counted(lanes.length, 'region')} and Atlas project ${about.projectName || about.projectId}?`,
    );
    const strings = await carryOut(context, clusters, timeoutMs);
    await hintNext(context, clusters, strings);
  } finally {
    for (const { cloud } of lanes) cloud.close?.();
  }
}

/** The regions to connect. Those where only paused clusters have nodes are skipped. */
async function readPlaces(context: Context, options: Options) {
  const { projectId, clusters: named, places } = await readClusterRegions(context, options);
  const clusters = named.filter(({ isPaused }) => !isPaused);
  const awake = places.filter((place) => clusters.some((cluster) => hasNodesIn(cluster, place)));
  const paused = named.filter(({ isPaused }) => isPaused).map(({ name }) => name);
  const what = `${listed(paused)} ${paused.length === 1 ? 'is' : 'are'} paused`;
  if (awake.length === 0) {
    const hint = { text: 'Resume the cluster, then run this again:', commands: [context.settings.again(cmd``)] };
    throw new CliError('conflict', `${what}, so nothing was connected.`, { hint });
  }
  return {
    projectId,
    projectName: await readProjectName(context, projectId),
    clusters,
    notes: paused.length > 0 ? [`${what}, and skipped.`] : [],
    places: awake,
  };
}

/** Throws the worst error if a region can't be connected, with the command for the others. Prints a line for each. */
function checkRefused(context: Context, options: Options, ends: readonly LaneEnd<ClusterRegion, unknown>[]): void {
  const refused = ends.flatMap(({ place, error }) => (error ? [{ lane: place, error }] : []));
  const worst = worstOf(refused.map(({ error }) => error));
  if (!worst) return;
  if (worst instanceof InterruptedError || ends.length === 1) throw worst;
  warnOf(context.io, refused);
  const others = ends.filter(({ error }) => !error).map(({ place }) => place);
  const commands = others.length > 0 ? [commandFor(context, options, others, refused[0]?.lane)] : [];
  const which = others.length > 0 ? `${refused.length} of the ${ends.length} regions cannot` : 'no region can';
  throw new CliError(worst.exit, `Nothing was created: ${which} be connected.`, {
    hint: commands.length > 0 ? { text: 'To connect only the others:', commands } : undefined,
    cause: worst,
  });
}

/** This command line, but only for these regions. `refused`: one of the others. */
function commandFor(
  { settings }: Context,
  options: Options,
  places: readonly ClusterRegion[],
  refused: ClusterRegion | undefined,
): string {
  const [provider, ...others] = new Set(places.map((place) => place.provider.toLowerCase()));
  const isOneCloud = others.length === 0 && provider !== refused?.provider.toLowerCase();
  const regions = places.map(({ region }) => region).join(',');
  return isOneCloud && options.region === undefined
    ? settings.again(cmd`${option('--provider', provider)}`)
    : settings.again(cmd`${option('--region', regions)}`, '--region');
}

/** Throws a usage error for a given subnet or security group that is in none of the regions. */
function checkChosen(unused: readonly string[], lanes: readonly Lane[]): void {
  if (unused.length === 0) return;
  const where = listed(lanes.map(regionText));
  throw new UsageError(
    `Nothing was created: ${listed(unused)} not found in ${where}.`,
    'Check the ids and the accounts.',
  );
}

/** Carries out the plans of all regions, then waits for the connection strings, and prints them. Returns them. */
async function carryOut(context: Context, clusters: Clusters, timeoutMs: number): Promise<readonly Row[]> {
  const { io, settings, clock } = context;
  const last = startDeadline(context, { timeoutMs }, true);
  const ends = await runLanes(
    context,
    clusters.lanes,
    async (lane, inner) => {
      // They end together, but each region has its own failed requests.
      const deadline = startDeadline(inner, { timeoutMs }, true);
      const outcome = await lane.run({ context: inner, deadline, again: () => [] });
      return { lane, outcome, error: outcome.error };
    },
    ({ outcome }) => `connected, ${shortName(outcome.found.attached?.id ?? '')}`,
  );
  const stopped = ends.find(({ error }) => error instanceof InterruptedError);
  if (stopped?.error) throw interruptionOf(context, stopped.error, ends);
  const connected = ends.filter(({ error }) => !error);
  const founds = connected.map(({ outcome }) => outcome.found);
  const wait = await awaitClusterStrings(context, clusters, founds, last).catch((error: unknown) => {
    if (error instanceof InterruptedError) throw interruptionOf(context, error, ends);
    if (!(error instanceof CliError)) throw error;
    return { strings: [], results: [], error };
  });
  await lastStrings(settings, clock)?.write(wait.strings.map(stringOf));
  await io.print(clustersView(ends, wait.strings, wait.results)).catch((error: unknown) => {
    if (!(error instanceof CliError) || connected.length === 0) throw error;
    throw error.withHint(`These regions are connected: ${listed(connected.map(({ lane }) => regionText(lane)))}.`);
  });
  checkFailed(context, ends, wait.error);
  return wait.strings;
}

type Ends = readonly { lane: Lane; outcome: ConnectOutcome; error: CliError | undefined }[];

/** The interruption with what exists in each region, and one command that continues. Prints a line for each that failed. */
function interruptionOf({ io, settings }: Context, interruption: CliError, ends: Ends): CliError {
  const isFailed = ({ error }: Ends[number]) => isFailure(error);
  warnOf(io, ends.filter(isFailed));
  const others = ends.filter((end) => !isFailed(end));
  const texts = others.map(({ lane, outcome, error }) => ({ lane, text: error?.hint?.text ?? existingText(outcome) }));
  const exists = linesByText(texts).join(' ');
  return interruption.withHint(hintToContinue(interruption, exists, [settings.again(cmd``)]));
}

/** A line for each error: where, the reason, what exists, and what to do there. */
function warnOf(io: Context['io'], ends: readonly { lane: ClusterRegion; error?: CliError | undefined }[]): void {
  const texts = ends.flatMap(({ lane, error }) => {
    return error ? { lane, text: `${error.message} ${error.hint ? hintLine(error.hint) : ''}`.trim() } : [];
  });
  for (const line of linesByText(texts)) io.warn(line);
}

/** A line for each text, after the regions that it is about. */
function linesByText(all: readonly { lane: ClusterRegion; text: string }[]): string[] {
  return grouped(all, ({ text }) => text).map((same) => {
    return `${listed(same.map(({ lane }) => regionText(lane)))}: ${same[0].text}`;
  });
}

/** Throws the worst error, with one command that continues. Prints a line for each region that failed. */
function checkFailed({ io, settings }: Context, ends: Ends, ofStrings: CliError | undefined): void {
  const failed = ends.filter(({ error }) => error);
  const worst = worstOf([...failed.flatMap(({ error }) => error ?? []), ...(ofStrings ? [ofStrings] : [])]);
  if (!worst) return;
  const commands = [settings.again(cmd``)];
  if (failed.length === 0) throw worst.withHint(hintToContinue(worst, 'All regions are connected.', commands));
  warnOf(io, failed);
  if (ofStrings) io.warn(ofStrings.message);
  const where = listed(failed.map(({ lane }) => regionText(lane)));
  throw new CliError(worst.exit, `${where} ${failed.length === 1 ? 'is' : 'are'} not connected.`, {
    hint: { text: 'To continue:', commands },
    cause: worst,
  });
}

/** How to connect the regions that were left out, and how to test and use what is connected. */
async function hintNext(context: Context, { lanes, lacking }: Clusters, strings: readonly Row[]): Promise<void> {
  const { io, settings } = context;
  if (lacking.uncovered.length > 0) {
    const command = settings.again(cmd``, '--region', '--provider');
    io.hint({ text: 'To get the missing connection strings, also connect the other regions:', commands: [command] });
  }
  if (strings.length === 0) return;
  const [first] = lanes;
  const isOne = first && networksOf(lanes.map(({ found }) => found)).length < 2;
  const where = isOne
    ? `on a machine in the ${clouds[first.provider].setup.networkTitle}`
    : 'on a machine that reaches all of these networks';
  io.hint(testAndUse(context, { where, strings }, isLoopback(await settings.baseUrl())));
}
