import type { RegionNames } from '../atlas/regions.js';
import { parseRegion } from '../atlas/regions.js';
import type { Context } from '../context.js';
import { UsageError } from '../base/errors.js';

/**
 * Reads the AWS regions that may connect to a service from afar, in either spelling. Returns them in Atlas's, each once:
 * Atlas refuses the other one here. The own region is refused before Atlas does.
 */
export function readRemoteRegions({ io }: Context, texts: readonly string[], own: RegionNames): string[] {
  const regions = texts.map((text) => parseRegion('AWS', text));
  if (regions.some(({ atlasRegion }) => atlasRegion === own.atlasRegion)) {
    throw new UsageError(`${own.region} is the endpoint's own region, so it cannot be a remote one.`, 'Leave it out.');
  }
  for (const { region, known } of regions) {
    if (!known) io.warn(`AWS region '${region}' is not known here; Atlas will judge it.`);
  }
  return [...new Set(regions.map(({ atlasRegion }) => atlasRegion))];
}
