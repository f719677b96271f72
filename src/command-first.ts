import { UsageError } from './base/errors.js';
import { isTopic, topicNames } from './cli/help/names.js';
import { type Flag, flagsOf, nameIn } from './program/flags.js';
import { aliasesOf, type Branch, isCalled } from './program/shared.js';
import { closest, didYouMean } from './base/suggest.js';

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
 * `help COMMAND` as `COMMAND --help`. Where a noun, or the program itself, is named alone its help is asked for. Throws a usage
 * error where there is no such command or option, which takes no commander to tell.
 */
export function commandFirst(tree: readonly Branch[], argv: readonly string[]): CommandLine {
  const rest = [...argv];
  const path: string[] = [];
  let branch: Branch | undefined;
  let branches: readonly Branch[] | undefined = tree;
  let unknown: string | undefined;
  let saysHelp = false;

  for (let index = 0; branches && index < rest.length; ) {
    const word: string = rest[index] ?? '';
    if (isOption(word)) {
      const flag = flagNamed(word, tree.flatMap(flagsOf));
      if (!flag) unknown ??= word;
      index += flag?.takesNext ? 2 : 1;
    } else {
      const next: Branch | undefined = branches.find((each) => isCalled(each, word));
      if (word === 'version' && path.length === 0) {
        rest[index] = '--version';
        continue;
      }
      if (word === 'help') saysHelp = true;
      else if (saysHelp && path.length === 0 && isTopic(word)) {
        path.push(word);
        branches = undefined;
      } else if (next) {
        path.push(next.name);
        branch = next;
        branches = 'verbs' in next ? next.verbs : undefined;
      } else if (unknown !== undefined) break;
      else throw unknownCommand(word, branches, path, saysHelp);
      rest.splice(index, 1);
    }
  }
  const help = ['atlas-pe', ...path, '--help'].join(' ');
  if (unknown !== undefined && branches) throw unknownOption(unknown, tree.flatMap(flagsOf), help);
  const extra = saysHelp ? firstArgument(rest, tree.flatMap(flagsOf)) : undefined;
  if (extra !== undefined)
    throw new UsageError(`There is no command or topic '${[...path, extra].join(' ')}'.`, seeHelp(path));
  if (saysHelp) return { path, argv: [...path, '--help'], help };
  // Options alone are nothing to do, but to ask for the version.
  if (branches) return { path, argv: [...path, rest.includes('--version') ? '--version' : '--help'], help };
  // Who asks for help gets it, whatever else is wrong.
  if (branch && !rest.some(isHelp)) checkOptions(rest, flagsOf(branch), help);
  return { path, argv: [...path, ...rest], help };
}

function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** The option that a word names. */
function flagNamed(word: string, flags: readonly Flag[]): (Flag & { takesNext: boolean }) | undefined {
  const name = nameIn(word);
  const flag = flags.find(({ short, long }) => name === short || name === long);
  return flag && { ...flag, takesNext: flag.takesValue && name === word };
}

function seeHelp(path: readonly string[]): string {
  return `See ${['atlas-pe', 'help', ...path].join(' ')}`;
}

/** The first word that is neither an option nor the value of one. */
function firstArgument(words: readonly string[], flags: readonly Flag[]): string | undefined {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!isOption(word)) return word;
    if (flagNamed(word, flags)?.takesNext) index++;
  }
  return undefined;
}

/** Throws where an option is none of the command's. Of short ones commander knows better, but for what -q=yes means. */
function checkOptions(words: readonly string[], flags: readonly Flag[], help: string): void {
  for (let index = 0; index < words.length && words[index] !== '--'; index++) {
    const word = words[index] ?? '';
    if (!isOption(word)) continue;
    const flag = flagNamed(word, flags);
    if (!flag && word.startsWith('--')) throw unknownOption(word, flags, help);
    if (flag?.takesValue === false && word.startsWith(`${flag.short}=`))
      throw new UsageError(`${flag.short} takes no value.`, `See ${help}`);
    if (flag?.takesNext) index++;
  }
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
  const name = [...path, word].join(' ');
  if (path.length === 0 && isTopic(word))
    return new UsageError(`'${word}' is not a command, but a topic of help.`, `See atlas-pe help ${word}`);
  const what = orTopic ? `There is no command or topic '${name}'.` : `Unknown command '${name}'.`;
  // An alias may be mistyped too, but isn't in the list of what there is.
  const near = closest(word, [...names, ...branches.flatMap(aliasesOf)]);
  return new UsageError(what, near === undefined ? didYouMean(word, names) : `Did you mean ${near}?`);
}

function unknownOption(word: string, flags: readonly Flag[], help: string): UsageError {
  const [name = word] = word.split('=');
  const near = closest(
    name,
    flags.map(({ long }) => long),
  );
  return new UsageError(`Unknown option '${name}'.`, near === undefined ? `See ${help}` : `Did you mean ${near}?`);
}
