/** Stands for a value that was left out. */
const leftOut = 'VALUE';

/** Longer words are neither ids nor names nor paths, and would fill the screen. */
const longest = 500;

/** PowerShell splits a word at commas, and -a.b or -a:b too; to zsh =a is the path of a program, to old fishes %a a process. */
const bare = /^(?!-[^-].*[.:])[\w./-][\w@+=:./-]*$/;

/**
 * What is the same between single quotes. There \\ and \' are escapes to fish, and ’ is a quote to PowerShell, whose older
 * versions lose " on the way to a program.
 */
const single = /^(?:[\w !#$%&()*+,./:;<=>?@[\]^`{|}~-]|(?!\p{DI})[\p{L}\p{M}\p{N}]|\\(?=[^\\]))+$/u;

/** What is the same between double quotes, for words with an apostrophe. */
const double = /^(?:[\w '#%&()*+,./:;<=>?@[\]^{|}~-]|(?!\p{DI})[\p{L}\p{M}\p{N}])+$/u;

/**
 * A word that bash, zsh, sh, fish and PowerShell read back as it is, since a hint may be pasted into any of them. A
 * placeholder stands for a word that no quoting makes the same to all, that is empty, or that is too long.
 */
export function quote(word: string): string {
  if (word.length > longest) return leftOut;
  if (bare.test(word)) return word;
  if (single.test(word)) return `'${word}'`;
  return double.test(word) ? `"${word}"` : leftOut;
}

/** Longer command lines are no longer copied, and would be cut where they are shown. */
const longestLine = 900;

/** A command line of ours. One that is too long is left out, but for its command. */
export function commandLine(line: string): string {
  return `atlas-pe ${line.length <= longestLine ? line : `${line.split(' ', 1)[0]} …`}`;
}
