import type { Endpoint } from '../atlas/model.js';
import { UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { clouds, type Provider } from '../clouds/all.js';
import { cloudsOf, isRegion } from '../clouds/regions.js';
import type { Named } from './name.js';
import { isOlder } from './port-mapping.js';

/** Whether the name matches this endpoint. */
export function isNamed({ id, region, provider }: Named, endpoint: Endpoint): boolean {
  return (
    (id === undefined || endpoint.id === id) &&
    (region === undefined || isRegion(endpoint, region)) &&
    (provider === undefined || endpoint.provider === provider)
  );
}

/** Whether an endpoint on this cloud can have this name. */
export function isPossible({ provider, region }: Named, cloud: Provider): boolean {
  return provider === undefined ? region === undefined || cloudsOf(region).includes(cloud) : provider === cloud;
}

/**
 * The only one of these endpoints; undefined if there is none. If there are several, the only one with `prefer`. Throws a
 * usage error that lists several.
 */
export function theOnly(
  fitting: readonly Endpoint[],
  where: string,
  prefer: (endpoint: Endpoint) => boolean = () => true,
): Endpoint | undefined {
  if (fitting.length <= 1) return fitting[0];
  const preferred = fitting.filter(prefer);
  if (preferred.length === 1) return preferred[0];
  throw new UsageError(
    `There are ${fitting.length} private endpoint services${where}.`,
    `Choose one: ${listed(fitting.map(describeService))}`,
  );
}

/** An endpoint as errors name it: `6a79… (AWS us-east-1, AVAILABLE)`. A note distinguishes the two kinds that a region can have. */
export function describeService(endpoint: Endpoint): string {
  const { id, provider, region, status } = endpoint;
  return `${id} (${clouds[provider].title} ${region}, ${status}${isOlder(endpoint) ? ', no port mapping' : ''})`;
}
