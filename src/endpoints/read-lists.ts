import type { Endpoint } from '../atlas/model.js';
import { isLimit, restMsOf } from '../atlas/retry.js';
import type { CliError } from '../base/errors.js';
import type { RequestLimits } from '../base/request-limits.js';
import type { Provider } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import { askEach, mostAtOnce } from './ask.js';
import type { Session } from './session.js';

/** What one request lists: the endpoints of one cloud in one project. */
export interface Scope {
  projectId: string;
  provider: Provider;
}

export interface Failure {
  /** What couldn't be read. */
  what: string;
  error: CliError;
}

export interface Lists {
  lists: ReadonlyMap<Scope, readonly Endpoint[]>;
  /** The lists that couldn't be read, and why. */
  failures: ReadonlyMap<Scope, Failure>;
}

interface ReadOptions {
  /** Only endpoints in this region. */
  region: string | undefined;
  limits?: RequestLimits;
  /** Stop at the rate limit. Scopes that weren't read then are in neither map. */
  untilLimit?: boolean;
  /** Called after each list. */
  onDone?: () => void;
}

/** Reads the endpoints of each scope, a few at a time. */
export async function readLists(
  { atlas: open }: Pick<Session, 'atlas'>,
  scopes: readonly Scope[],
  { region, limits, untilLimit, onDone = () => undefined }: ReadOptions,
): Promise<Lists> {
  const atlas = await open(Math.min(scopes.length, mostAtOnce));
  const isOneProject = new Set(scopes.map(({ projectId }) => projectId)).size === 1;
  let isOver = false;
  const { answers, failures } = await askEach(scopes, async ({ projectId, provider }) => {
    if (isOver) return undefined;
    try {
      const all = await atlas.listServices(projectId, provider, limits);
      return all.filter((endpoint) => region === undefined || isRegion(endpoint, region));
    } catch (error) {
      isOver ||= untilLimit === true && isLimit(error);
      throw error;
    } finally {
      onDone();
    }
  });
  return {
    lists: new Map([...answers].flatMap(([scope, list]) => (list ? [[scope, list] as const] : []))),
    failures: new Map(
      [...failures].map(([scope, error]) => {
        const { projectId, provider } = scope;
        return [scope, { what: isOneProject ? provider : `${provider} in project ${projectId}`, error }] as const;
      }),
    ),
  };
}

/** Throws if no list could be read: the error with the longest Retry-After, or the first one. */
export function requireAny({ lists, failures }: Lists): void {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}
