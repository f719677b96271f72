import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { UsageError } from './errors.js';
import { closest, didYouMean } from './suggest.js';

/** A command line as commander wants it. */
export interface CommandLine {
  /** The command's name first, its groups before it. */
  argv: string[];
  /** How to ask for help on what was named: `atlas-pe config set --help`. */
  help: string;
}

/**
 * Moves the name of the command to the front, since options may stand before it (`--region us-east-1 list`), and reads
 * `help COMMAND` as `COMMAND --help`. Where a group of commands, or the program itself, is named alone its help is asked
 * for. Throws a usage error where the command doesn't exist.
 */
export function commandFirst(program: CommandUnknownOpts, argv: readonly string[]): CommandLine {
  const all = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
  const options = all.flatMap((command) => command.options);
  const rest = [...argv];
  const path: string[] = [];
  let group = program;
  let unknown: string | undefined;
  let asksForHelp = false;

  for (let index = 0; index < rest.length && group.commands.length > 0; ) {
    const word = rest[index] ?? '';
    if (word.startsWith('-') && word !== '-') {
      // A value, or more short options, may hang on to it: --output=json, -ojson, -qv.
      const name = word.startsWith('--') ? word.split('=')[0] : word.slice(0, 2);
      const option = options.find(({ short, long }) => name === short || name === long);
      if (!option && !['-h', '--help'].includes(word)) unknown ??= word;
      const takesNext = option && name === word && (option.required || option.optional);
      index += takesNext ? 2 : 1;
      continue;
    }
    const next = group.commands.find((command) => command.name() === word);
    if (word === 'help') asksForHelp = true;
    else if (next) {
      path.push(word);
      group = next;
    } else if (unknown !== undefined) break;
    else throw unknownCommand(word, group, path);
    rest.splice(index, 1);
  }
  const help = ['atlas-pe', ...path, '--help'].join(' ');
  if (unknown !== undefined && group.commands.length > 0) throw unknownOption(unknown, options, help);
  if (asksForHelp) return { argv: [...path, '--help'], help };
  // Options alone are nothing to do, but to ask for the version.
  if (group.commands.length > 0) return { argv: [...path, rest.includes('--version') ? '--version' : '--help'], help };
  return { argv: [...path, ...rest], help };
}

function unknownCommand(word: string, group: CommandUnknownOpts, path: readonly string[]): UsageError {
  const names = group.commands.map((command) => command.name());
  return new UsageError(`Unknown command '${[...path, word].join(' ')}'.`, didYouMean(word, names));
}

function unknownOption(word: string, options: CommandUnknownOpts['options'], help: string): UsageError {
  const names = options.flatMap(({ long }) => long ?? []);
  const near = closest(word, names);
  return new UsageError(`Unknown option '${word}'.`, near === undefined ? `See ${help}` : `Did you mean ${near}?`);
}
