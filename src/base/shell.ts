/** Stands for a value that was left out. */
const leftOut = 'VALUE';

/** Longer words are neither ids nor names nor paths, and would fill the screen. */
const longest = 500;

/** PowerShell splits a word at commas, and -a.b or -a:b too; to zsh =a is the path of a program, to old fishes %a a process. */
const bare = /^(?!-[^-].*[.:])[\w./-][\w@+=:./-]*$/;

/**
 * What is the same between single quotes. There \\ and \' are escapes to fish, and ’ is a quote to PowerShell, whose older
 * versions lose " on the way to a program. Node 20 reads a literal with properties of Unicode for half a millisecond at each
 * start, so these are made when they are needed.
 */
const single = String.raw`^(?:[\w !#$%&()*+,./:;<=>?@[\]^\x60{|}~-]|(?!\p{DI})[\p{L}\p{M}\p{N}]|\\(?=[^\\]))+$`;

/** What is the same between double quotes, for words with an apostrophe. */
const double = String.raw`^(?:[\w '#%&()*+,./:;<=>?@[\]^{|}~-]|(?!\p{DI})[\p{L}\p{M}\p{N}])+$`;

/**
 * A word that bash, zsh, sh, fish and PowerShell read back as it is, since a hint may be pasted into any of them. A
 * placeholder stands for a word that no quoting makes the same to all, that is empty, or that is too long.
 */
export function quote(word: string): string {
  if (word.length > longest) return leftOut;
  if (bare.test(word)) return word;
  if (new RegExp(single, 'u').test(word)) return `'${word}'`;
  return new RegExp(double, 'u').test(word) ? `"${word}"` : leftOut;
}

/** Words of a command line that are quoted already. `cmd` makes them. */
export class Words {
  constructor(readonly text: string) {}
}

type Part = string | readonly string[] | Words | undefined;

/**
 * Words of a command line, in which what is put in is quoted: cmd`wait ${id} --until DELETED`. A list becomes several words;
 * an empty one, and undefined, none. Each value stands by itself between spaces.
 */
export function cmd(literals: TemplateStringsArray, ...parts: readonly Part[]): Words {
  const words = literals.flatMap((literal, index) => [
    literal.trim(),
    index < parts.length ? wordsOf(parts[index]) : '',
  ]);
  return new Words(words.filter((word) => word !== '').join(' '));
}

function wordsOf(part: Part): string {
  if (part === undefined) return '';
  return part instanceof Words ? part.text : [part].flat().map(quote).join(' ');
}

/** An option and its value, where it has one, as words for `cmd`. */
export function option(name: string, value: string | undefined): readonly string[] {
  return value ? [name, value] : [];
}

/** Longer command lines are no longer copied, and would be cut where they are shown. */
const longestLine = 900;

/** A command line of ours. One that is too long is left out, but for its command. */
export function commandLine({ text }: Words): string {
  return `atlas-pe ${text.length <= longestLine ? text : `${text.split(' ', 1)[0]} …`}`;
}
