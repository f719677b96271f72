import { text } from '../../base/json.js';

/** What the kinds have in common whose both ends Atlas creates. */
export const madeByAtlas = {
  fields: { id: 'id', status: 'status', region: 'regionName' },
  statuses: {
    // Atlas makes it again, after a rejection or a loss.
    PENDING_RECREATION: 'pending',
    INITIATING: 'pending',
    PENDING_ACCEPTANCE: 'needsUser',
    ACTIVE: 'ready',
    FAILED: 'failed',
    DELETING: 'leaving',
  },
  keys: { privateEndpointConnectionName: text },
  columns: [],
  roles: { read: 'Project Owner', change: ['Project Owner'] },
} as const;
