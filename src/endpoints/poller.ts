import type { Endpoint } from '../atlas/model.js';
import { isLimit, restMsOf } from '../atlas/retry.js';
import { deleted } from '../atlas/status.js';
import { isFailure } from '../base/errors.js';
import type { RequestLimits } from '../base/request-limits.js';
import { eachOf } from './ask.js';
import { readAgain } from './await.js';
import type { AnyEndpoint } from './family.js';
import { type Failure, readLists, requireAny, type Scope } from './read-lists.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/**
 * Polls the endpoints of several scopes. `poll` returns all of them, with those that couldn't be read unchanged, and the
 * failures. It throws if nothing could be read. `requests` is the number of requests that one poll takes.
 */
export function createPoller(
  session: Session,
  { scopesOf, region }: { scopesOf: (how: RequestLimits) => Promise<Scope[]>; region: string | undefined },
) {
  let scopes: readonly Scope[] | undefined;
  /** The same scopes, in the order of the next poll. */
  let order: readonly Scope[] = [];
  const known = new Map<Scope<AnyEndpoint>, readonly Endpoint[]>();

  const poll = async (how: RequestLimits) => {
    if (!scopes) order = scopes = await scopesOf(how);
    const read = await readLists(session, order, { region, limits: how, untilLimit: true });
    const { lists } = read;
    // The next poll starts with the scopes that had no turn, then those that failed. So each one gets its turn.
    const turn = (scope: Scope) => (lists.has(scope) ? 2 : read.failures.has(scope) ? 1 : 0);
    order = order.toSorted((a, b) => turn(a) - turn(b));
    requireAny(read);
    const failures = joinLimits([...read.failures.values()]);

    /** Reads an endpoint by id. If that fails, returns it unchanged. */
    const readById = async (endpoint: Endpoint): Promise<Endpoint> => {
      if (failures.some(({ error }) => isLimit(error))) return endpoint;
      return readAgain(session, endpoint, how).catch((error: unknown) => {
        if (!isFailure(error)) throw error;
        failures.push({ what: nameOf(endpoint), error });
        return endpoint;
      });
    };
    // An endpoint that is missing from a list is read by id before it counts as gone.
    const missing = [...lists].flatMap(([scope, list]) => {
      const ids = new Set(list.map(({ id }) => id));
      return (known.get(scope) ?? []).filter(({ id }) => !ids.has(id)).map((endpoint) => ({ scope, endpoint }));
    });
    const found = await eachOf(missing, async (each) => ({ ...each, endpoint: await readById(each.endpoint) }));
    for (const [scope, list] of lists) {
      const more = found.filter((each) => each.scope === scope && each.endpoint.status !== deleted);
      known.set(scope, [...list, ...more.map(({ endpoint }) => endpoint)]);
    }
    return { all: scopes.flatMap((scope) => known.get(scope) ?? []), failures };
  };

  return { poll, requests: () => scopes?.length ?? 1 };
}

/** Joins the failures at the rate limit, because it is chance which scopes had no turn then. */
function joinLimits(failures: readonly Failure[]): Failure[] {
  const limit = failures.toSorted((a, b) => restMsOf(b.error) - restMsOf(a.error)).find(({ error }) => isLimit(error));
  const others = failures.filter(({ error }) => !isLimit(error));
  return limit ? [...others, { what: 'some lists', error: limit.error }] : others;
}
