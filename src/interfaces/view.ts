import type { InterfaceEndpoint } from '../atlas/interfaces.js';
import { deleted } from '../atlas/status.js';
import type { Row, Tone, View } from '../ui/view.js';

/** A map, since a status of an answer may be any text. */
const tones = new Map<string, Tone>([
  ['AVAILABLE', 'good'],
  ['REJECTED', 'bad'],
  ['FAILED', 'bad'],
  [deleted, 'plain'],
]);

const shared = {
  columns: ['id', 'provider', 'region', 'status', 'endpointId'],
  id: 'id',
  tone: ({ status }: Row): Tone => tones.get(String(status)) ?? 'busy',
};

/** One interface endpoint. */
export function interfaceView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

/** A list of interface endpoints. */
export function interfacesView(rows: readonly InterfaceEndpoint[]): View {
  return { ...shared, single: false, rows, empty: 'No interface endpoints.' };
}
