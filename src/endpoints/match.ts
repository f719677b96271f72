import { UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import type { Provider } from '../clouds/all.js';
import { cloudsOf, isRegion } from '../clouds/regions.js';
import type { AnyEndpoint, Family } from './family.js';
import type { Named } from './name.js';

/** Whether an endpoint is in this region, in either spelling. */
export function isInRegion({ region, atlasRegion }: Pick<AnyEndpoint, 'region' | 'atlasRegion'>, wanted: string) {
  return region !== null && isRegion({ region, atlasRegion: atlasRegion ?? region }, wanted);
}

/** Whether an endpoint is on one of these clouds, and in this region if there is one. */
export function isWanted(endpoint: AnyEndpoint, clouds: readonly Provider[], region: string | undefined): boolean {
  return clouds.includes(endpoint.provider) && (region === undefined || isInRegion(endpoint, region));
}

/** Whether an endpoint on this cloud can have this name. */
export function isPossible({ provider, region }: Named, cloud: Provider): boolean {
  return provider === undefined ? region === undefined || cloudsOf(region).includes(cloud) : provider === cloud;
}

/**
 * The only one of these endpoints; undefined if there is none. If there are several, the only one with `prefer`. Throws a
 * usage error that lists several.
 */
export function theOnly<E extends AnyEndpoint>(
  { several, describe }: Pick<Family<E>, 'several' | 'describe'>,
  fitting: readonly E[],
  where: string,
  prefer: (endpoint: E) => boolean = () => true,
): E | undefined {
  if (fitting.length <= 1) return fitting[0];
  const preferred = fitting.filter(prefer);
  if (preferred.length === 1) return preferred[0];
  throw new UsageError(
    `There are ${fitting.length} ${several}${where}.`,
    `Choose one: ${listed(fitting.map((each) => describe(each)))}`,
  );
}
