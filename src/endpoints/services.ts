import { isGone } from '../atlas/errors.js';
import { sharedKeys } from '../atlas/keys.js';
import { type Endpoint, serviceStatuses } from '../atlas/model.js';
import type { Family } from './family.js';
import { adviceToCreate, replacing } from './next-step.js';

export const services: Family<Endpoint> = {
  noun: 'private endpoint service',
  statuses: serviceStatuses,
  list: (atlas, { projectId, provider }, limits) => atlas.listServices(projectId, provider, limits),
  read: (atlas, { projectId, provider, id }, limits) => atlas.getService(projectId, provider, id, limits),
  remove: (atlas, { projectId, provider, id }) => atlas.deleteService(projectId, provider, id),
  isMissing: isGone,
  unknown: { ...Object.fromEntries(Object.keys(sharedKeys).map((key) => [key, null])), interfaceEndpoints: [] },
  toCreate: adviceToCreate,
  toReplace: replacing,
};
