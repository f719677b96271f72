import { isGone } from '../atlas/errors.js';
import { sharedKeys } from '../atlas/keys.js';
import { type Endpoint, serviceStatuses } from '../atlas/model.js';
import { clouds, providers } from '../clouds/all.js';
import type { Family } from './family.js';
import { adviceToCreate, replacing } from './next-step.js';
import { serviceView } from './view.js';

export const services: Family<Endpoint> = {
  name: undefined,
  flags: [],
  noun: 'private endpoint service',
  statuses: serviceStatuses,
  view: serviceView,
  providers,
  listOf: (provider) => provider,
  list: (atlas, { projectId, provider }, limits) => atlas.listServices(projectId, provider, limits),
  read: (atlas, { projectId, provider, id }, limits) => atlas.getService(projectId, provider, id, limits),
  remove: (atlas, { projectId, provider, id }) => atlas.deleteService(projectId, provider, id),
  isMissing: isGone,
  unknown: { ...Object.fromEntries(Object.keys(sharedKeys).map((key) => [key, null])), interfaceEndpoints: [] },
  steps: {},
  toCreate: adviceToCreate,
  toReplace: replacing,
  readyTimes: ({ status, provider }) => (status === 'INITIATING' ? clouds[provider].readyTimes : undefined),
};
