import { type Cluster, type ConnectionString, canUse } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Row, View } from '../../ui/view.js';
import type { StringsOf } from '../await-strings.js';
import type { conversionKeys } from './keys.js';
import type { Pair } from './pair.js';

/** The connection strings of a cluster that lead through a service. */
export function stringsThrough(service: Endpoint | undefined): StringsOf {
  const leads = ({ endpoints }: ConnectionString) =>
    endpoints.some(
      ({ id, provider, atlasRegion }) =>
        provider === service?.provider &&
        atlasRegion === service.atlasRegion &&
        service.interfaceEndpoints.includes(id),
    );
  return ({ strings }) => strings.filter(leads);
}

/** The clusters with nodes in the region of these services. */
export function clustersOf({ older, mapped }: Pair, clusters: readonly Cluster[]): Cluster[] {
  const service = mapped ?? older;
  return service ? clusters.filter((cluster) => canUse(cluster, service)) : [];
}

/** The clusters that have a connection string through the old service, but none through the new one. */
export function behind({ older, mapped }: Pair, clusters: readonly Cluster[]): Cluster[] {
  const [before, after] = [stringsThrough(older), stringsThrough(mapped)];
  return clusters.filter((cluster) => before(cluster).length > 0 && after(cluster).length === 0);
}

/** The old and the new connection string of each cluster, side by side. */
export function conversionView({ older, mapped }: Pair, clusters: readonly Cluster[]): View {
  const service = mapped ?? older;
  const rows = clusters.flatMap((cluster) => {
    const [before, after] = [stringsThrough(older)(cluster), stringsThrough(mapped)(cluster)];
    return Array.from({ length: Math.max(1, before.length, after.length) }, (_, index) => {
      return {
        cluster: cluster.name,
        oldEndpoint: older?.id ?? null,
        newEndpoint: mapped?.id ?? null,
        oldSrvConnectionString: before[index]?.srv ?? null,
        newSrvConnectionString: after[index]?.srv ?? null,
      } satisfies Row & Record<(typeof conversionKeys)[number], unknown>;
    });
  });
  return {
    rows,
    single: false,
    id: 'newSrvConnectionString',
    columns: ['cluster', 'oldSrvConnectionString', 'newSrvConnectionString'],
    ...(service && { empty: `No cluster has nodes in ${service.region}.` }),
  };
}
