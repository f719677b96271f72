import type { Endpoint } from '../atlas/model.js';
import { UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import type { Provider } from '../clouds/all.js';
import { cloudsOf, isRegion } from '../clouds/regions.js';
import type { Named } from './name.js';
import { isOlder } from './older.js';

/** Whether the name matches this endpoint. */
export function isNamed(name: Named, { id, provider, ...region }: Endpoint): boolean {
  return (
    (name.id === undefined || id === name.id) &&
    (name.region === undefined || isRegion(region, name.region)) &&
    (name.provider === undefined || provider === name.provider)
  );
}

/** Whether an endpoint on this cloud can have this name. */
export function isPossible({ provider, region }: Named, cloud: Provider): boolean {
  return provider === undefined ? region === undefined || cloudsOf(region).includes(cloud) : provider === cloud;
}

/** Whether an endpoint is more likely to be meant than one for which this is false. */
export type Prefer = (endpoint: Endpoint) => boolean;

/**
 * The endpoint that each name matches; undefined if none does. Without names: the only endpoint, or all of them with
 * `isAll`. Throws a usage error if a name matches several.
 */
export function match(
  endpoints: readonly Endpoint[],
  named: readonly Named[],
  isAll: boolean,
  prefer: Prefer = () => true,
): (Endpoint | undefined)[] {
  if (named.length > 0) {
    return named.map((name) =>
      theOnly(
        endpoints.filter((each) => isNamed(name, each)),
        ` in ${name.region}`,
        prefer,
      ),
    );
  }
  return isAll ? [...endpoints] : [theOnly(endpoints, '', prefer)];
}

/** The only one of these endpoints; undefined if there is none. Throws a usage error that lists several. */
export function theOnly(
  fitting: readonly Endpoint[],
  where: string,
  prefer: Prefer = () => true,
): Endpoint | undefined {
  if (fitting.length <= 1) return fitting[0];
  const preferred = fitting.filter(prefer);
  if (preferred.length === 1) return preferred[0];
  throw new UsageError(
    `There are ${fitting.length} private endpoints${where}.`,
    `Choose one: ${listed(fitting.map(describeService))}`,
  );
}

/** An endpoint as errors name it: `6a79… (AWS us-east-1, AVAILABLE)`. A mark tells apart two kinds in one region. */
export function describeService(endpoint: Endpoint): string {
  const { id, provider, region, status } = endpoint;
  return `${id} (${provider} ${region}, ${status}${isOlder(endpoint) ? ', no port mapping' : ''})`;
}
