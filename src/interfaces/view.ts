import type { InterfaceEndpoint } from '../atlas/interfaces.js';
import { statusOrder } from '../atlas/status.js';
import { tone } from '../endpoints/view.js';
import type { Row, View } from '../ui/view.js';

const shared = {
  columns: ['id', 'provider', 'region', 'status', 'endpointId'],
  order: { status: statusOrder },
  id: 'id',
  tone,
};

export function interfaceView(row: Row): View {
  return { ...shared, single: true, rows: [row] };
}

export function interfacesView(rows: readonly InterfaceEndpoint[]): View {
  return { ...shared, single: false, rows, empty: 'No interface endpoints.' };
}
