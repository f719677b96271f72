import type { Endpoint } from '../atlas/model.js';
import { clouds, type Provider } from '../clouds/all.js';

/* The older kind of service, without port mapping. Atlas will disable it. */

export function isOlder({ provider, portMappingEnabled }: Endpoint) {
  return clouds[provider].older !== undefined && portMappingEnabled !== true;
}

/** Whether a new service has port mapping by default. Undefined for a cloud with only one kind of services. */
export function newPortMapping(provider: Provider): true | undefined {
  return clouds[provider].older ? true : undefined;
}

/** Whether Atlas has disabled the older kind of services of this cloud. `now` is that of `Clock.now()`. */
export function isOlderDisabled(provider: Provider, now: number) {
  const { older } = clouds[provider];
  return older !== undefined && now >= older.endsAt;
}
