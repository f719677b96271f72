import { type Cluster, type ClusterRegion, checkClusterName, isSamePlace, regionText } from '../atlas/clusters.js';
import { type Endpoint, isLeaving } from '../atlas/model.js';
import { listWithNamed } from '../atlas/named-strings.js';
import { NotFoundError, UsageError } from '../base/errors.js';
import { didYouMean, listed } from '../base/words.js';
import { type Provider, parseProvider } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import type { Context } from '../endpoints/context.js';
import { eachOf } from '../endpoints/find.js';
import { checkOneCloud, theOnly } from '../endpoints/name.js';
import { services } from '../endpoints/services.js';

export type ClusterRegions = Awaited<ReturnType<typeof readClusterRegions>>;

/** `all`: all clusters of the project. Throws unless each named one is dedicated, and one of them has a chosen region. */
export async function readClusterRegions(
  context: Context,
  options: { cluster: readonly string[]; region?: readonly string[] | undefined; provider?: string | undefined },
) {
  const names = [...new Set(options.cluster)];
  for (const name of names) checkClusterName(name);
  const provider = options.provider === undefined ? undefined : parseProvider(options.provider);
  const projectId = await context.settings.projectId();
  const atlas = await context.atlas();
  const all = await listWithNamed(atlas, projectId, context);
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
  const lists = await eachOf(providersIn(places), (provider) => atlas.listServices(projectId, provider));
  return { projectId, clusters, all, places, services: lists.flat() };
}

/** The only service in a region. Throws a usage error if there are several. */
export function serviceIn(place: ClusterRegion, all: readonly Endpoint[]): Endpoint | undefined {
  const here = all.filter((each) => isSamePlace(each, place));
  return theOnly(services, here, ` in ${place.region}`);
}

export function providersIn(places: readonly ClusterRegion[]): Provider[] {
  return [...new Set(places.map(({ provider }) => provider))];
}

function nodesText(places: readonly ClusterRegion[]) {
  return `The nodes are in ${listed(places.map(regionText))}.`;
}

function clusterNamed(name: string, all: readonly Cluster[]): Cluster {
  const cluster = all.find((each) => each.name === name);
  const usable = all.filter(({ shared, status }) => shared === null && !isLeaving(status)).map((each) => each.name);
  const hint = usable.length === 0 ? 'The project has no dedicated cluster.' : didYouMean(name, usable);
  if (!cluster) throw new NotFoundError(`Cluster '${name}' not found in the project.`, hint);
  if (isLeaving(cluster.status)) throw new NotFoundError(`Cluster ${name} is being deleted.`, hint);
  if (cluster.shared === null) return cluster;
  const what = `${name} is a cluster of type ${cluster.shared}, which does not support private endpoints.`;
  throw new UsageError(what, hint);
}

export function placesOf(clusters: readonly Cluster[]): ClusterRegion[] {
  const all = clusters.flatMap(({ regions }) => regions);
  return all.filter((place, index) => index === all.findIndex((each) => isSamePlace(each, place)));
}
