import { CliError, type Hint, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import type { Context } from '../context.js';

interface ApprovalOptions {
  yes: boolean | undefined;
  /** What to say if the user does not agree: `Nothing was deleted`. */
  undone: string;
  /** What --yes agrees to, if the command line does not show it. */
  about?: string;
  /** The argument that --yes requires, so that an unset variable cannot delete the only endpoint; its name in help. */
  name?: { what: string; word: string; isGiven: boolean };
}

/** Throws a usage error if neither --yes nor a terminal is there, or --yes lacks its argument. Returns a function that asks. */
export function approval(
  { io, settings }: Pick<Context, 'io' | 'settings'>,
  { yes, undone, about, name }: ApprovalOptions,
): (question: string) => Promise<void> {
  const isNameless = name !== undefined && !name.isGiven;
  if (!yes && !io.isInteractive) {
    const words = isNameless ? cmd`${name.word} --yes` : cmd`--yes`;
    const hint = { text: `${about ?? ''} To skip confirmation:`.trim(), commands: [settings.again(words)] };
    throw new UsageError(`${undone}: confirmation requires a terminal.`, hint);
  }
  if (yes && isNameless) {
    const hint = { text: 'Specify it:', commands: [settings.again(cmd`${name.word}`)] };
    throw new UsageError(`${undone}: --yes requires ${name.what}.`, hint);
  }
  return async (question) => {
    if (!yes && !(await io.confirm(question))) throw new CliError('declined', `${undone}.`);
  };
}

export function endpointArgument(given: string | undefined) {
  return { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: given !== undefined };
}

export function ignoreMissing({ settings }: Context): Hint {
  return { text: 'To succeed if it does not exist:', commands: [settings.again(cmd`--if-exists`)] };
}
