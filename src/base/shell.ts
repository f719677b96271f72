const leftOut = 'VALUE';

/** Longer words are not ids, names or paths, and would fill the screen. */
const longest = 500;

/** PowerShell splits a,b and -a.b and -a:b. zsh reads =a as a program's path, and old versions of fish %a as a process. */
const bare = /^(?!-[^-].*[.:])[\w./-][\w@+=:./-]*$/;

/**
 * In fish, \\ and \' are escapes between single quotes. In PowerShell, ’ is a quote, and older versions lose ". This is a string
 * because a regex literal with Unicode properties costs Node 20 half a millisecond at each start.
 */
const single = String.raw`^(?:(?!\p{DI})[\w !#$%&()*+,./:;<=>?@[\]^\x60{|}~\p{L}\p{M}\p{N}-]|\\(?=[^\\]))+$`;

/** Words that every shell reads the same between double quotes. Used for words with an apostrophe. */
const double = String.raw`^(?:(?!\p{DI})[\w '#%&()*+,./:;<=>?@[\]^{|}~\p{L}\p{M}\p{N}-])+$`;

/** Quotes a word so that bash, zsh, sh, fish and PowerShell read it unchanged, or returns a placeholder if that can't be. */
export function quote(word: string): string {
  if (word.length > longest) return leftOut;
  if (bare.test(word)) return word;
  if (new RegExp(single, 'u').test(word)) return `'${word}'`;
  return new RegExp(double, 'u').test(word) ? `"${word}"` : leftOut;
}

export class Words {
  constructor(readonly text: string) {}
}

type Part = string | readonly string[] | Words | undefined;

/** Quotes the values: cmd`wait ${id} --until DELETED`. A list is several words; an empty one, and undefined, none. */
export function cmd(literals: TemplateStringsArray, ...parts: readonly Part[]): Words {
  const words = literals.flatMap((literal, index) => [literal.trim(), wordsOf(parts[index])]);
  return new Words(words.filter((word) => word !== '').join(' '));
}

function wordsOf(part: Part) {
  if (part === undefined) return '';
  return part instanceof Words ? part.text : [part].flat().map(quote).join(' ');
}

export function option(name: string, value: string | undefined): readonly string[] {
  return value ? [name, value] : [];
}

/** Nobody copies a longer command line, and the screen would cut it. */
const longestLine = 900;

export function commandLine({ text }: Words): string {
  return `atlas-pe ${text.length <= longestLine ? text : `${text.split(' ', 1)[0]} …`}`;
}

export function longName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
