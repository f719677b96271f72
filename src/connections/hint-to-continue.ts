import { type CliError, InterruptedError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';

/**
 * The hint of an error that broke off several steps: what there is, what the error itself advises, and `again`, which
 * goes on.
 */
export function hintToContinue(error: CliError, exists: string, again: string): Advice {
  const goOn = 'To continue:';
  const isJustBroken = error instanceof InterruptedError || error.exit === 'timedOut';
  if (isJustBroken || error.hint === undefined) return { text: `${exists} ${goOn}`, commands: [again] };
  const { text, commands } = error.hint;
  // The same command would be refused once more.
  if (error.exit === 'usage') return { text: `${exists} ${text}`, commands };
  if (commands.length === 0) return { text: `${text} ${exists} ${goOn}`, commands: [again] };
  return { text: `${exists} ${text}`, commands: commands.includes(again) ? commands : [...commands, again] };
}
