import { ApiError } from '../atlas/errors.js';
import type { Patience } from '../atlas/http.js';
import type { Endpoint } from '../atlas/model.js';
import type { Provider } from '../atlas/provider.js';
import { isRegion } from '../atlas/regions.js';
import type { Context } from '../context.js';
import { CliError, InterruptedError } from '../base/errors.js';

/** What one request lists: the endpoints of a cloud in a project. */
export interface Place {
  projectId: string;
  provider: Provider;
}

export interface Failure {
  /** What could not be read. */
  what: string;
  error: CliError;
}

export interface Lists {
  lists: ReadonlyMap<Place, readonly Endpoint[]>;
  /** Those that could not be read, and why. */
  failures: ReadonlyMap<Place, Failure>;
}

interface ReadOptions {
  /** Only endpoints of this region. */
  region: string | undefined;
  patience?: Patience;
  /** No further place is asked once Atlas says that these were too many requests; it is in neither map then. */
  untilLimit?: boolean;
  /** Called with how many lists were read so far. */
  onDone?: (count: number) => void;
}

/** So many requests are under way at once at most. */
export const mostAtOnce = 8;

/** Asks for each place, a few at once. */
export async function readPlaces(
  context: Context,
  places: readonly Place[],
  { region, patience, untilLimit, onDone }: ReadOptions,
): Promise<Lists> {
  const atlas = await context.atlas();
  const lists = new Map<Place, readonly Endpoint[]>();
  const failures = new Map<Place, Failure>();
  const { default: map } = await import('p-map');
  const isOneProject = new Set(places.map(({ projectId }) => projectId)).size === 1;
  let isOver = false;
  const read = async (place: Place) => {
    if (isOver) return;
    const { projectId, provider } = place;
    try {
      const all = await atlas.listServices(projectId, provider, patience);
      lists.set(
        place,
        all.filter((endpoint) => region === undefined || isRegion(endpoint, region)),
      );
    } catch (error) {
      if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
      isOver ||= untilLimit === true && isLimit(error);
      failures.set(place, { what: isOneProject ? provider : `${provider} of ${projectId}`, error });
    }
    onDone?.(lists.size + failures.size);
  };
  await map(places, read, { concurrency: mostAtOnce });
  return { lists, failures };
}

/** Throws where nothing at all could be read: the error that says to come back last, or the first one. */
export function requireAny({ lists, failures }: Lists): void {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}

/** True where Atlas counts too many requests. */
export function isLimit(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}

/** Milliseconds until Atlas wants to be asked again, where it says so. */
export function restMsOf(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}
