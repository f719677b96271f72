import type { Endpoint } from '../atlas/model.js';
import { isLimit, restMsOf } from '../atlas/retry.js';
import { type CliError, isFailure } from '../base/errors.js';
import type { RequestLimits } from '../base/request-limits.js';
import type { Provider } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import { eachOf, mostAtOnce } from './ask.js';
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

export type Lists = Awaited<ReturnType<typeof readLists>>;

interface ReadOptions {
  /** Only endpoints in this region. */
  region: string | undefined;
  limits?: RequestLimits;
  /** Stop at the rate limit. Scopes that weren't read then are in neither map. */
  untilLimit?: boolean;
  /** Called after each list. */
  onDone?: () => void;
}

/** Reads the endpoints of each scope, a few at a time. Returns the lists, and why others couldn't be read. */
export async function readLists(
  { atlas: open }: Pick<Session, 'atlas'>,
  scopes: readonly Scope[],
  { region, limits, untilLimit, onDone }: ReadOptions,
) {
  const atlas = await open(Math.min(scopes.length, mostAtOnce));
  const isOneProject = new Set(scopes.map(({ projectId }) => projectId)).size === 1;
  const lists = new Map<Scope, readonly Endpoint[]>();
  const failures = new Map<Scope, Failure>();
  let isOver = false;
  await eachOf(scopes, async (scope) => {
    if (isOver) return;
    const { projectId, provider } = scope;
    try {
      const all = await atlas.listServices(projectId, provider, limits);
      const here = all.filter((endpoint) => region === undefined || isRegion(endpoint, region));
      lists.set(scope, here);
    } catch (error) {
      if (!isFailure(error)) throw error;
      isOver ||= untilLimit === true && isLimit(error);
      failures.set(scope, { what: isOneProject ? provider : `${provider} in project ${projectId}`, error });
    } finally {
      onDone?.();
    }
  });
  return { lists, failures };
}

/** Throws if no list could be read: the error with the longest Retry-After, or the first one. */
export function requireAny({ lists, failures }: Lists): void {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}
