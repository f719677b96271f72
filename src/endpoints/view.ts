import { createdOn } from '../atlas/ids.js';
import { sharedKeys } from '../atlas/keys.js';
import { deleted, isReady, statusOrder } from '../atlas/model.js';
import { formatAge } from '../base/duration.js';
import { objects, texts } from '../base/json.js';
import { clouds, providers } from '../clouds/all.js';
import type { Row, Tone, View } from '../ui/view.js';
import type { Named } from './name.js';

/** The tones of endpoints and interface endpoints. A Map, because the API may return any text as status. */
const tones = new Map<string, Tone>([
  ['AVAILABLE', 'good'],
  ['REJECTED', 'bad'],
  ['FAILED', 'bad'],
  [deleted, 'plain'],
]);

/** Atlas often returns AVAILABLE instead of WAITING_FOR_USER. In both, it is the user's turn until something is attached. */
function tone({ status, interfaceEndpoints }: Row): Tone {
  const hasNone = Array.isArray(interfaceEndpoints) && interfaceEndpoints.length === 0;
  return hasNone && isReady(String(status)) ? 'todo' : (tones.get(String(status)) ?? 'busy');
}

/** Undefined if the endpoint was gone before its cloud was known. */
function cloudOf({ provider }: Row) {
  const name = providers.find((each) => each === provider);
  return name && clouds[name];
}

/** The cloud as people write it, with a mark on services of the kind that Atlas will disable. */
function cloudName(row: Row) {
  const cloud = cloudOf(row);
  const mark = row.portMappingEnabled === false ? ' (old)' : '';
  return cloud ? `${cloud.title}${mark}` : null;
}

function ageOf({ createdAt }: Row, now: number) {
  return typeof createdAt === 'string' ? formatAge(now - Date.parse(createdAt)) : undefined;
}

function briefBreaks({ breaks }: Row) {
  return objects(breaks).map(({ connectionString, cluster }) => `${connectionString} (${cluster})`);
}

const serviceView: Omit<View, 'single' | 'rows'> = {
  columns: ['region', 'provider', 'status', 'interfaces', 'age', 'id'],
  brief: {
    interfaces: ({ interfaceEndpoints }) => texts(interfaceEndpoints).length || 'none',
    age: (row, now) => ageOf(row, now) ?? null,
    service: (row) => cloudOf(row)?.service.label(row) ?? null,
    project: ({ projectId }) => projectId ?? null,
    provider: cloudName,
    createdAt: (row, now) => {
      const age = ageOf(row, now);
      return age === undefined ? null : `${row.createdAt} (${age} ago)`;
    },
    breaks: briefBreaks,
    ...Object.assign({}, ...providers.map((name) => clouds[name].service.brief)),
  },
  order: { status: statusOrder, interfaces: ['none'] },
  id: 'id',
  tone,
  empty: 'No private endpoint services.',
};

export const interfaceView: Omit<View, 'single' | 'rows'> = {
  columns: ['region', 'provider', 'status', 'endpointId', 'id'],
  brief: { provider: cloudName, breaks: briefBreaks },
  order: { status: statusOrder },
  id: 'id',
  tone,
  empty: 'No interface endpoints.',
};

export function endpointView(row: Row, view = serviceView): View {
  return { ...view, single: true, rows: [row] };
}

export function endpointsView(rows: readonly Row[], view = serviceView): View {
  return { ...view, single: false, rows };
}

/** An endpoint of which only its name is known, because it no longer exists. */
export function goneRow(projectId: string, { id = '', region }: Named): Row {
  const unknown = Object.fromEntries(Object.keys(sharedKeys).map((key) => [key, null]));
  const createdAt = createdOn(id);
  return {
    ...unknown,
    interfaceEndpoints: [],
    id: id || null,
    projectId,
    region: region ?? null,
    status: deleted,
    createdAt,
  };
}

/** How messages name an endpoint: `us-east-1 6a79…`. */
export function nameOf({ region, id }: { region: string | null; id: string }) {
  return region === null ? id : `${region} ${id}`;
}
