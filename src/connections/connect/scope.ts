import { type Cluster, type ClusterRegion, canUse, hasNodesIn, regionText } from '../../atlas/clusters.js';
import { type Endpoint, isLeaving } from '../../atlas/model.js';
import { CliError, NotFoundError, orNone, UsageError } from '../../base/errors.js';
import { cmd, option } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import type { Provider } from '../../clouds/all.js';
import { knownRegions, parsePlace, parseRegion } from '../../clouds/regions.js';
import type { Context } from '../../endpoints/context.js';
import { findEndpoints } from '../../endpoints/find.js';
import { warnIfUnknown } from '../../endpoints/name.js';
import { placesOf, readClusterRegions, serviceIn } from '../lanes.js';
import { readProjectName } from '../show-plan.js';

/** What a command line is about: regions to connect, and the clusters that get connection strings through them. */
export interface ConnectScope {
  projectId: string;
  /** Empty if it can't be read. */
  projectName: string;
  places: readonly ClusterRegion[];
  /** The Atlas service in one of the places. Throws if there are several. */
  serviceAt(place: ClusterRegion): Endpoint | undefined;
  clusters: readonly Cluster[];
  /** The clusters that --cluster names; undefined if the command line names a region. */
  names: readonly string[] | undefined;
  /** In regional mode, each region has strings of its own. Undefined if that isn't known. */
  isRegional: boolean | undefined;
  notes: readonly string[];
}

export function isOneRegion({ places }: Pick<ConnectScope, 'places'>) {
  return places.length === 1;
}

/** A region, and the service there. */
export interface NamedRegion extends ClusterRegion {
  service: Endpoint | undefined;
}

/**
 * Undefined if nothing names a region, and the project has no service, or a terminal can offer several. Throws usage
 * errors and a not-found error.
 */
export async function readNamedRegion(
  context: Context,
  options: { [Name in 'endpoint' | 'region' | 'provider' | 'adopt']?: string | undefined },
  provider: Provider,
): Promise<NamedRegion | undefined> {
  const { endpoint, region, adopt } = options;
  if (region !== undefined) parseRegion(provider, region);
  const isOnCloud = options.provider !== undefined || (endpoint === undefined && region !== undefined);
  const filter = { region, ...(isOnCloud && { provider: provider.toLowerCase() }) };
  const isAsking = context.io.isInteractive && region === undefined;
  const found = await findEndpoints(context, [endpoint], filter, { all: isAsking });
  const [service, another] = found.endpoints;
  if (another) return undefined;
  if (service) return inItsRegion(service);
  const [name] = found.named;
  const where = name?.region ?? region;
  const mustExist = adopt !== undefined || (name?.id !== undefined && name.region === undefined);
  if (mustExist) throw found.notFound(0);
  if (where === undefined) return undefined;
  const read = parsePlace(provider, where, region);
  warnIfUnknown(context, provider, read, where);
  return { ...read, provider, service: undefined };
}

function inItsRegion(service: Endpoint): NamedRegion {
  const { provider, region, atlasRegion } = service;
  return { provider, region, atlasRegion, service };
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

/** Of one region: all clusters with nodes there get strings. */
export async function readRegionScope(context: Context, { service, ...place }: NamedRegion): Promise<ConnectScope> {
  const projectId = service?.projectId ?? (await context.settings.projectId());
  const atlas = await context.atlas();
  const [all, projectName] = await Promise.all([atlas.listClusters(projectId), readProjectName(context, projectId)]);
  const clusters = clustersIn(place, all);
  if (clusters.every(({ isPaused }) => isPaused)) throw pausedError(context, clusters);
  return {
    projectId,
    projectName,
    places: [place],
    serviceAt: () => service,
    clusters,
    names: undefined,
    isRegional: undefined,
    notes: [],
  };
}

function clustersIn(place: ClusterRegion, all: readonly Cluster[]) {
  const here = all.filter((cluster) => canUse(cluster, place) && !isLeaving(cluster.status));
  if (here.length > 0) return here;
  const places = all.flatMap(({ name, shared, status, regions }) =>
    regions.map((each) => {
      const shown = isLeaving(status) ? 'being deleted' : shared;
      const kind = shown === null ? '' : `, ${shown}`;
      return `${name} (${regionText(each)}${kind})`;
    }),
  );
  const what = `No dedicated cluster of the project has nodes in ${regionText(place)}.`;
  if (places.length === 0) throw new NotFoundError(what, 'The project has no clusters.');
  const hint = `A private endpoint reaches only dedicated clusters in its region. Existing clusters: ${listed(places)}`;
  throw new NotFoundError(what, hint);
}

/** Of the regions of clusters: only the named clusters get strings. One that is paused is skipped. */
export async function readClusterScope(
  context: Context,
  options: Parameters<typeof readClusterRegions>[1],
): Promise<ConnectScope> {
  const read = await readClusterRegions(context, options);
  const clusters = read.clusters.filter(({ isPaused }) => !isPaused);
  const places = read.places.filter((place) => clusters.some((cluster) => hasNodesIn(cluster, place)));
  const paused = read.clusters.filter(({ isPaused }) => isPaused);
  if (places.length === 0) throw pausedError(context, paused);
  const { projectId, services } = read;
  // It is only for the notes.
  const isRegional = await orNone((await context.atlas()).getRegionalMode(projectId));
  return {
    projectId,
    projectName: await readProjectName(context, projectId),
    places,
    serviceAt: (place) => serviceIn(place, services),
    clusters,
    names: options.cluster,
    isRegional,
    notes: paused.length > 0 ? [`${pausedText(paused)}, and skipped.`] : [],
  };
}

function pausedText(paused: readonly Cluster[]) {
  return `${listed(paused.map(({ name }) => name))} ${paused.length === 1 ? 'is' : 'are'} paused`;
}

/** A paused cluster gets no connection string, so an endpoint for it alone would be billed for nothing. */
function pausedError({ settings }: Context, paused: readonly Cluster[]) {
  const hint = { text: 'Resume the cluster, then run this again:', commands: [settings.again(cmd``)] };
  return new CliError('conflict', `${pausedText(paused)}, so nothing was connected.`, { hint });
}
