import type { Clock } from '../base/clock.js';
import { interfaceRoutes } from './interface-routes.js';
import type { KeyRights } from './key.js';
import { projectRoutes } from './project-routes.js';
import type { ApiRoute } from './requests.js';
import { serviceRoutes } from './service-routes.js';
import type { Store } from './store.js';

/** The part of the Atlas Admin API that the sandbox supports, with the status codes of the live API. */
export function createRoutes(store: Store, clock: Clock, random: () => number, key: KeyRights): ApiRoute[] {
  // Fixed names such as regionalMode come before patterns that match any name.
  return [
    ...projectRoutes(store, clock, key),
    ...serviceRoutes(store, clock, random),
    ...interfaceRoutes(store, clock),
  ];
}
