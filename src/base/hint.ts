/** A next step: a sentence, and the command lines that it leads up to. */
export interface Hint {
  text: string;
  commands: readonly string[];
}

/** A hint as it is given: most are a sentence alone. */
export type Advice = string | { text: string; commands?: readonly string[] };

export function toHint(advice: Advice): Hint {
  return typeof advice === 'string' ? { text: advice, commands: [] } : { commands: [], ...advice };
}

/** A hint as a part of a longer text; empty where there is none. */
export function hintText(hint: Hint | undefined): string {
  return hint === undefined ? '' : [hint.text, ...hint.commands].join(' ');
}
