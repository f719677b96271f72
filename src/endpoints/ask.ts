import { type CliError, isFailure } from '../base/errors.js';

/** How many requests run at the same time. */
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
