import { type ClusterRegion, isSamePlace, regionText } from '../atlas/clusters.js';
import { CliError, UsageError } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd, longName, option } from '../base/shell.js';
import { listed, oneOf } from '../base/words.js';
import { clouds } from '../clouds/all.js';
import type { Cloud } from '../clouds/cloud.js';
import { isNotAllowed } from '../clouds/errors.js';
import { type ConnectScope, isOneRegion } from '../connections/connect/scope.js';
import { type ConnectRegion, checkUsable, readSides } from '../connections/connect/sides.js';
import { isComplete } from '../connections/connect/steps.js';
import { checkRefused, inEach, type LaneEnd, providersIn } from '../connections/lanes.js';
import type { Context } from '../context.js';
import { connectCommand } from '../endpoints/next-step.js';
import {
  checkNetworkOptions,
  elsewhereOf,
  type OpenedClouds,
  openClouds,
  signInValues,
  signInWords,
} from './cloud-access.js';
import type { ConnectOptions } from './connections.js';

/* The user's side of each region: which of the given networks, subnets and security groups it takes, and what is there. */

/** The options with ids, of which each of several regions takes its own. */
const idOptions = ['vpc', 'subnet', 'securityGroup'] as const;

const undone = 'Nothing was created';

/** The user's clouds, opened for the regions of a command. */
export interface OpenedPlaces extends OpenedClouds {
  /** The options, with the accounts that ids may have named. */
  options: ConnectOptions;
}

/** Signs in to each cloud once. Throws usage errors for options that none of them has. */
export async function openPlaces(
  context: Context,
  scope: ConnectScope,
  given: ConnectOptions,
): Promise<OpenedPlaces> {
  const providers = providersIn(scope.places);
  const accounts = Object.fromEntries(providers.flatMap((provider) => signInValues(provider, given)));
  const options = { ...given, ...accounts };
  // With several regions, a cloud is signed in to without the ids, as each region gets its own.
  const access = isOneRegion(scope) ? options : withOnly(options, []);
  await checkNetworkOptions(providers, given, access);
  return { ...openClouds(context, access), options };
}

/** A region, and the ids of the options that are in it. */
type ReadRegion = ConnectRegion & { ids: readonly string[] };

/** What exists in each region. Changes nothing; throws if one of them can't be connected, with the command for the others. */
export async function readRegions(context: Context, scope: ConnectScope, opened: OpenedPlaces) {
  const { options } = opened;
  const reads = await inEach(scope.places, (place) => readOwn(scope, opened, place));
  checkGiven(options, reads);
  const ends = await inEach(scope.places, async (place) => {
    const read = reads.find((each) => each.place === place);
    if (read?.error) throw read.error;
    return readRegion(context, scope, opened, place, read?.result ?? null);
  });
  const regions = ends.flatMap(({ result }) => result ?? []);
  checkNoneRefused(context, scope, options, ends, regions);
  if (scope.names) checkNotElsewhere(context, options, regions);
  return regions;
}

/** `found`: the given ids that are there; null if that can't be read. */
async function readRegion(
  context: Context,
  scope: ConnectScope,
  { options, open }: OpenedPlaces,
  place: ClusterRegion,
  found: readonly string[] | null,
): Promise<ReadRegion> {
  const { provider, region: serviceRegion } = place;
  const { projectId } = scope;
  const network = elsewhereOf(provider, options) ?? place;
  const service = scope.serviceAt(place);
  if (service) await checkUsable(context, service, network);
  const own = withOnly(options, found ?? []);
  const isBlindAllowed = options.dryRun === true || options.adopt !== undefined;
  const cloud = await open(provider, { region: network.region, serviceRegion, isBlindAllowed, own });
  const signIn = signInWords(provider, options);
  const read = await readSides(context, { ...place, projectId, service }, cloud, signIn);
  const isNew = found !== null && !read.cloudPlan.endpoint;
  const notes = [...read.cloudPlan.notes, ...(isNew ? defaultNotes(options, own, place, cloud) : [])];
  const sides = { ...read, cloudPlan: { ...read.cloudPlan, notes } };
  // What can't be read is in no plan, and is not foreign.
  return { ...place, cloud, signIn, sides, ids: found ?? idsIn(options) };
}

function idsIn(options: ConnectOptions, names: readonly (typeof idOptions)[number][] = idOptions) {
  return names.flatMap((name) => options[name] ?? []);
}

function withOnly(options: ConnectOptions, ids: readonly string[]): ConnectOptions {
  const { vpc = '', subnet, securityGroup } = options;
  const own = (given?: readonly string[]) => given?.filter((id) => ids.includes(id));
  return { ...options, vpc: own([vpc])?.[0], subnet: own(subnet), securityGroup: own(securityGroup) };
}

/** What the plan of a region says of options that name nothing in it. `own`: the options with what is there. */
function defaultNotes(options: ConnectOptions, own: ConnectOptions, { provider }: ClusterRegion, cloud: Cloud) {
  const { network } = clouds[provider].setup;
  const unused = idOptions.filter((name) => name in network && options[name] && idsIn(own, [name]).length === 0);
  // A subnet tells the VPC.
  const needed = own.subnet?.length ? unused.filter((name) => name !== 'vpc') : unused;
  if (needed.length === 0) return [];
  const names = oneOf(needed.map(longName), 'and');
  return [`${names} ${needed.length > 1 ? 'name' : 'names'} nothing in ${cloud.region}, so it takes the default.`];
}

/** Which of the given ids are in a region: a single region takes all. Null if that may not be read, for a plan alone. */
async function readOwn(scope: ConnectScope, { options, open }: OpenedPlaces, place: ClusterRegion) {
  const given = idsIn(options);
  if (isOneRegion(scope) || given.length === 0) return given;
  const { region } = elsewhereOf(place.provider, options) ?? place;
  const cloud = await open(place.provider, { region });
  return cloud.ownOf(given).catch((error: unknown) => {
    if (!options.dryRun || !isNotAllowed(error)) throw error;
    return null;
  });
}

type Read = LaneEnd & { result?: readonly string[] | null | undefined };

/** Throws if one of the ids is in no region. Only a region that could not be read may have it nevertheless. */
function checkGiven(options: ConnectOptions, reads: readonly Read[]) {
  const mayHave = ({ place, result }: Read, name: string, id: string) =>
    result?.includes(id) ?? name in clouds[place.provider].setup.network;
  const unused = idOptions.flatMap((name) =>
    idsIn(options, [name]).filter((id) => !reads.some((read) => mayHave(read, name, id))),
  );
  if (unused.length === 0) return;
  const what = `${undone}: ${listed(unused)} not found in ${listed(reads.map(({ place }) => regionText(place)))}.`;
  throw new UsageError(what, 'Check the ids and the accounts.');
}

/** Throws if a region is connected from the network of another one: a string may never lead through a second endpoint. */
function checkNotElsewhere({ settings }: Context, options: ConnectOptions, regions: readonly ReadRegion[]) {
  for (const { provider, region, sides } of regions) {
    if (elsewhereOf(provider, options)) continue;
    const { service, cloudPlan, ended } = sides;
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

/** Throws if a permission for what is planned is missing. For a plan alone that is only a warning. Changes nothing. */
export async function rehearseAll(
  context: Context,
  scope: ConnectScope,
  { options }: OpenedPlaces,
  regions: readonly ReadRegion[],
) {
  const ends = await inEach(regions, async ({ cloud, sides }) => {
    await cloud.rehearse(sides.cloudPlan, sides.projectId).catch((error: unknown) => {
      if (!options.dryRun || !isNotAllowed(error)) throw error;
      context.io.warn(error.message);
    });
  });
  checkNoneRefused(context, scope, options, ends, regions);
}

function checkNoneRefused(
  context: Context,
  { names }: ConnectScope,
  options: ConnectOptions,
  ends: readonly LaneEnd[],
  regions: readonly ReadRegion[],
) {
  const [first] = ends;
  // The command line names the region.
  if (!names && first?.error) throw first.error;
  const isRefused = (region: ReadRegion) => ends.some(({ place, error }) => error && isSamePlace(place, region));
  const others = regions.filter((region) => !isComplete(region.sides) && !isRefused(region));
  const theirs = withOnly(
    options,
    others.flatMap(({ ids }) => ids),
  );
  const more = idOptions.flatMap((name) => option(longName(name), idsIn(theirs, [name]).join(',')));
  checkRefused(context, options, ends, { undone, verb: 'connect', others, more, without: idOptions.map(longName) });
}
