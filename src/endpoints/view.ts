import type { Endpoint } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import { clouds, providers } from '../clouds/all.js';
import type { Row, Tone, View } from '../ui/view.js';

/** For endpoints and interface endpoints. A Map, because the API may return any text as status. */
const tones = new Map<string, Tone>([
  ['WAITING_FOR_USER', 'good'],
  ['AVAILABLE', 'good'],
  ['REJECTED', 'bad'],
  ['FAILED', 'bad'],
  [deleted, 'plain'],
]);

export const tone = ({ status }: Row): Tone => tones.get(String(status)) ?? 'busy';

const shared = {
  columns: ['id', 'provider', 'region', 'status', 'endpointServiceName'],
  id: 'id',
  tone,
};

export function endpointView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

export function endpointsView(rows: readonly Row[]): View {
  const seen = new Set(rows.map(({ provider }) => provider));
  const only = seen.size === 1 ? providers.find((name) => seen.has(name)) : undefined;
  const terminalColumns = shared.columns.map((key) =>
    key === 'endpointServiceName' && only ? clouds[only].service.name : key,
  );
  return { ...shared, single: false, rows, terminalColumns, empty: 'No private endpoints.' };
}

/** The row for an endpoint that was gone before it was read. */
export function goneRow(projectId: string, named: { id?: string | undefined; region?: string | undefined }): Row {
  return {
    id: named.id ?? null,
    projectId,
    provider: null,
    region: named.region ?? null,
    atlasRegion: null,
    status: deleted,
    endpointServiceName: null,
    interfaceEndpoints: [],
    errorMessage: null,
  };
}

/** How messages name an endpoint: `us-east-1 6a79…`. */
export function nameOf({ region, id }: Pick<Endpoint, 'region' | 'id'>): string {
  return `${region} ${id}`;
}
