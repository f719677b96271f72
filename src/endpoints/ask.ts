import { type CliError, isFailure } from '../base/errors.js';
import type { Provider } from '../clouds/all.js';
import { restMsOf } from '../http/retries.js';
import type { Context } from './context.js';
import type { Family } from './family.js';

export const mostAtOnce = 8;

/** Sends a request for each key (a cloud, a project, or both), a few at a time. Returns the responses and the errors. */
export async function askEach<Key, Answer>(all: readonly Key[], ask: (each: Key) => Promise<Answer>) {
  const answers = new Map<Key, Answer>();
  const failures = new Map<Key, CliError>();
  await eachOf(all, async (each) => {
    try {
      answers.set(each, await ask(each));
    } catch (error) {
      if (!isFailure(error)) throw error;
      failures.set(each, error);
    }
  });
  return { answers, failures };
}

/** The same, but throws if an error is final (not allowed, no such project) or if nothing responded. */
export async function askForSure<Key, Answer>(all: readonly Key[], ask: (each: Key) => Promise<Answer>) {
  const found = await askEach(all, ask);
  const failures = [...found.failures.values()];
  const final =
    failures.find(({ exit }) => exit !== 'unexpected') ?? (found.answers.size === 0 ? failures[0] : undefined);
  if (final) throw final;
  return found;
}

/** Calls `work` for each item, a few at a time. After an error it begins no more. */
export async function eachOf<Item, Result>(
  all: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  if (all.length <= mostAtOnce) return Promise.all(all.map(work));
  const { default: pLimit } = await import('p-limit');
  const inTurn = pLimit(mostAtOnce);
  return inTurn.map(all, work).finally(inTurn.clearQueue);
}

export interface Scope {
  projectId: string;
  provider: Provider;
  family: Family;
}

export interface Failure {
  what: string;
  error: CliError;
}

export type Lists = Awaited<ReturnType<typeof readLists>>;

export async function readLists(context: Context, scopes: readonly Scope[], onDone?: () => void) {
  const atlas = await context.atlas();
  const isOneProject = new Set(scopes.map(({ projectId }) => projectId)).size === 1;
  const { answers, failures } = await askEach(scopes, (scope) => scope.family.list(atlas, scope).finally(onDone));
  const named = [...failures].map(([scope, error]) => {
    const what = scope.family.name ?? scope.provider;
    return [scope, { what: isOneProject ? what : `${what} in project ${scope.projectId}`, error }] as const;
  });
  return { lists: answers, failures: new Map(named) };
}

/** Throws if no list could be read: the error with the longest Retry-After, or the first one. */
export function requireAny({ lists, failures }: Lists) {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}
