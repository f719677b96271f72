import { DeclinedError, UsageError } from '../base/errors.js';
import type { Hint } from '../base/hint.js';
import { cmd } from '../base/shell.js';
import type { Context } from '../context.js';

interface Asked {
  /** --yes was given. */
  yes: boolean | undefined;
  /** What is so where nobody agrees: `Nothing was deleted`. */
  undone: string;
  /** What it is that --yes agrees to, where the command line doesn't show it. */
  about?: string;
  /**
   * What the command line may leave out in a terminal. A variable that is not set must not delete the only one there is, so
   * --yes needs it: what it is, how help writes it, and whether it was given.
   */
  name?: { what: string; word: string; isGiven: boolean };
}

/**
 * Refuses at once what nobody could agree to: without --yes where there is no terminal, with it where the name is missing.
 * Returns what asks, unless --yes is the answer, and throws a DeclinedError where that is no.
 */
export function approval(
  { io, again }: Pick<Context, 'io' | 'again'>,
  { yes, undone, about, name }: Asked,
): (question: string) => Promise<void> {
  const isNameless = name !== undefined && !name.isGiven;
  if (!yes && !io.isInteractive) {
    const words = isNameless ? cmd`${name.word} --yes` : cmd`--yes`;
    throw new UsageError(`${undone}: there is no terminal to ask in.`, {
      text: `${about ?? ''} To go ahead without being asked:`.trim(),
      commands: [again(words)],
    });
  }
  if (yes && isNameless) {
    const hint = { text: 'Name it:', commands: [again(cmd`${name.word}`)] };
    throw new UsageError(`${undone}: --yes needs ${name.what}.`, hint);
  }
  return async (question) => {
    if (!yes && !(await io.confirm(question))) throw new DeclinedError(`${undone}.`);
  };
}

/** The hint for a removal that should succeed without anything to remove. */
export function ignoreMissing({ again }: Context): Hint {
  return { text: "To succeed if it doesn't exist:", commands: [again(cmd`--if-exists`)] };
}
