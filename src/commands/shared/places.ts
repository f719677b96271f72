import type { Patience } from '../../atlas/http.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Provider } from '../../atlas/provider.js';
import { isRegion } from '../../atlas/regions.js';
import type { Context } from '../../context.js';
import { CliError, InterruptedError } from '../../errors.js';

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
  /** Called with how many lists were read so far. */
  onDone?: (count: number) => void;
}

/** So many requests are under way at once at most. */
const mostAtOnce = 8;

/** Asks for each place, a few at once. Where nothing at all can be read, the first error is thrown. */
export async function readPlaces(
  context: Context,
  places: readonly Place[],
  { region, patience, onDone }: ReadOptions,
): Promise<Lists> {
  const atlas = await context.atlas();
  const lists = new Map<Place, readonly Endpoint[]>();
  const failures = new Map<Place, Failure>();
  const { default: map } = await import('p-map');
  const read = async (place: Place) => {
    const { projectId, provider } = place;
    try {
      const all = await atlas.listServices(projectId, provider, patience);
      lists.set(
        place,
        all.filter((endpoint) => region === undefined || isRegion(endpoint, region)),
      );
    } catch (error) {
      if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
      failures.set(place, { what: `${provider} of ${projectId}`, error });
    }
    onDone?.(lists.size + failures.size);
  };
  await map(places, read, { concurrency: mostAtOnce });
  const [first] = failures.values();
  if (first && lists.size === 0) throw first.error;
  return { lists, failures };
}
