/**
 * Splits a line into the arguments that PowerShell passes to a program, by its language specification (2.3.5.2, 8.2)
 * and the way version 5.1 puts them on a command line. Throws if PowerShell would do anything else with the line.
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
    // Version 5.1 drops empty arguments. It quotes arguments with spaces without escaping their content.
    if (word === '' || word.includes('"') || (/\s/.test(word) && word.endsWith('\\'))) fail('lost on the way');
    return word;
  });
}
