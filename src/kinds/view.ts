import { deleted, statusOrder } from '../atlas/status.js';
import { endpointsView, tone } from '../endpoints/view.js';
import type { Row, Tone, View } from '../ui/view.js';
import { kinds } from './all.js';
import type { Kind, KindEndpoint } from './kind.js';

const tones = { pending: 'busy', needsUser: 'todo', ready: 'good', failed: 'bad', leaving: 'busy' } as const;

function toneOf(row: Row): Tone {
  const kind = kinds.find(({ name }) => name === row.kind);
  if (!kind || row.status === deleted) return tone(row);
  return tones[kind.statuses[String(row.status)] ?? 'pending'];
}

/** A table of endpoints of one kind, or without a kind of all of them. */
export function kindsView(rows: readonly Row[], kind: Kind | undefined): View {
  return {
    ...endpointsView(rows),
    columns: [...(kind ? [] : ['kind']), 'region', 'provider', 'status', 'age', 'id', ...(kind?.columns ?? [])],
    order: { status: [...kinds.flatMap(({ statuses }) => Object.keys(statuses)), ...statusOrder] },
    tone: toneOf,
    empty: kind ? `No ${kind.noun}.` : 'No private endpoints.',
  };
}

export function kindView(row: Row, kind: Kind): View {
  return { ...kindsView([row], kind), single: true };
}

/** How messages name an endpoint: `us-east-1 6a79…`. */
export function nameOfKind({ region, id }: KindEndpoint): string {
  return region === null ? id : `${region} ${id}`;
}
