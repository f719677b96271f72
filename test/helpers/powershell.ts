/**
 * The words that PowerShell hands to a program, by its language specification (2.3.5.2, 8.2) and what version 5.1 does when
 * it puts them on a command line. Throws where it would do anything else than hand them over.
 */
export function readPowerShell(line: string): string[] {
  return [
    ...line.matchAll(/ *(?:['‘’‚‛]((?:[^'‘’‚‛]|['‘’‚‛]{2})*)['‘’‚‛]|["“”„]([^"“”„]*)["“”„]|([^ ]+))(?= |$)|.+/gsu),
  ].map(([all, single, double, bare]) => {
    const fail = (what: string): never => {
      throw new Error(`${what}: ${all}`);
    };
    if (single === undefined && double === undefined && bare === undefined) fail('not words');
    if (double !== undefined && /[$`]/.test(double)) fail('expanded');
    if (bare !== undefined && (/[{}();,|&$`'"‘’‚‛“”„<>\s]|^[@#]|^--%/.test(bare) || /^[-–—―][^-].*[.:]/.test(bare))) {
      fail('no plain word');
    }
    const word = bare ?? double ?? single?.replaceAll(/['‘’‚‛](['‘’‚‛])/g, '$1') ?? '';
    // Version 5.1 drops what is empty, and puts words with blanks between quotes without a look at what is in them.
    if (word === '' || word.includes('"') || (/\s/.test(word) && word.endsWith('\\'))) fail('lost on the way');
    return word;
  });
}
