import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/**
 * Moves the name of the command to the front, since options may stand before it (`--region us-east-1 list`) but commander
 * wants it first. Where a group of commands, or the program itself, is named alone its help is asked for.
 */
export function commandFirst(program: CommandUnknownOpts, argv: readonly string[]): string[] {
  const all = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
  const options = all.flatMap((command) => command.options);
  const rest = [...argv];
  const path: string[] = [];
  let group = program;

  let index = 0;
  for (; index < rest.length && group.commands.length > 0; ) {
    const word = rest[index] ?? '';
    if (word === '--') break;
    if (word.startsWith('-') && word !== '-') {
      const option = options.find(({ short, long }) => word === short || word === long);
      index += option && (option.required || option.optional) ? 2 : 1;
      continue;
    }
    const next = group.commands.find((command) => command.name() === word);
    if (!next) return [...path, ...rest];
    path.push(word);
    rest.splice(index, 1);
    group = next;
  }
  const isAlone =
    group.commands.length > 0 &&
    rest.every((word) => options.some(({ short, long }) => word === short || word === long));
  return [...path, ...rest, ...(isAlone && !rest.includes('--version') ? ['--help'] : [])];
}
