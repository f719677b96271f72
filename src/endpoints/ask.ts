import { type CliError, isFailure } from '../base/errors.js';

/** What each of those asked answered, and why the others didn't. */
export interface Answers<Asked, Answer> {
  answers: ReadonlyMap<Asked, Answer>;
  failures: ReadonlyMap<Asked, CliError>;
}

/** So many requests are under way at once at most. */
const mostAtOnce = 8;

/** Asks each cloud, or each cloud of each project, by itself: a few at once. What goes wrong with one is kept. */
export async function askEach<Asked, Answer>(
  all: readonly Asked[],
  ask: (each: Asked) => Promise<Answer>,
): Promise<Answers<Asked, Answer>> {
  const answers = new Map<Asked, Answer>();
  const failures = new Map<Asked, CliError>();
  const askOne = async (each: Asked) => {
    try {
      answers.set(each, await ask(each));
    } catch (error) {
      if (!isFailure(error)) throw error;
      failures.set(each, error);
    }
  };
  await eachOf(all, askOne);
  return { answers, failures };
}

/** The same, but throws where what one says is final (not allowed, no such project), and where none answers. */
export async function askForSure<Asked, Answer>(
  all: readonly Asked[],
  ask: (each: Asked) => Promise<Answer>,
): Promise<Answers<Asked, Answer>> {
  const found = await askEach(all, ask);
  const failures = [...found.failures.values()];
  const final =
    failures.find(({ exit }) => exit !== 'unexpected') ?? (found.answers.size === 0 ? failures[0] : undefined);
  if (final) throw final;
  return found;
}

/** Does something with each, a few at once. */
export async function eachOf<Item, Result>(
  all: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  if (all.length <= mostAtOnce) return Promise.all(all.map(work));
  const { default: map } = await import('p-map');
  return map(all, work, { concurrency: mostAtOnce });
}
