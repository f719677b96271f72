import type { Endpoint } from '../atlas/model.js';
import { type CliError, isFailure } from '../base/errors.js';
import type { Provider } from '../clouds/all.js';
import { restMsOf } from '../http/retries.js';
import { eachOf } from './ask.js';
import type { Context } from './context.js';
import type { AnyEndpoint, Family } from './family.js';

/** What one request lists: the endpoints of one cloud in one project. */
export interface Scope<E extends AnyEndpoint = Endpoint> {
  projectId: string;
  provider: Provider;
  family: Family<E>;
}

export interface Failure {
  what: string;
  error: CliError;
}

export interface Lists<E extends AnyEndpoint = Endpoint> {
  lists: ReadonlyMap<Scope<AnyEndpoint>, readonly E[]>;
  failures: ReadonlyMap<Scope<AnyEndpoint>, Failure>;
}

/** Reads the endpoints of each scope, a few at a time. Returns the lists, and why others couldn't be read. */
export async function readLists<E extends AnyEndpoint>(
  context: Pick<Context, 'atlas'>,
  scopes: readonly Scope<E>[],
  onDone?: () => void,
): Promise<Lists<E>> {
  const atlas = await context.atlas();
  const isOneProject = new Set(scopes.map(({ projectId }) => projectId)).size === 1;
  const lists = new Map<Scope<AnyEndpoint>, readonly E[]>();
  const failures = new Map<Scope<AnyEndpoint>, Failure>();
  await eachOf(scopes, async (scope) => {
    const { projectId, provider, family } = scope;
    try {
      lists.set(scope, await family.list(atlas, scope));
    } catch (error) {
      if (!isFailure(error)) throw error;
      const what = family.name ?? provider;
      failures.set(scope, { what: isOneProject ? what : `${what} in project ${projectId}`, error });
    } finally {
      onDone?.();
    }
  });
  return { lists, failures };
}

/** Throws if no list could be read: the error with the longest Retry-After, or the first one. */
export function requireAny({ lists, failures }: Lists<AnyEndpoint>): void {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}
