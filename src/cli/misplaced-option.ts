import { UsageError } from '../base/errors.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closestOption, guessed, guessedLine } from '../base/suggest.js';
import { commandsIn, type Definition, everywhere, type Option, type Options } from '../command.js';
import type { Line } from './line.js';
import { tree } from './tree.js';

/** An option, and the command that has it. */
interface Owned {
  long: string;
  option: Option;
  owner: Definition;
  path: readonly string[];
}

const isCalled = (word: string, { long, option }: Pick<Owned, 'long' | 'option'>) =>
  long === word || `-${option.short}` === word;

/** Explains an option that must come after the command. Undefined if no command has such an option. */
export function misplacedOption(line: Line, word: string, argv: readonly string[]): UsageError | undefined {
  const [name = word] = word.split('=');
  const globals = withLongNames(everywhere);
  const commands = commandsIn(line.branch ? [line.branch] : tree, line.path.slice(0, -1));
  const all = commands.flatMap(([path, owner]) =>
    withLongNames(owner.flags ?? {}).map((each): Owned => ({ ...each, owner, path })),
  );
  const same = all.filter((each) => isCalled(name, each));
  const [found] = same;
  if (!found) {
    const known = [...globals, ...all].map(({ long }) => long);
    const near = closestOption(name, known);
    if (near === undefined || globals.some(({ long }) => long === near)) return undefined;
    return new UsageError(`Unknown option '${name}'.`, `${guessed(near)} Put it after the command.`);
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

/** Moves the options of commands, from `first` on, behind the command, or before `--`. Undefined without a command. */
function moved(argv: readonly string[], first: string, all: readonly Owned[]): string[] | undefined {
  const globals = withLongNames(everywhere);
  const kept = argv.slice(0, argv.indexOf(first));
  const options: string[] = [];
  const rest = argv.slice(kept.length);
  for (let word = rest[0]; word?.startsWith('-') && word !== '--'; word = rest[0]) {
    const [name = word] = word.split('=');
    const owned = all.find((each) => isCalled(name, each))?.option;
    const common = globals.find((each) => isCalled(name, each))?.option;
    const option = common ?? owned;
    const takesNext = option !== undefined && option.kind !== 'flag' && name === word;
    (owned && !common ? options : kept).push(...rest.splice(0, takesNext ? 2 : 1));
  }
  if (rest.length === 0 || rest[0] === '--') return undefined;
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  return [...kept, ...rest.slice(0, end), ...options, ...rest.slice(end)];
}

function withLongNames(options: Options) {
  return Object.entries(options).map(([name, option]) => ({ long: longName(name), option }));
}
