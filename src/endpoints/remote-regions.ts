import { UsageError } from '../base/errors.js';
import { clouds, remoteProvider } from '../clouds/all.js';
import type { RegionNames } from '../clouds/cloud.js';
import { parseRegion } from '../clouds/regions.js';
import type { Session } from './session.js';

/**
 * Reads the AWS regions that may connect to a service from afar, in either spelling. Returns them in Atlas's, each once:
 * Atlas refuses the other one here. The own region is refused before Atlas does.
 */
export function readRemoteRegions({ io }: Pick<Session, 'io'>, texts: readonly string[], own: RegionNames): string[] {
  const regions = texts.map((text) => parseRegion(remoteProvider, text));
  if (regions.some(({ atlasRegion }) => atlasRegion === own.atlasRegion)) {
    throw new UsageError(`${own.region} is the endpoint's own region, so it cannot be a remote one.`, 'Leave it out.');
  }
  for (const { region, known } of regions) {
    if (!known) io.warn(`${clouds[remoteProvider].title} region '${region}' is not known here; Atlas will judge it.`);
  }
  return [...new Set(regions.map(({ atlasRegion }) => atlasRegion))];
}
