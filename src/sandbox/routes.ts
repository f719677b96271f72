import type { Clock } from '../base/clock.js';
import { interfaceRoutes } from './interface-routes.js';
import { projectRoutes } from './project-routes.js';
import type { Route } from './requests.js';
import { serviceRoutes } from './service-routes.js';
import type { Store } from './store.js';

/** What the sandbox does of the Atlas Admin API, with the status codes of the live one. */
export function createRoutes(store: Store, clock: Clock, random: () => number): Route[] {
  // What is named, such as regionalMode, comes before what catches any name.
  return [...projectRoutes(store, clock), ...serviceRoutes(store, clock, random), ...interfaceRoutes(store, clock)];
}
