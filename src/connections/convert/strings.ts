import { type Cluster, type ConnectionString, canUse } from '../../atlas/clusters.js';
import type { InterfaceEndpoint } from '../../atlas/interfaces.js';
import { text } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { fromAtlasRegion } from '../../clouds/regions.js';
import { isOlder } from '../../endpoints/older.js';
import type { Session } from '../../endpoints/session.js';
import { readAllAttached } from '../../interfaces/find.js';
import type { Row, View } from '../../ui/view.js';
import type { conversionKeys } from './keys.js';
import type { ServicePair } from './pair.js';

/** The interface endpoints of a region, without and with port mapping, and the clusters that use them. */
export interface Sides {
  /** Those of the service that is converted. */
  older: readonly InterfaceEndpoint[];
  /** Those of all services without port mapping. */
  allOlder: readonly InterfaceEndpoint[];
  /** Those of all services with port mapping. */
  allMapped: readonly InterfaceEndpoint[];
  /** The clusters with nodes in the region. */
  clusters: readonly Cluster[];
}

/** Reads both sides as they are now. */
export async function readSides(session: Session, pair: ServicePair): Promise<Sides> {
  const service = pair.mapped ?? pair.older;
  if (!service) return { older: [], allOlder: [], allMapped: [], clusters: [] };
  const atlas = await session.atlas();
  const [clusters, all] = await Promise.all([
    atlas.listClusters(service.projectId),
    readAllAttached(session, servicesOf(pair)),
  ]);
  const olderIds = new Set(servicesOf(pair).flatMap((each) => (isOlder(each) ? each.id : [])));
  return {
    older: all.filter(({ endpointId }) => endpointId === pair.older?.id),
    allOlder: all.filter(({ endpointId }) => olderIds.has(endpointId)),
    allMapped: all.filter(({ endpointId }) => !olderIds.has(endpointId)),
    clusters: clusters.filter((cluster) => canUse(cluster, service)),
  };
}

/** The services of the region. Those of the pair may be newer than the list. */
function servicesOf({ older, mapped, there }: ServicePair) {
  return [...new Map([...there, older, mapped].flatMap((each) => (each ? [[each.id, each]] : []))).values()];
}

/** The Google project of an interface endpoint. The API tells no network, so a project is the closest match. */
function googleProjectOf({ gcpProjectId }: InterfaceEndpoint): string {
  return text(gcpProjectId) ?? 'unknown';
}

/** The connection strings of a cluster that lead through one of these interface endpoints, by Google project. */
export function stringsByProject(
  { strings }: Cluster,
  interfaces: readonly InterfaceEndpoint[],
): Map<string, ConnectionString[]> {
  const found = new Map<string, ConnectionString[]>();
  for (const string of strings) {
    const through = interfaces.find(({ id, provider, region }) =>
      string.endpoints.some(
        (each) =>
          each.id === id && each.provider === provider && fromAtlasRegion(provider, each.atlasRegion) === region,
      ),
    );
    if (!through) continue;
    const project = googleProjectOf(through);
    found.set(project, [...(found.get(project) ?? []), string]);
  }
  return found;
}

/** What the old side and the new side have in a Google project. */
export interface Replacement<T> {
  project: string;
  before: readonly T[];
  after: readonly T[];
}

export function isBehind({ before, after }: Replacement<unknown>): boolean {
  return after.length < before.length;
}

/**
 * The AVAILABLE interface endpoints in each Google project of the old service. Those of all services count: two old
 * services with interface endpoints in one project need two new ones.
 */
export function interfacesByProject({ older, allOlder, allMapped }: Sides): Replacement<InterfaceEndpoint>[] {
  const projects = [...new Set(older.filter(isAvailable).map(googleProjectOf))];
  const within = (all: readonly InterfaceEndpoint[], project: string) =>
    all.filter((each) => isAvailable(each) && googleProjectOf(each) === project);
  return projects.map((project) => {
    return { project, before: within(allOlder, project), after: within(allMapped, project) };
  });
}

/** The old and new connection strings of a cluster in each Google project of the old service. */
export function stringsBeside(
  cluster: Cluster,
  { older, allOlder, allMapped }: Sides,
): Replacement<ConnectionString>[] {
  const before = stringsByProject(cluster, allOlder);
  const after = stringsByProject(cluster, allMapped);
  return [...stringsByProject(cluster, older)].map(([project, own]) => {
    // Another old service can have an interface endpoint of the same name in another project.
    const all = before.get(project) ?? [];
    return { project, before: all.length < own.length ? own : all, after: after.get(project) ?? [] };
  });
}

/** Why applications that use the old service would lose their connection without it; undefined if none would. */
export function whyInUse(sides: Sides): string | undefined {
  const lacking = interfacesByProject(sides).filter(isBehind);
  if (lacking.length > 0) {
    const each = lacking.map(({ project, before, after }) => {
      const names = listed(before.map(({ id }) => id));
      return `Google project ${project} has ${after.length} of ${before.length} AVAILABLE interface endpoints with port mapping that replace ${names}.`;
    });
    return each.join(' ');
  }
  const names = sides.clusters.flatMap((cluster) => (stringsBeside(cluster, sides).some(isBehind) ? cluster.name : []));
  if (names.length === 0) return undefined;
  return `These clusters do not have a new connection string for each old one yet: ${listed(names)}.`;
}

export function isAvailable({ status }: Pick<InterfaceEndpoint, 'status'>): boolean {
  return status === 'AVAILABLE';
}

/** The old and the new connection strings of each cluster, side by side, those of one Google project in one row. */
export function conversionView({ older, mapped }: Pick<ServicePair, 'older' | 'mapped'>, sides: Sides): View {
  const service = mapped ?? older;
  const rows = sides.clusters.flatMap((cluster) => {
    const [before, after] = [stringsByProject(cluster, sides.older), stringsByProject(cluster, sides.allMapped)];
    const projects = [...new Set([...before.keys(), ...after.keys()])];
    const row = (project: string | null, index: number) => {
      return {
        cluster: cluster.name,
        oldEndpoint: older?.id ?? null,
        newEndpoint: mapped?.id ?? null,
        oldSrvConnectionString: before.get(project ?? '')?.[index]?.srv ?? null,
        newSrvConnectionString: after.get(project ?? '')?.[index]?.srv ?? null,
        gcpProjectId: project,
      } satisfies Row & Record<(typeof conversionKeys)[number], unknown>;
    };
    if (projects.length === 0) return [row(null, 0)];
    return projects.flatMap((project) => {
      const length = Math.max(before.get(project)?.length ?? 0, after.get(project)?.length ?? 0);
      return Array.from({ length }, (_, index) => row(project, index));
    });
  });
  const columns = ['cluster', 'oldSrvConnectionString', 'newSrvConnectionString'];
  return {
    rows,
    single: false,
    id: 'newSrvConnectionString',
    columns,
    terminalColumns: new Set(rows.map((row) => row.gcpProjectId)).size > 1 ? [...columns, 'gcpProjectId'] : columns,
    ...(service && { empty: `No cluster has nodes in ${service.region}.` }),
  };
}
