import { UsageError } from './errors.js';
import { isTopic, topicNames } from './help/names.js';
import type { Branch } from './program/shared.js';
import { closest, didYouMean } from './suggest.js';

/** What an option of any command is called, and whether a value follows it. */
interface Option {
  short?: string | undefined;
  long?: string | undefined;
  required: boolean;
  optional: boolean;
}

/** A command line as commander wants it. */
export interface CommandLine {
  /** The names of the command and of the nouns before it, of a noun alone, or of a topic that help is asked for on. */
  path: string[];
  /** The path, and what follows it. */
  argv: string[];
  /** How to ask for help on what was named: `atlas-pe config set --help`. */
  help: string;
}

/**
 * Moves the name of the command to the front, since options may stand before it (`--region us-east-1 list`), and reads
 * `help COMMAND` as `COMMAND --help`. Where a noun, or the program itself, is named alone its help is asked for. What options
 * there are is asked only where one stands before the command. Throws a usage error where the command doesn't exist.
 */
export async function commandFirst(
  tree: readonly Branch[],
  argv: readonly string[],
  allOptions: () => Promise<readonly Option[]>,
): Promise<CommandLine> {
  const rest = [...argv];
  const path: string[] = [];
  let branches: readonly Branch[] | undefined = tree;
  let unknown: string | undefined;
  let asksForHelp = false;

  for (let index = 0; branches && index < rest.length; ) {
    const word: string = rest[index] ?? '';
    if (isHelp(word)) index++;
    else if (word.startsWith('-') && word !== '-') {
      // A value, or more short options, may hang on to it: --output=json, -ojson, -qv.
      const name = word.startsWith('--') ? word.split('=')[0] : word.slice(0, 2);
      const option = (await allOptions()).find(({ short, long }) => name === short || name === long);
      if (!option) unknown ??= word;
      const takesNext = option && name === word && (option.required || option.optional);
      index += takesNext ? 2 : 1;
    } else {
      const next: Branch | undefined = branches.find((branch) => branch.name === word);
      if (word === 'help') asksForHelp = true;
      else if (asksForHelp && path.length === 0 && isTopic(word)) {
        path.push(word);
        branches = undefined;
      } else if (next) {
        path.push(word);
        branches = 'verbs' in next ? next.verbs : undefined;
      } else if (unknown !== undefined) break;
      else throw unknownCommand(word, branches, path, asksForHelp);
      rest.splice(index, 1);
    }
  }
  const help = ['atlas-pe', ...path, '--help'].join(' ');
  if (unknown !== undefined && branches) throw unknownOption(unknown, await allOptions(), help);
  if (asksForHelp) return { path, argv: [...path, '--help'], help };
  // Options alone are nothing to do, but to ask for the version.
  if (branches) return { path, argv: [...path, rest.includes('--version') ? '--version' : '--help'], help };
  return { path, argv: [...path, ...rest], help };
}

/** Whether nothing but help is asked for. */
export function asksForHelp({ path, argv }: CommandLine): boolean {
  return argv.length === path.length + 1 && isHelp(argv.at(-1) ?? '');
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function unknownCommand(
  word: string,
  branches: readonly Branch[],
  path: readonly string[],
  orTopic: boolean,
): UsageError {
  const names = [...branches.map(({ name }) => name), ...(orTopic && path.length === 0 ? Object.keys(topicNames) : [])];
  return new UsageError(`Unknown command '${[...path, word].join(' ')}'.`, didYouMean(word, names));
}

function unknownOption(word: string, options: readonly Option[], help: string): UsageError {
  const names = options.flatMap(({ long }) => long ?? []);
  const near = closest(word, names);
  return new UsageError(`Unknown option '${word}'.`, near === undefined ? `See ${help}` : `Did you mean ${near}?`);
}
