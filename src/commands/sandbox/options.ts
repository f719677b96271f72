import { formatDuration, parseDuration } from '../../base/duration.js';
import { UsageError } from '../../base/errors.js';
import { closest, didYouMean, guessed } from '../../base/suggest.js';
import { readyStatuses, type WorldOptions } from '../../sandbox/world.js';
import { parseClusters } from './clusters.js';

/** The options that set how endpoints of a sandbox become ready. */
export interface ReadyFlags {
  readyAfter?: string | undefined;
  readyStatus?: string | undefined;
  /** `name:region,…`, with `paused`, `M0` or `flex` among the regions: the clusters of each project. */
  cluster?: readonly string[] | undefined;
  lastTakesService?: boolean | undefined;
  awsLag?: string | undefined;
}

/** Reads the options. The sandbox has defaults for those that are not given. Throws usage errors. */
export function readReadyFlags({
  readyAfter,
  readyStatus,
  cluster,
  lastTakesService,
  awsLag,
}: ReadyFlags): Partial<WorldOptions> {
  return {
    ...(cluster !== undefined && { clusters: parseClusters(cluster) }),
    ...(awsLag !== undefined && { awsLag: parseDuration(awsLag) }),
    ...(lastTakesService !== undefined && { lastTakesService }),
    ...(readyAfter !== undefined && {
      readyAfter: readyAfter === 'realistic' ? readyAfter : parseReadyAfter(readyAfter),
    }),
    ...(readyStatus !== undefined && { readyStatus: parseReadyStatus(readyStatus) }),
  };
}

/** The time in the format of --ready-after. */
export function showReadyAfter({ readyAfter }: WorldOptions): string {
  return readyAfter === 'realistic' ? readyAfter : formatDuration(readyAfter);
}

function parseReadyAfter(text: string): number {
  if (closest(text, ['realistic'])) throw new UsageError(`'${text}' is not a valid duration.`, guessed('realistic'));
  return parseDuration(text);
}

function parseReadyStatus(text: string): WorldOptions['readyStatus'] {
  const status = readyStatuses.find((name) => name === text.trim().toUpperCase().replaceAll('-', '_'));
  if (status) return status;
  throw new UsageError(`'${text}' is not a valid ready status.`, didYouMean(text, readyStatuses));
}
