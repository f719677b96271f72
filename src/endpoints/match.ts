import type { Endpoint } from '../atlas/model.js';
import { UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import type { Provider } from '../clouds/all.js';
import { cloudsOf, isRegion } from '../clouds/regions.js';
import type { Named } from './name.js';

/** Whether this is how an endpoint is named. */
export function isNamed(name: Named, { id, provider, ...region }: Endpoint): boolean {
  return (
    (name.id === undefined || id === name.id) &&
    (name.region === undefined || isRegion(region, name.region)) &&
    (name.provider === undefined || provider === name.provider)
  );
}

/** Whether this may be the name of an endpoint on that cloud. */
export function isPossible({ provider, region }: Named, cloud: Provider): boolean {
  return provider === undefined ? region === undefined || cloudsOf(region).includes(cloud) : provider === cloud;
}

/**
 * The endpoint that each name fits, undefined where none does; without names the only one there is, or with `isAll` all of
 * them. Throws a usage error where a name fits several.
 */
export function match(
  endpoints: readonly Endpoint[],
  named: readonly Named[],
  isAll: boolean,
): (Endpoint | undefined)[] {
  if (named.length > 0) {
    return named.map((name) =>
      theOnly(
        endpoints.filter((each) => isNamed(name, each)),
        ` in ${name.region}`,
      ),
    );
  }
  return isAll ? [...endpoints] : [theOnly(endpoints, '')];
}

function theOnly(fitting: readonly Endpoint[], where: string): Endpoint | undefined {
  if (fitting.length <= 1) return fitting[0];
  throw new UsageError(
    `Which private endpoint${where} is meant is not clear: there are ${fitting.length}.`,
    `Name one: ${listed(fitting.map(describe))}`,
  );
}

/** How errors name an endpoint: `6a79… (AWS us-east-1, AVAILABLE)`. */
export function describe({ id, provider, region, status }: Endpoint): string {
  return `${id} (${provider} ${region}, ${status})`;
}
