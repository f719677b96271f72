import { UsageError } from '../base/errors.js';
import { clouds, remoteProvider } from '../clouds/all.js';
import type { RegionNames } from '../clouds/facts.js';
import { parseRegion, type Region } from '../clouds/regions.js';
import type { Context } from './context.js';

/**
 * Reads the AWS regions that may connect from elsewhere, in both spellings. Returns Atlas's, which Atlas requires here,
 * without duplicates. Throws a usage error for the service's own region, which Atlas would reject.
 */
export function readRemoteRegions({ io }: Pick<Context, 'io'>, texts: readonly string[], own: RegionNames): string[] {
  const regions = texts.map(parseRemoteRegion);
  if (regions.some(({ atlasRegion }) => atlasRegion === own.atlasRegion)) {
    throw new UsageError(
      `${own.region} is the endpoint's own region and cannot be a remote region.`,
      'Remove it from the list.',
    );
  }
  for (const { region, known } of regions) {
    if (!known) io.warn(`Unknown ${clouds[remoteProvider].title} region '${region}'. Sending it to Atlas anyway.`);
  }
  return [...new Set(regions.map(({ atlasRegion }) => atlasRegion))];
}

/** Reads an AWS region, the only kind that can be remote. Throws a usage error. */
export function parseRemoteRegion(text: string): Region {
  return parseRegion(remoteProvider, text, { isOnlyCloud: true });
}
