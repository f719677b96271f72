import { isGone } from '../atlas/errors.js';
import { sharedKeys } from '../atlas/keys.js';
import type { Endpoint } from '../atlas/model.js';
import { serviceStatuses } from '../atlas/status.js';
import { clouds, providers } from '../clouds/all.js';
import type { Family } from './family.js';
import { isWanted, readNames } from './name.js';
import { adviceToCreate, replacing } from './next-step.js';
import { isOlder } from './port-mapping.js';
import { serviceView } from './view.js';

/** The private endpoint services of clusters. */
export const services: Family<Endpoint> = {
  name: undefined,
  flags: [],
  noun: 'private endpoint service',
  several: 'private endpoint services',
  short: 'services',
  statuses: serviceStatuses,
  view: serviceView,
  providers,
  listOf: (provider) => provider,
  list: (atlas, { projectId, provider }, limits) => atlas.listServices(projectId, provider, limits),
  read: (atlas, { projectId, provider, id }, limits) => atlas.getService(projectId, provider, id, limits),
  remove: (atlas, { projectId, provider, id }) => atlas.deleteService(projectId, provider, id),
  isMissing: isGone,
  readNames,
  isNamed: ({ id, region, provider }, endpoint) =>
    (id === undefined || endpoint.id === id) && isWanted(endpoint, provider ? [provider] : providers, region),
  // `6a79… (AWS us-east-1, AVAILABLE)`. The note distinguishes the two kinds that a region can have.
  describe: (endpoint) => {
    const { id, provider, region, status } = endpoint;
    return `${id} (${clouds[provider].title} ${region}, ${status}${isOlder(endpoint) ? ', no port mapping' : ''})`;
  },
  unknown: { ...Object.fromEntries(Object.keys(sharedKeys).map((key) => [key, null])), interfaceEndpoints: [] },
  steps: {},
  toCreate: adviceToCreate,
  toReplace: replacing,
  expected: ({ status, provider }) => (status === 'INITIATING' ? clouds[provider] : undefined),
};
