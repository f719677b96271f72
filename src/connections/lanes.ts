import { type Cluster, type ClusterRegion, checkClusterName, isSamePlace, regionText } from '../atlas/clusters.js';
import { type Endpoint, isLeaving } from '../atlas/model.js';
import { formatDuration } from '../base/duration.js';
import { CliError, hintLine, InterruptedError, isFailure, NotFoundError, UsageError } from '../base/errors.js';
import { cmd, longName, option } from '../base/shell.js';
import { didYouMean, grouped, listed } from '../base/words.js';
import { foreignOptions } from '../clouds/access.js';
import { type Provider, parseProvider } from '../clouds/all.js';
import type { CloudOptions } from '../clouds/cloud.js';
import { isRegion } from '../clouds/regions.js';
import type { Context } from '../endpoints/context.js';
import { askEach, eachOf } from '../endpoints/find.js';
import { startDeadline } from '../endpoints/goal.js';
import { checkOneCloud, theOnly } from '../endpoints/name.js';
import { type Live, noProgress, type StatusChange } from '../ui/io.js';
import type { Deadline } from '../wait/deadline.js';
import { endOf } from './steps.js';

/** `all`: all clusters of the project. Throws unless each named one is dedicated, and one of them has a chosen region. `also`: clouds whose services are read too. */
export async function readClusterRegions(
  context: Context,
  options: { cluster: readonly string[]; region?: readonly string[] | undefined; provider?: string | undefined },
  also: readonly Provider[] = [],
) {
  const names = [...new Set(options.cluster)];
  for (const name of names) checkClusterName(name);
  const provider = options.provider === undefined ? undefined : parseProvider(options.provider);
  const projectId = await context.settings.projectId();
  const atlas = await context.atlas();
  const all = await atlas.listClusters(projectId);
  const clusters = names.map((name) => clusterNamed(name, all));
  const everywhere = placesOf(clusters);
  const onCloud = everywhere.filter((place) => place.provider === (provider ?? place.provider));
  const chosen = options.region?.flatMap((text) => {
    const named = onCloud.filter((place) => isRegion(place, text));
    if (named.length > 1) checkOneCloud(context, text);
    if (named.length > 0) return named;
    throw new UsageError(`${listed(names)} has no nodes in '${text}'.`, nodesText(everywhere));
  });
  const places = [...new Set(chosen ?? onCloud)];
  if (places.length === 0)
    throw new UsageError(`${listed(names)} has no nodes in the chosen regions.`, nodesText(everywhere));
  const read = new Set([...providersIn(places), ...also]);
  const lists = await eachOf([...read], (provider) => atlas.listServices(projectId, provider));
  return { projectId, clusters, all, places, services: lists.flat() };
}

/** The only service in a region. Throws a usage error if there are several. */
export function serviceIn(place: ClusterRegion, all: readonly Endpoint[]) {
  const here = all.filter((each) => isSamePlace(each, place));
  return theOnly(here, ` in ${place.region}`);
}

export function providersIn(places: readonly ClusterRegion[]) {
  return [...new Set(places.map(({ provider }) => provider))];
}

function nodesText(places: readonly ClusterRegion[]) {
  return `The nodes are in ${listed(places.map(regionText))}.`;
}

function clusterNamed(name: string, all: readonly Cluster[]) {
  const cluster = all.find((each) => each.name === name);
  const usable = all.filter(({ shared, status }) => shared === null && !isLeaving(status)).map((each) => each.name);
  const hint = usable.length === 0 ? 'The project has no dedicated cluster.' : didYouMean(name, usable);
  if (!cluster) throw new NotFoundError(`Cluster '${name}' not found in the project.`, hint);
  if (isLeaving(cluster.status)) throw new NotFoundError(`Cluster ${name} is being deleted.`, hint);
  if (cluster.shared === null) return cluster;
  const what = `${name} is a cluster of type ${cluster.shared}, which does not support private endpoints.`;
  throw new UsageError(what, hint);
}

export function placesOf(clusters: readonly { regions: readonly ClusterRegion[] }[]): ClusterRegion[] {
  const all = clusters.flatMap(({ regions }) => regions);
  return all.filter((place, index) => index === all.findIndex((each) => isSamePlace(each, place)));
}

/* Regions in which a command does the same at the same time: a lane each. */

export interface LaneEnd<P = ClusterRegion> {
  place: P;
  error?: CliError | undefined;
}

/** Does the same for each region, at the same time. An error of one doesn't stop the others. Throws bugs and interruptions. */
export async function inEach<P, R>(places: readonly P[], work: (place: P) => Promise<R>) {
  const { answers, failures } = await askEach(places, work);
  return places.map((place) => ({ place, result: answers.get(place), error: failures.get(place) }));
}

export function errorRow(error: CliError | undefined) {
  return error ? { code: error.code, message: error.message, exitCode: error.exitCode } : null;
}

/**
 * A row for each region; without a terminal, each line begins with its region. A single region needs neither. `done`: what
 * its row says at the end. Throws if the user interrupted several.
 */
export async function runLanes<P extends ClusterRegion, O extends { error?: CliError | undefined }>(
  context: Context,
  lanes: readonly P[],
  deadline: Deadline,
  work: (lane: P, how: { context: Context; deadline: Deadline }) => Promise<O>,
  done: (outcome: O, lane: P) => string,
) {
  const [only] = lanes.length === 1 ? lanes : [];
  if (only) {
    const outcome = await work(only, { context, deadline });
    return [{ place: only, outcome, error: outcome.error }];
  }
  const { io, clock } = context;
  const started = clock.monotonic();
  const time = () => formatDuration(clock.monotonic() - started);
  const rows = new Map<P, Live>();
  const width = Math.max(...lanes.map((lane) => regionText(lane).length));
  const named = (lane: P) => regionText(lane).padEnd(width);
  const rowOf = ([lane, live]: [P, Live]) => {
    const [[step = '', ...cells] = []] = live();
    // The row of a wait begins with the region too.
    const rest = cells[0] === lane.region ? cells.slice(1) : cells;
    return [named(lane), step.trim(), ...rest];
  };
  const progress = await io.progress(() => [...rows].map(rowOf));
  const noted = new Set<string>();
  // Each region may say the same, such as that Atlas is responding again.
  const note: typeof io.note = (message, items) => {
    if (!noted.has(message)) io.note(message, items);
    noted.add(message);
  };
  const contextOf = (lane: P): Context => {
    const inner = async (live: Live) => {
      rows.set(lane, live);
      const changed = (change: StatusChange) =>
        progress.changed({ ...change, message: `${regionText(lane)}: ${change.message}` });
      return { ...noProgress, changed };
    };
    return { ...context, io: { ...io, note, progress: inner } };
  };
  const ends = await Promise.all(
    lanes.map(async (lane) => {
      const inner = contextOf(lane);
      // They end together, but each region has its own failed requests.
      const own = { ...startDeadline(inner, { timeoutMs: deadline.remainingMs() }), limitMs: deadline.limitMs };
      const outcome = await work(lane, { context: inner, deadline: own });
      rows.delete(lane);
      const { error } = outcome;
      const { word, tone } = error ? endOf(error) : { word: done(outcome, lane), tone: 'good' as const };
      const end = `${word} after ${time()}`;
      progress.settled({ line: [named(lane), end], tone });
      // In a pipe, the steps say what succeeded, and the reason comes when all regions have ended.
      const facts = { provider: lane.provider, region: lane.region, result: word };
      if (error) progress.changed({ message: `${regionText(lane)}: ${end}`, facts });
      return { place: lane, outcome, error };
    }),
  ).finally(progress.stop);
  checkInterrupted(context, ends);
  return ends;
}

interface Refusing {
  undone: string;
  /** What the command does: `connect`. */
  verb: string;
  /** The regions where it could do so, and what its command line needs for these alone. */
  others: readonly LaneEnd['place'][];
  more?: readonly string[];
  /** The options that it lacks, or that `more` gives. */
  without?: readonly string[];
}

/** Throws a usage error if an endpoint is named beside --cluster. */
export function checkNoEndpoint(endpoint: string | undefined) {
  if (endpoint === undefined) return;
  const what = '--cluster cannot be combined with an endpoint.';
  throw new UsageError(what, 'To choose some of its regions, use --region.');
}

/** Throws if a region of several is refused, with the command for the others. Prints a line for each. */
export function checkRefused(
  context: Context,
  options: CloudOptions,
  ends: readonly LaneEnd[],
  { undone, verb, others, more = [], without = [] }: Refusing,
) {
  const worst = worstOf(ends);
  if (!worst) return;
  if (ends[0] && ends.length === 1) throw worst.about(regionText(ends[0].place));
  warnOfFailed(context, ends);
  const refused = ends.filter(({ error }) => error).length;
  const which = refused < ends.length ? `${refused} of the ${ends.length} regions cannot` : 'no region can';
  const words = cmd`${option('--region', others.map(({ region }) => region).join(','))} ${more}`;
  const providers = others.map(({ provider }) => provider);
  const foreign = foreignOptions(providers, options).map(longName);
  const command = context.settings.again(words, '--region', ...foreign, ...without);
  throw new CliError(worst.exit, `${undone}: ${which} be ${verb}ed.`, {
    hint: others.length > 0 ? { text: `To ${verb} only the others:`, commands: [command] } : undefined,
    cause: worst,
  });
}

/** Throws the worst error with one command that continues, after a line for each region that failed. */
export function checkFailed(
  context: Context,
  ends: readonly LaneEnd[],
  what: (regions: readonly string[]) => string,
) {
  const worst = worstOf(ends);
  if (!worst) return;
  warnOfFailed(context, ends);
  const isFirst = ends.every(({ error }) => (error?.hint?.commands ?? []).length === 0);
  const text = isFirst ? 'To continue:' : 'Then, to continue:';
  const hint = { text, commands: [context.settings.again(cmd``)] };
  if (worst instanceof InterruptedError) throw worst.withHint(hint);
  const failed = ends.filter(({ error }) => error).map(({ place }) => regionText(place));
  throw new CliError(worst.exit, what(failed), { hint, cause: worst });
}

/** The same if the user interrupted the command: then it prints nothing else. */
export function checkInterrupted(context: Context, ends: readonly LaneEnd[]) {
  if (worstOf(ends) instanceof InterruptedError) checkFailed(context, ends, listed);
}

function warnOfFailed({ io }: Context, ends: readonly LaneEnd[]) {
  const all = ends.flatMap(({ place, error }) => {
    const reason = isFailure(error) ? error.message : '';
    const text = `${reason} ${error?.hint ? hintLine(error.hint) : ''}`.trim();
    return text === '' ? [] : { where: regionText(place), text };
  });
  for (const same of grouped(all, ({ text }) => text))
    io.warn(`${listed(same.map(({ where }) => where))}: ${same[0].text}`);
}

/** The worst error. An interruption is worse than any: it stops all regions. A failure is final, so a time-out comes last. */
function worstOf(ends: readonly LaneEnd[]) {
  const rank = (error: CliError) => (error instanceof InterruptedError ? 0 : error.exitCode);
  return ends.flatMap(({ error }) => error ?? []).toSorted((a, b) => rank(a) - rank(b))[0];
}
