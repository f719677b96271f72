/** A word that a shell reads back as it is. */
export function quote(word: string): string {
  // To zsh a word that begins with = is the path of a program.
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
