import type { Endpoint } from '../atlas/model.js';
import { isLimit } from '../atlas/retry.js';
import { deleted } from '../atlas/status.js';
import type { Effort } from '../base/effort.js';
import { CliError, InterruptedError } from '../base/errors.js';
import { eachOf } from './ask.js';
import { readAgain } from './await.js';
import { type Failure, type Place, readPlaces, requireAny, restMsOf } from './places.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/** What a look brought. */
interface Seen {
  /** All endpoints; those that could not be read are as they were. */
  all: readonly Endpoint[];
  failures: readonly Failure[];
}

/** Reads the endpoints of some places again and again. */
export interface Lookout {
  /** Throws where nothing at all can be read. */
  look(how: Effort): Promise<Seen>;
  /** How many requests a look takes. */
  requests(): number;
}

export function createLookout(
  session: Session,
  { placesOf, region }: { placesOf: (how: Effort) => Promise<Place[]>; region: string | undefined },
): Lookout {
  let places: readonly Place[] | undefined;
  /** The same ones, as they have their turn. */
  let order: readonly Place[] = [];
  const known = new Map<Place, readonly Endpoint[]>();

  const look = async (how: Effort): Promise<Seen> => {
    if (!places) order = places = await placesOf(how);
    const read = await readPlaces(session, order, { region, effort: how, untilLimit: true });
    const { lists, failures } = read;
    // Next time those begin that had no turn, then those that gave no answer, so that none starves.
    const turn = (place: Place) => (lists.has(place) ? 2 : failures.has(place) ? 1 : 0);
    order = order.toSorted((a, b) => turn(a) - turn(b));
    requireAny(read);

    const missing = [...lists].flatMap(([place, list]) => {
      const there = new Set(list.map(({ id }) => id));
      return (known.get(place) ?? []).filter(({ id }) => !there.has(id)).map((endpoint) => ({ place, endpoint }));
    });
    const told = toldOf([...failures.values()], places.length - lists.size, places.length);
    const kept = await readMissing(missing, how, told);
    for (const [place, list] of lists) {
      known.set(place, [...list, ...kept.filter((each) => each.place === place).map(({ endpoint }) => endpoint)]);
    }
    return { all: places.flatMap((place) => known.get(place) ?? []), failures: told };
  };

  /** What a list leaves out is asked for by name before it counts as gone. What can't be read stays as it was. */
  const readMissing = async <T extends { endpoint: Endpoint }>(missing: readonly T[], how: Effort, told: Failure[]) => {
    const readOne = async (each: T): Promise<T> => {
      if (told.some(({ error }) => isLimit(error))) return each;
      try {
        return { ...each, endpoint: await readAgain(session, each.endpoint, how) };
      } catch (error) {
        if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
        told.push({ what: nameOf(each.endpoint), error });
        return each;
      }
    };
    const now = await eachOf(missing, readOne);
    return now.filter(({ endpoint }) => endpoint.status !== deleted);
  };

  return { look, requests: () => places?.length ?? 1 };
}

/** Failures as they are told: at the rate limit which places had no turn is chance, so they are one. */
function toldOf(failures: readonly Failure[], unread: number, all: number): Failure[] {
  const limit = failures.toSorted((a, b) => restMsOf(b.error) - restMsOf(a.error)).find(({ error }) => isLimit(error));
  const others = failures.filter(({ error }) => !isLimit(error));
  if (!limit) return others;
  const limited = unread - others.length;
  return [...others, limited === 1 ? limit : { what: `${limited} of ${all} lists`, error: limit.error }];
}
