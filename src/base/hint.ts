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

/** A hint as part of a longer text; empty if there is no hint. */
export function hintText(hint: Hint | undefined): string {
  return hint === undefined ? '' : [hint.text, ...hint.commands].join(' ');
}
