import { type Cluster, type ClusterRegion, canUse, regionText } from '../../atlas/clusters.js';
import { type Endpoint, isLeaving, withName } from '../../atlas/model.js';
import { advise, CliError, type Hint, hintText, NotFoundError, UsageError } from '../../base/errors.js';
import { cmd, option, type Words } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds, defaultProvider, providers } from '../../clouds/all.js';
import { cloudsOf, parseRegion } from '../../clouds/regions.js';
import type { Context } from '../../endpoints/context.js';
import { eachOf, findEndpoints } from '../../endpoints/find.js';
import { listAttached, narrowedBy, readInterfaceName } from '../../endpoints/interfaces.js';
import { checkOneCloud, readFilter } from '../../endpoints/name.js';
import { ignoreMissing } from '../../endpoints/next-step.js';
import { checkNoEndpoint, placesOf, readClusterRegions, serviceIn } from '../lanes.js';
import type { DisconnectTarget } from './found.js';

/** What a command line is about: the regions to disconnect. */
export interface RemovalScope {
  projectId: string;
  /** The regions that are meant, also those that stay as they are. */
  places: readonly ClusterRegion[];
  /** The clusters that --cluster names; undefined if the command line names a region. */
  names: readonly string[] | undefined;
  /** All clusters of the project; undefined if they were not read. */
  clusters: readonly Cluster[] | undefined;
  /** The regions with a service that stay as they are, because other clusters have nodes there. */
  shared: readonly SharedRegion[];
  /** The regions to disconnect. */
  own: readonly ClusterRegion[];
  /** Throws if a region has several services. */
  targetAt(place: ClusterRegion): DisconnectTarget;
  notes: readonly Hint[];
  /** The error if there is nothing to remove. */
  notFound: NotFoundError;
}

type SharedRegion = ClusterRegion & { users: string };

type Options = { [Name in 'endpoint' | 'interface' | 'provider']?: string | undefined } & {
  region?: readonly string[] | undefined;
  keepService?: boolean | undefined;
};

export function disconnectCommand({ provider, region }: ClusterRegion): Words {
  const on = option('--provider', cloudsOf(region).length > 1 ? provider.toLowerCase() : undefined);
  return cmd`disconnect ${region} ${on}`;
}

/** Of one region. The service may be gone already, if a first run was interrupted. */
export async function readRegionRemoval(context: Context, options: Options): Promise<RemovalScope> {
  const { endpoint, id: named } = readInterfaceName(options);
  const [inRegion, another] = options.region ?? [];
  if (another !== undefined)
    throw new UsageError('Without --cluster, disconnect takes one region.', 'Run it once for each region.');
  const filter = narrowedBy({ endpoint, id: named }, { region: inRegion, provider: options.provider });
  // An attached interface endpoint shows its service.
  const owners = endpoint || !named ? [] : withName(await listAttached(context, { id: named }, filter), named);
  const found = await findEndpoints(context, [endpoint ?? owners[0]?.service.id], filter);
  const { projectId } = found;
  const [service] = found.endpoints;
  const [name] = found.named;
  const where = service?.region ?? name?.region ?? inRegion;
  const known = service?.provider ?? name?.provider;
  const wanted = readFilter(filter).clouds;
  const provider = known ?? cloudsOf(where ?? '').find((each) => wanted.includes(each)) ?? defaultProvider;
  const { title } = clouds[provider];
  if (where === undefined && name?.id !== undefined) {
    const text = `${title} was not searched for what is left of it, because its region is not known. To search a region:`;
    const commands = [context.settings.again(cmd`--region REGION`)];
    throw new NotFoundError(found.notFound(0).message, { text, commands }, 'notSearched');
  }
  if (where === undefined) throw found.notFound(0);
  // Without its service, only the region shows the cloud.
  if (known === undefined && filter.provider === undefined) checkOneCloud(context, where);
  const { region, atlasRegion } = service ?? parseRegion(provider, where);
  if (region === '') {
    const hint = 'Try again later. Or use interface remove and delete instead.';
    throw new CliError('unexpected', `Atlas did not return the region of ${service?.id}.`, { hint });
  }
  const hint = ignoreMissing(context);
  const place = { provider, region, atlasRegion };
  const keepsService = options.keepService ?? false;
  return {
    projectId,
    places: [place],
    names: undefined,
    clusters: undefined,
    shared: [],
    own: [place],
    targetAt: () => ({ ...place, projectId, service, serviceId: name?.id, named, keepsService }),
    notes: [],
    notFound: found.notFound(0, { ...hint, text: `${title} has no resources for it either. ${hint.text}` }),
  };
}

/** Of the regions of clusters. A region in which another cluster has nodes stays as it is. */
export async function readClusterRemoval(
  context: Context,
  options: Options & { cluster: readonly string[] },
): Promise<RemovalScope> {
  checkNoEndpoint(options.endpoint);
  const { all, clusters, places, projectId, services } = await readClusterRegions(context, options, providers).catch(
    async (error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
      const [idle] = idleNotes(context, await readIdle(context));
      throw idle ? error.withHint({ ...idle, text: `${hintText(error.hint)} ${idle.text}`.trim() }) : error;
    },
  );
  const others = all.filter((each) => !clusters.includes(each) && !isLeaving(each.status));
  const usersAt = (place: ClusterRegion) => others.filter((each) => canUse(each, place)).map(({ name }) => name);
  const read = places.map((place) => ({ ...place, users: listed(usersAt(place)) }));
  const own = read.filter(({ users }) => users === '');
  const notes = idleNotes(context, idleIn(all, services));
  const hint = notes[0] ?? ignoreMissing(context);
  return {
    projectId,
    places,
    names: clusters.map(({ name }) => name),
    clusters: all,
    shared: read.filter((place) => place.users !== '' && serviceIn(place, services)),
    own,
    targetAt: (place) => ({
      ...place,
      projectId,
      service: serviceIn(place, services),
      keepsService: options.keepService ?? false,
    }),
    notes,
    notFound: new NotFoundError(`No private endpoint found in ${listed(places.map(regionText))}.`, hint, 'noneAtAll'),
  };
}

async function readIdle(context: Context) {
  const projectId = await context.settings.projectId();
  const atlas = await context.atlas();
  const lists = await eachOf(providers, (provider) => atlas.listServices(projectId, provider));
  return idleIn(await atlas.listClusters(projectId), lists.flat());
}

/** The regions with a service that no cluster can use. A cluster that was deleted, or lost a region, leaves them. */
function idleIn(all: readonly Cluster[], services: readonly Endpoint[]) {
  const alive = all.filter(({ status }) => !isLeaving(status));
  const isIdle = (service: Endpoint) =>
    service.region !== '' && !isLeaving(service.status) && !alive.some((cluster) => canUse(cluster, service));
  return placesOf([{ regions: services.filter(isIdle) }]);
}

function idleNotes(context: Context, idle: readonly ClusterRegion[]): Hint[] {
  if (idle.length === 0) return [];
  const where = listed(idle.map(regionText));
  const text = `No cluster can use the private endpoint ${idle.length > 1 ? 'services' : 'service'} in ${where}, and Atlas bills it. To disconnect:`;
  return [advise(context, text, ...idle.map(disconnectCommand))];
}
