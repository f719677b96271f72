import { parseDuration } from '../../duration.js';
import { UsageError } from '../../errors.js';
import { readyStatuses, type WorldOptions } from '../../sandbox/world.js';
import { closest, didYouMean } from '../../suggest.js';

/** The options that say how a sandbox's endpoints become ready. */
export interface ReadyFlags {
  readyAfter?: string | undefined;
  readyStatus?: string | undefined;
}

/** Reads them; what isn't given is left to the sandbox's defaults. Throws usage errors. */
export function readReadyFlags({ readyAfter, readyStatus }: ReadyFlags): Partial<WorldOptions> {
  return {
    ...(readyAfter !== undefined && {
      readyAfter: readyAfter === 'realistic' ? readyAfter : parseReadyAfter(readyAfter),
    }),
    ...(readyStatus !== undefined && { readyStatus: parseReadyStatus(readyStatus) }),
  };
}

function parseReadyAfter(text: string): number {
  if (closest(text, ['realistic'])) throw new UsageError(`'${text}' is no duration.`, 'Did you mean realistic?');
  return parseDuration(text);
}

function parseReadyStatus(text: string): WorldOptions['readyStatus'] {
  const status = readyStatuses.find((name) => name === text.trim().toUpperCase().replaceAll('-', '_'));
  if (status) return status;
  throw new UsageError(`'${text}' is not a status of a ready endpoint.`, didYouMean(text, readyStatuses));
}
