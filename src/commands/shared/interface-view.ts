import { type InterfaceEndpoint, interfaceKeys } from '../../atlas/interfaces.js';
import type { Row, Tone, View } from '../../ui/view.js';

const tones: Record<string, Tone> = { AVAILABLE: 'good', REJECTED: 'bad', FAILED: 'bad', DELETED: 'bad' };

const shared = {
  keys: interfaceKeys,
  columns: ['id', 'provider', 'region', 'status', 'endpointId'],
  expendable: ['endpointId', 'provider'],
  id: 'id',
  tone: (key: string, row: Row): Tone => {
    if (key === 'errorMessage') return 'bad';
    return key === 'status' ? (tones[String(row.status)] ?? 'busy') : 'plain';
  },
};

/** One interface endpoint. */
export function interfaceView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

/** A list of interface endpoints. */
export function interfacesView(rows: readonly InterfaceEndpoint[]): View {
  return { ...shared, single: false, rows, empty: 'No interface endpoints.' };
}
