import type { Endpoint } from '../atlas/model.js';
import { isLimit, restMsOf } from '../atlas/retry.js';
import { deleted } from '../atlas/status.js';
import { isFailure } from '../base/errors.js';
import type { RequestLimits } from '../base/request-limits.js';
import { eachOf } from './ask.js';
import { readAgain } from './await.js';
import { type Failure, readLists, requireAny, type Scope } from './read-lists.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/** The result of a poll. */
interface Seen {
  /** All endpoints. Those that couldn't be read are unchanged. */
  all: readonly Endpoint[];
  failures: readonly Failure[];
}

/** Polls the endpoints of several scopes. */
export interface Poller {
  /** Throws if nothing could be read. */
  look(how: RequestLimits): Promise<Seen>;
  /** How many requests one poll takes. */
  requests(): number;
}

export function createPoller(
  session: Session,
  { scopesOf, region }: { scopesOf: (how: RequestLimits) => Promise<Scope[]>; region: string | undefined },
): Poller {
  let scopes: readonly Scope[] | undefined;
  /** The same scopes, in the order of the next poll. */
  let order: readonly Scope[] = [];
  const known = new Map<Scope, readonly Endpoint[]>();

  const look = async (how: RequestLimits): Promise<Seen> => {
    if (!scopes) order = scopes = await scopesOf(how);
    const read = await readLists(session, order, { region, limits: how, untilLimit: true });
    const { lists, failures } = read;
    // The next poll starts with the scopes that had no turn, then those that failed. So each one gets its turn.
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

  /**
   * An endpoint that is missing from a list is read by id before it counts as gone. If that fails, it stays unchanged.
   */
  const readMissing = async <T extends { endpoint: Endpoint }>(
    missing: readonly T[],
    how: RequestLimits,
    told: Failure[],
  ) => {
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

/** The failures to report. At the rate limit it is chance which scopes had no turn, so they count as one failure. */
function toldOf(failures: readonly Failure[], unread: number, all: number): Failure[] {
  const limit = failures.toSorted((a, b) => restMsOf(b.error) - restMsOf(a.error)).find(({ error }) => isLimit(error));
  const others = failures.filter(({ error }) => !isLimit(error));
  if (!limit) return others;
  const limited = unread - others.length;
  return [...others, limited === 1 ? limit : { what: `${limited} of ${all} lists`, error: limit.error }];
}
