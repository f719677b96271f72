import { type InterfaceEndpoint, interfaceKeys } from '../../atlas/interfaces.js';
import type { Row, Tone, View } from '../../ui/view.js';

const tones: Record<string, Tone> = { AVAILABLE: 'good', REJECTED: 'bad', FAILED: 'bad', DELETED: 'plain' };

const shared = {
  keys: interfaceKeys,
  columns: ['id', 'provider', 'region', 'status', 'endpointId'],
  id: 'id',
  tone: ({ status }: Row): Tone => tones[String(status)] ?? 'busy',
};

/** One interface endpoint. */
export function interfaceView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

/** A list of interface endpoints. */
export function interfacesView(rows: readonly InterfaceEndpoint[]): View {
  return { ...shared, single: false, rows, empty: 'No interface endpoints.' };
}
