import type { Words } from './shell.js';

/** A next step: a sentence, and the command lines that it introduces. */
export interface Hint {
  text: string;
  commands: readonly string[];
}

/** A hint as callers write it. Most are only a sentence. */
export type Advice = string | { text: string; commands?: readonly string[] };

export function toHint(advice: Advice): Hint {
  return typeof advice === 'string' ? { text: advice, commands: [] } : { commands: [], ...advice };
}

/** A hint with command lines that have the same project and profile options as the current one. */
export function advise(by: { commandLine(command: Words): string }, text: string, ...commands: Words[]): Hint {
  return { text, commands: commands.map((command) => by.commandLine(command)) };
}

/** A hint as one line, for a cell of a table. Several commands run one after the other, in shells that have `&&`. */
export function hintLine({ text, commands }: Hint): string {
  return commands.length === 0 ? text : `${text} ${commands.join(' && ')}`;
}

/** A hint as part of a longer text. It ends with a period, because more may follow. Empty if there is no hint. */
export function hintText(hint: Hint | undefined): string {
  if (hint === undefined) return '';
  const text = [hint.text, ...hint.commands].join(' ');
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
