import { type Cluster, type ConnectionString, canUse } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, type InterfaceEndpoint, isReady } from '../../atlas/model.js';
import { UsageError } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { cmd, option } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds, twoKindProvider } from '../../clouds/all.js';
import type { Context } from '../../endpoints/context.js';
import { findEndpoints } from '../../endpoints/find.js';
import { readAllAttached } from '../../endpoints/interfaces.js';
import { theOnly } from '../../endpoints/name.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import type { Row, View } from '../../ui/view.js';
import { type BrokenStrings, brokenRows } from '../removal.js';
import type { StringsOf } from '../waits.js';

/** What `convert` is about: a service without port mapping, and the one with port mapping that replaces it. */
export interface ServicePair {
  older: Endpoint | undefined;
  mapped: Endpoint | undefined;
  /** All services of the region. In regional mode several old ones can share the new one. */
  inRegion: readonly Endpoint[];
}

/** Without `argument`: the only older service; none if there is none. Throws a not-found error, or a usage error for several. */
export async function findPair(context: Context, argument?: string, cloud?: string) {
  const isNamed = argument !== undefined;
  const filter = { provider: cloud ?? (isNamed ? undefined : twoKindProvider.toLowerCase()) };
  const found = await findEndpoints(context, [argument], filter, {
    all: true,
    prefer: isOlder,
  });
  const fitting = found.endpoints.flatMap((each) => each ?? []);
  if (fitting.length === 0) throw found.notFound(0);
  const named = isNamed ? fitting[0] : theOnly(fitting.filter(isOlder), ' without port mapping');
  if (!named) return { older: undefined, mapped: undefined, inRegion: [] };
  const { projectId, provider, region, atlasRegion } = named;
  if (!clouds[provider].older) {
    const { title } = clouds[twoKindProvider];
    throw new UsageError(
      `${nameOf(named)} is on ${clouds[provider].title}. Only ${title} private endpoints can be converted.`,
      `Choose a private endpoint on ${title}.`,
    );
  }
  const all = await (await context.atlas()).listServices(projectId, provider);
  const inRegion = all.filter((each) => each.atlasRegion === atlasRegion);
  if (isOlder(named)) return { older: named, mapped: bestOf(inRegion.filter((each) => !isOlder(each))), inRegion };
  const older = theOnly(inRegion.filter(isOlder), ` without port mapping in ${region}`);
  return { older, mapped: named, inRegion };
}

/** Prefers a service that is in use, then one that did not fail. Ignores those that are being deleted. */
function bestOf(mapped: readonly Endpoint[]) {
  const staying = mapped.filter(({ status }) => status !== 'DELETING');
  const working = staying.filter(({ status }) => status !== 'FAILED');
  return working.find(({ interfaceEndpoints }) => interfaceEndpoints.length > 0) ?? working[0] ?? staying[0];
}

/** The same context in the project of an endpoint, which an import id may have named. */
export async function inProjectOf(context: Context, endpoint: Endpoint | undefined): Promise<Context> {
  const usual = await context.settings.usualProject();
  const projectId = endpoint?.projectId ?? usual;
  if (projectId === undefined || projectId === usual) return context;
  return {
    ...context,
    settings: {
      ...context.settings,
      projectId: async () => projectId,
      commandLine: (words) => context.settings.commandLine(cmd`${words} ${option('--project', projectId)}`),
    },
  };
}

type Interfaces = readonly InterfaceEndpoint[];

export type Usage = Awaited<ReturnType<typeof readUsage>>;

export async function readUsage(context: Context, { older, mapped, inRegion }: ServicePair) {
  const service = mapped ?? older;
  // The services of the pair may be newer than the list.
  const others = inRegion.filter(({ id }) => id !== older?.id && id !== mapped?.id);
  const services = [older, mapped, ...others].flatMap((each) => each ?? []);
  const atlas = await context.atlas();
  const [clusters, all] = await Promise.all([
    service ? atlas.listClusters(service.projectId) : [],
    readAllAttached(context, services),
  ]);
  const olderIds = services.filter(isOlder).map(({ id }) => id);
  return {
    older: all.filter(({ endpointId }) => endpointId === older?.id),
    /** Those of all services without port mapping; first those of the service that is converted. */
    allOlder: all.filter(({ endpointId }) => olderIds.includes(endpointId)),
    allMapped: all.filter(({ endpointId }) => !olderIds.includes(endpointId)),
    clusters: clusters.filter((cluster) => service && canUse(cluster, service)),
  };
}

export function isAvailable({ status }: Pick<InterfaceEndpoint, 'status'>) {
  return status === 'AVAILABLE';
}

export function isConnected({ mapped, usage }: Pick<ServicePair, 'mapped'> & { usage: Usage }) {
  return usage.allMapped.some((each) => each.endpointId === mapped?.id && isAvailable(each));
}

/** The name of a Google project that Atlas does not return. */
export const unknownProject = 'unknown';

/** The Google project of an interface endpoint. The API returns no network, so a project is the closest match. */
function googleProjectOf({ gcpProjectId }: InterfaceEndpoint) {
  return text(gcpProjectId) ?? unknownProject;
}

/** The Google project that a connection string leads into; undefined if it uses none of these interface endpoints. */
function projectOf(string: ConnectionString, interfaces: Interfaces) {
  const through = interfaces.find(({ id, provider, region }) =>
    string.endpoints.some((each) => each.id === id && each.provider === provider && each.region === region),
  );
  return through && googleProjectOf(through);
}

function isBehind({ before, after }: Record<'before' | 'after', readonly unknown[]>) {
  return after.length < before.length;
}

/** Those of all services count: two old ones with interface endpoints in one project need two new ones. */
function interfacesByProject({ older, allOlder, allMapped }: Usage, counts = isAvailable) {
  return [...new Set(older.filter(isAvailable).map(googleProjectOf))].map((project) => {
    const within = (all: Interfaces) => all.filter((each) => counts(each) && googleProjectOf(each) === project);
    return { project, before: within(allOlder), after: within(allMapped) };
  });
}

export function projectsToReplace(usage: Usage) {
  return interfacesByProject(usage).flatMap((each) => (isBehind(each) ? each.project : []));
}

/** The old interface endpoints that nothing replaces yet, not even one that Atlas is still accepting. */
export function interfacesToReplace(usage: Usage): InterfaceEndpoint[] {
  const all = interfacesByProject(usage, (each) => !hasEnded(each));
  const behind = all.filter(isBehind).map(({ project }) => project);
  return usage.older.filter((each) => isAvailable(each) && behind.includes(googleProjectOf(each)));
}

function stringsByProject({ strings }: Cluster, older: Interfaces, mapped: Interfaces) {
  const projects = [older, mapped].flatMap((all) => strings.flatMap((each) => projectOf(each, all) ?? []));
  return [...new Set(projects)].map((project) => {
    const through = (all: Interfaces) => strings.filter((each) => projectOf(each, all) === project);
    return { project, before: through(older), after: through(mapped) };
  });
}

function projectsBehind(cluster: Cluster, { older, allOlder, allMapped }: Usage) {
  return stringsByProject(cluster, allOlder, allMapped).flatMap(({ project, before, after }) => {
    const isUsed = before.some((string) => projectOf(string, older) !== undefined);
    return isUsed && isBehind({ before, after }) ? project : [];
  });
}

/** None while some are to come. In one region, each new interface endpoint gives a string; with more, the number depends on all. */
export function newStringsOf(usage: Usage): StringsOf {
  const replaced = interfacesByProject(usage).flatMap((each) => (isBehind(each) ? [] : each.project));
  return (cluster) => {
    const isOneRegion = cluster.regions.length === 1;
    if (isOneRegion && projectsBehind(cluster, usage).some((project) => replaced.includes(project))) return [];
    return cluster.strings.filter((each) => projectOf(each, usage.allMapped) !== undefined);
  };
}

export function whyNotYet({ older, mapped }: ServicePair, usage: Usage) {
  if (!mapped || !isReady(mapped.status))
    return `${older?.region} has no ready private endpoint service with port mapping.`;
  if (!isConnected({ mapped, usage })) return `${nameOf(mapped)} has no AVAILABLE interface endpoint.`;
  // Applications that use the old service would lose their connection.
  const lacking = interfacesByProject(usage).filter(isBehind);
  const reasons = lacking.map(({ project, before, after }) => {
    const names = listed(before.map(({ id }) => id));
    return (
      `Google project ${project} has ${after.length} of ${before.length} AVAILABLE ` +
      `interface endpoints with port mapping that replace ${names}.`
    );
  });
  if (reasons.length > 0) return reasons.join(' ');
  const behind = usage.clusters.filter((each) => projectsBehind(each, usage).length > 0);
  if (behind.length === 0) return undefined;
  const names = behind.map(({ name, isPaused }) => (isPaused ? `${name} (paused)` : name));
  const toResume = behind.some(({ isPaused }) => isPaused)
    ? ' Atlas updates a paused cluster when it is resumed.'
    : '';
  return `These clusters do not have a new connection string for each old one yet: ${listed(names)}.${toResume}`;
}

/** The old and new strings of each cluster, those of one Google project in a row. `broken`: what --finish breaks. */
export function conversionView({ older, mapped }: ServicePair, usage: Usage, broken: BrokenStrings = []): View {
  const service = mapped ?? older;
  const rows = usage.clusters.flatMap((cluster) => {
    const row = (project: string | null, before?: ConnectionString, after?: ConnectionString) => {
      return {
        cluster: cluster.name,
        oldEndpointId: older?.id ?? null,
        newEndpointId: mapped?.id ?? null,
        oldSrvConnectionString: before?.srv ?? null,
        newSrvConnectionString: after?.srv ?? null,
        gcpProjectId: project,
        breaks: broken === null ? null : brokenRows(broken.filter((each) => each.cluster === cluster.name)),
      } satisfies Row;
    };
    const found = stringsByProject(cluster, usage.older, usage.allMapped).flatMap(({ project, before, after }) => {
      const longer = before.length > after.length ? before : after;
      return longer.map((_, index) => row(project, before[index], after[index]));
    });
    return found.length > 0 ? found : [row(null)];
  });
  const columns = ['cluster', 'oldSrvConnectionString', 'newSrvConnectionString'];
  const isOneProject = new Set(rows.map((row) => row.gcpProjectId)).size <= 1;
  return {
    rows,
    single: false,
    id: 'newSrvConnectionString',
    columns: isOneProject ? columns : [...columns, 'gcpProjectId'],
    ...(service && { empty: `No cluster has nodes in ${service.region}.` }),
  };
}
