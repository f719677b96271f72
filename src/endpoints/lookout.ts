import type { Endpoint } from '../atlas/model.js';
import { isLimit, restMsOf } from '../atlas/retry.js';
import { deleted } from '../atlas/status.js';
import type { Effort } from '../base/effort.js';
import { isFailure } from '../base/errors.js';
import { eachOf } from './ask.js';
import { readAgain } from './await.js';
import { type Failure, readLists, requireAny, type Scope } from './read-lists.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/** What a look brought. */
interface Seen {
  /** All endpoints; those that could not be read are as they were. */
  all: readonly Endpoint[];
  failures: readonly Failure[];
}

/** Reads the endpoints of some scopes again and again. */
export interface Lookout {
  /** Throws where nothing at all can be read. */
  look(how: Effort): Promise<Seen>;
  /** How many requests a look takes. */
  requests(): number;
}

export function createLookout(
  session: Session,
  { scopesOf, region }: { scopesOf: (how: Effort) => Promise<Scope[]>; region: string | undefined },
): Lookout {
  let scopes: readonly Scope[] | undefined;
  /** The same ones, as they have their turn. */
  let order: readonly Scope[] = [];
  const known = new Map<Scope, readonly Endpoint[]>();

  const look = async (how: Effort): Promise<Seen> => {
    if (!scopes) order = scopes = await scopesOf(how);
    const read = await readLists(session, order, { region, effort: how, untilLimit: true });
    const { lists, failures } = read;
    // Next time those begin that had no turn, then those that gave no answer, so that none starves.
    const turn = (scope: Scope) => (lists.has(scope) ? 2 : failures.has(scope) ? 1 : 0);
    order = order.toSorted((a, b) => turn(a) - turn(b));
    requireAny(read);

    const missing = [...lists].flatMap(([scope, list]) => {
      const there = new Set(list.map(({ id }) => id));
      return (known.get(scope) ?? []).filter(({ id }) => !there.has(id)).map((endpoint) => ({ scope, endpoint }));
    });
    const told = toldOf([...failures.values()], scopes.length - lists.size, scopes.length);
    const kept = await readMissing(missing, how, told);
    for (const [scope, list] of lists) {
      known.set(scope, [...list, ...kept.filter((each) => each.scope === scope).map(({ endpoint }) => endpoint)]);
    }
    return { all: scopes.flatMap((scope) => known.get(scope) ?? []), failures: told };
  };

  /** What a list leaves out is asked for by name before it counts as gone. What can't be read stays as it was. */
  const readMissing = async <T extends { endpoint: Endpoint }>(missing: readonly T[], how: Effort, told: Failure[]) => {
    const readOne = async (each: T): Promise<T> => {
      if (told.some(({ error }) => isLimit(error))) return each;
      try {
        return { ...each, endpoint: await readAgain(session, each.endpoint, how) };
      } catch (error) {
        if (!isFailure(error)) throw error;
        told.push({ what: nameOf(each.endpoint), error });
        return each;
      }
    };
    const now = await eachOf(missing, readOne);
    return now.filter(({ endpoint }) => endpoint.status !== deleted);
  };

  return { look, requests: () => scopes?.length ?? 1 };
}

/** Failures as they are told: at the rate limit which scopes had no turn is chance, so they are one. */
function toldOf(failures: readonly Failure[], unread: number, all: number): Failure[] {
  const limit = failures.toSorted((a, b) => restMsOf(b.error) - restMsOf(a.error)).find(({ error }) => isLimit(error));
  const others = failures.filter(({ error }) => !isLimit(error));
  if (!limit) return others;
  const limited = unread - others.length;
  return [...others, limited === 1 ? limit : { what: `${limited} of ${all} lists`, error: limit.error }];
}
