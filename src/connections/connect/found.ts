import {
  type Cluster,
  type ClusterRegion,
  canUse,
  hasNodesIn,
  isSamePlace,
  regionText,
} from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, type InterfaceEndpoint, isLeaving, mayBeIn } from '../../atlas/model.js';
import { advise, CliError, NotFoundError, UsageError } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { cmd, option } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds, type Provider } from '../../clouds/all.js';
import type { Cloud, CloudPlan } from '../../clouds/cloud.js';
import type { RegionNames } from '../../clouds/facts.js';
import { createdService } from '../../clouds/found.js';
import { knownRegions, parsePlace, parseRegion } from '../../clouds/regions.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { findEndpoints } from '../../endpoints/find.js';
import { readAllAttached } from '../../endpoints/interfaces.js';
import { referTo, warnIfUnknown } from '../../endpoints/name.js';
import { failedError } from '../../endpoints/next-step.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import type { Row } from '../../ui/view.js';
import { placesOf, serviceIn } from '../lanes.js';
import { checkDead, leftoverNotes, readProjectName } from '../show-plan.js';
import { eligibleOf, leadsThrough, type StringsOf, stringRows } from '../waits.js';

export interface ConnectTarget extends ClusterRegion {
  projectId: string;
  service: Endpoint | undefined;
}

/** What exists on both sides. The plan follows from it, and each step returns it as it is then. */
export interface ConnectFound extends ConnectTarget {
  cloudPlan: CloudPlan;
  /** Whether connect created the service, now or before, as far as its marks in the user's cloud say so. */
  isServiceOurs: boolean;
  /** The ids of interface endpoints of the service that nobody can connect through: refused, failed, or being removed. */
  ended: readonly string[];
  /** The endpoint of the user's cloud, as Atlas knows it. */
  attached: InterfaceEndpoint | undefined;
  clusters: readonly string[];
  /** Those that get no private connection string even when this region is connected, and the reasons. */
  unreachable: readonly string[];
  reasons: readonly string[];
  /** The other regions that these clusters need for their strings. A region may be there twice. */
  uncovered: readonly ClusterRegion[];
  projectName: string;
  /** The ids of what this program created for services that are gone. */
  leftovers: readonly string[];
  strings: readonly Row[];
  /** Whether it is one of several regions, which wait together for the strings. */
  isLane: boolean;
  /** Why some of the clusters got none, although others did. */
  failure?: CliError | undefined;
}

export function locationOf({ projectId, provider, region, service, cloudPlan }: ConnectFound) {
  const ids = { endpointId: service?.id ?? null, interfaceEndpointId: cloudPlan.endpoint?.id ?? null };
  return { ...ids, projectId, provider, region };
}

/** Atlas's service as the user's cloud needs to know it. `isOurs`: this program created it. */
export function refOf(service: Endpoint, ended: readonly string[], isOurs = false) {
  const { id, projectId, provider, region, atlasRegion } = service;
  return { id, projectId, region, atlasRegion, target: clouds[provider].service.target(service), ended, isOurs };
}

/** A cluster with several regions, or a region of the clusters: the user chooses. `isNamed`: only of this cloud. */
export async function chooseRegion(context: Context, wanted: Provider, isNamed: boolean) {
  const { io, settings } = context;
  const all = await (await context.atlas()).listClusters(await settings.projectId());
  const usable = all.filter(({ shared, status }) => shared === null && !isLeaving(status));
  const regions = placesOf(usable).filter(({ provider }) => !isNamed || provider === wanted);
  const several = isNamed ? [] : usable.filter((cluster) => cluster.regions.length > 1);
  const choices = [
    ...several.map((cluster) => {
      const text = `all regions of ${cluster.name}: ${listed(cluster.regions.map(regionText))}`;
      return { text, choice: cluster, words: cmd`--cluster ${cluster.name}` };
    }),
    ...regions.map((place) => {
      const on = place.provider === wanted ? undefined : place.provider.toLowerCase();
      return { text: regionText(place), choice: place, words: cmd`${place.region} ${option('--provider', on)}` };
    }),
  ];
  if (io.isInteractive && choices.length > 0) {
    const lines = choices.map(({ text }, index) => `${String(index + 1).padEnd(3)} ${text}`);
    io.note('Choose a region of the clusters:', lines);
    const chosen = choices[Number(await io.ask('Region (number)', { isAgain: false })) - 1];
    if (chosen) return chosen.choice;
  }
  const commands = choices.map(({ words }) => settings.again(words));
  const example = { text: 'Example:', commands: [settings.again(cmd`${knownRegions(wanted)[0]}`)] };
  const hint = commands.length > 0 ? { text: 'The clusters have nodes in these regions:', commands } : example;
  throw new UsageError('Missing region.', hint);
}

/**
 * Undefined if nothing names a region, and the project has no service, or a terminal can offer several. Throws usage
 * errors and a not-found error.
 */
export async function readTarget(
  context: Context,
  options: { [Name in 'endpoint' | 'region' | 'provider' | 'adopt']?: string | undefined },
  provider: Provider,
): Promise<ConnectTarget | undefined> {
  const { endpoint, region, adopt } = options;
  if (region !== undefined) parseRegion(provider, region);
  const isOnCloud = options.provider !== undefined || (endpoint === undefined && region !== undefined);
  const filter = { region, ...(isOnCloud && { provider: provider.toLowerCase() }) };
  const isAsking = context.io.isInteractive && region === undefined;
  const found = await findEndpoints(context, [endpoint], filter, { all: isAsking });
  const [service, another] = found.endpoints;
  const projectId = found.projectId;
  if (another) return undefined;
  if (service) return targetOf(context, service);
  const [name] = found.named;
  const where = name?.region ?? region;
  const mustExist = adopt !== undefined || (name?.id !== undefined && name.region === undefined);
  if (mustExist) throw found.notFound(0);
  if (where === undefined) return undefined;
  const read = parsePlace(provider, where, region);
  warnIfUnknown(context, provider, read, where);
  return { ...read, projectId, provider, service: undefined };
}

/** The only service in a region, or a new one there. `all`: the services of its cloud. */
export function targetIn(context: Context, projectId: string, place: ClusterRegion, all: readonly Endpoint[]) {
  const service = serviceIn(place, all);
  return service ? targetOf(context, service) : { ...place, projectId, service };
}

function targetOf(context: Context, service: Endpoint) {
  const { projectId, provider, region, atlasRegion, id } = service;
  if (!isOlder(service)) return { projectId, provider, region, atlasRegion, service };
  const hint = advise(context, 'Replace it with one that has:', cmd`convert ${id}`);
  throw new UsageError(`The private endpoint service in ${region} has no port mapping.`, hint);
}

/** Throws if the service doesn't admit the region of the VPC: it isn't changed here. */
export function checkRemote(context: Context, { service, atlasRegion }: ConnectTarget, network: RegionNames) {
  if (!service || network.atlasRegion === atlasRegion) return;
  const wanted = network.region;
  if (texts(service.supportedRemoteRegions).includes(wanted)) return;
  const hint = advise(context, 'Add the region:', cmd`update ${service.id} --add ${wanted}`);
  throw new UsageError(`The private endpoint service ${service.id} does not allow connections from ${wanted}.`, hint);
}

export interface Common {
  projectName: string;
  clusters: readonly Cluster[];
}

/** Changes nothing; throws if it can't work. `signIn`: options of a command line. `common`: if it is one of several regions. */
export async function readForConnect(
  context: Context,
  target: ConnectTarget,
  cloud: Cloud,
  { signIn, common }: { signIn: readonly string[]; common?: Common | undefined },
) {
  const { projectId, provider, service } = target;
  if (service) await checkUsable(context, service);
  const { projectName, clusters } = common ?? (await readCommon(context, target));
  const here = clusters.filter((cluster) => hasNodesIn(cluster, target));
  const attached = service ? await readAllAttached(context, [service]) : [];
  const ended = attached.filter(hasEnded).map(({ id }) => id);
  const plan = await cloud.survey(service && refOf(service, ended));
  const dead = service ? checkDead(context, plan, attached, service, signIn) : [];
  const marked = await cloud.marked(plan, projectId);
  const leftovers = await leftoverNotes(context, target, marked, signIn);
  const ours = attached.find(({ id }) => plan.endpoint && isSameId(id, plan.endpoint.id));
  if (ours && !mayBeIn(plan.account, ours)) {
    const what = `The service already has an interface endpoint ${ours.id}, of another ${clouds[provider].account}.`;
    throw new CliError('conflict', what, {
      hint: 'Create an endpoint with another name, and choose it with --adopt.',
    });
  }
  const stringsOf = stringsThrough(ours?.id);
  const wanting = { projectId, clusters: common ? [] : here, stringsOf };
  return {
    ...target,
    projectName,
    cloudPlan: { ...plan, notes: [...plan.notes, ...dead, ...leftovers] },
    leftovers: leftovers.flatMap(({ ids }) => ids),
    isServiceOurs: createdService(marked, service),
    ended,
    clusters: here.map(({ name }) => name),
    ...(await readLacking(context, wanting, [target])),
    attached: ours && isLeaving(ours.status) ? undefined : ours,
    strings: stringRows(here, stringsOf),
    isLane: common !== undefined,
  };
}

async function readCommon(context: Context, target: ConnectTarget) {
  const { projectId } = target;
  const atlas = await context.atlas();
  const [all, projectName] = await Promise.all([atlas.listClusters(projectId), readProjectName(context, projectId)]);
  return { projectName, clusters: clustersIn(target, all) };
}

export type Lacking = Pick<ConnectFound, 'unreachable' | 'reasons' | 'uncovered'>;

/** What clusters lack for their strings when these regions are connected: it is in their other regions. */
export async function readLacking(
  context: Context,
  { projectId, clusters, stringsOf }: { projectId: string; clusters: readonly Cluster[]; stringsOf: StringsOf },
  places: readonly ClusterRegion[],
) {
  const elsewhere = clusters.map((cluster) => {
    const regions = cluster.regions.filter((each) => !places.some((place) => isSamePlace(each, place)));
    return { ...cluster, regions };
  });
  const others = await eligibleOf(context, elsewhere, { projectId, services: undefined, stringsOf });
  return {
    unreachable: elsewhere.filter((each) => !others.eligible.includes(each)).map(({ name }) => name),
    reasons: [...others.reasons.values()],
    uncovered: others.uncovered,
  };
}

function stringsThrough(id: string | undefined): StringsOf {
  return ({ strings }) => strings.filter((each) => id !== undefined && leadsThrough(each, [id]));
}

/** The connection strings of a cluster: none unless each of these regions where it has nodes is connected. */
export function stringsThroughAll(founds: readonly ConnectFound[]): StringsOf {
  return (cluster) => {
    const here = founds.filter((found) => hasNodesIn(cluster, found));
    const through = here.map(({ cloudPlan }) => stringsThrough(cloudPlan.endpoint?.id)(cluster));
    return through.every(({ length }) => length > 0) ? [...new Set(through.flat())] : [];
  };
}

function clustersIn(target: ConnectTarget, all: readonly Cluster[]) {
  const here = all.filter((cluster) => canUse(cluster, target) && !isLeaving(cluster.status));
  if (here.length > 0) return here;
  const places = all.flatMap(({ name, shared, status, regions }) =>
    regions.map((each) => {
      const kind = isLeaving(status) ? ', being deleted' : shared === null ? '' : `, ${shared}`;
      return `${name} (${regionText(each)}${kind})`;
    }),
  );
  const what = `No dedicated cluster of the project has nodes in ${regionText(target)}.`;
  if (places.length === 0) throw new NotFoundError(what, 'The project has no clusters.');
  const hint = `A private endpoint reaches only dedicated clusters in its region. Existing clusters: ${listed(places)}`;
  throw new NotFoundError(what, hint);
}

async function checkUsable(context: Context, service: Endpoint) {
  const reference = await referTo(context, service);
  if (service.status === 'FAILED') throw failedError(context, service, reference);
  if (!isLeaving(service.status)) return;
  const hint = advise(context, 'Wait until it is gone:', cmd`wait ${reference} --until DELETED`);
  throw new CliError('conflict', `The private endpoint service ${nameOf(service)} is being deleted.`, { hint });
}
