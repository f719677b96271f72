import { UsageError } from '../base/errors.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closestOption, guessed, guessedLine } from '../base/suggest.js';
import { type CommandGroup, type Definition, everywhere, isGroup, type Option } from '../command.js';
import type { Line } from './line.js';
import { tree } from './tree.js';

/** An option of a command, as it appears on a command line. */
interface Owned {
  long: string;
  option: Option;
  owner: Definition;
  path: readonly string[];
}

/**
 * Explains an unknown option before the command: it must come after the command. Undefined if no command has such an
 * option.
 */
export function misplacedOption(line: Line, word: string, argv: readonly string[]): UsageError | undefined {
  const [name = word] = word.split('=');
  const all = (line.branch ? [line.branch] : tree).flatMap((branch) => ownedBy(branch, line.path.slice(0, -1)));
  const same = all.filter(({ long, option }) => long === name || `-${option.short}` === name);
  const [found] = same;
  if (!found) {
    const common = Object.keys(everywhere).map(longName);
    const near = closestOption(name, [...common, ...all.map(({ long }) => long)]);
    return near === undefined || common.includes(near)
      ? undefined
      : new UsageError(`Unknown option '${name}'.`, `${guessed(near)} Put it after the command.`);
  }
  const message = `${name} must come after the command.`;
  const words = moved(argv, word, all);
  if (words) {
    // The command, or its group, may not have this option.
    const isOwner = ({ owner, path }: Owned) =>
      [...path, ...(owner.aliases ?? [])].some((each) => words.includes(each));
    if (!same.some(isOwner)) return undefined;
    return new UsageError(message, { text: guessedLine, commands: [commandLine(cmd`${words}`)] });
  }
  const { owner, path } = found;
  const examples = owner.examples.map((each) => each.split(' | ')[0]?.split(' ') ?? []);
  const example = examples.find((each) => each.includes(name)) ?? [...path, name];
  return new UsageError(message, { text: 'Example:', commands: [commandLine(cmd`${example}`)] });
}

/**
 * Moves the options of commands behind the command, or before `--`. It moves those from `first` up to the command.
 * Undefined if there is no command.
 */
function moved(argv: readonly string[], first: string, all: readonly Owned[]): string[] | undefined {
  const kept = argv.slice(0, argv.indexOf(first));
  const options: string[] = [];
  const rest = argv.slice(kept.length);
  for (let word = rest[0]; word?.startsWith('-') && word !== '--'; word = rest[0]) {
    const [name = word] = word.split('=');
    const isNamed = ([long, { short }]: readonly [string, Option]) => long === name || `-${short}` === name;
    const owned = all.find(({ long, option }) => isNamed([long, option]))?.option;
    const [, common] = Object.entries<Option>(everywhere).find(([key, each]) => isNamed([longName(key), each])) ?? [];
    const option = common ?? owned;
    const takesNext = option !== undefined && option.kind !== 'flag' && name === word;
    (owned && !common ? options : kept).push(...rest.splice(0, takesNext ? 2 : 1));
  }
  if (rest.length === 0 || rest[0] === '--') return undefined;
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  return [...kept, ...rest.slice(0, end), ...options, ...rest.slice(end)];
}

function ownedBy(branch: Definition | CommandGroup, nouns: readonly string[]): Owned[] {
  const path = [...nouns, branch.name];
  if (isGroup(branch)) return branch.commands.flatMap((each) => ownedBy(each, path));
  return Object.entries<Option>(branch.flags ?? {}).map(([name, option]) => {
    return { long: longName(name), option, owner: branch, path };
  });
}
