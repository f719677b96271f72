import { type CliError, UsageError } from '../base/errors.js';
import { listed, oneOf } from '../base/lists.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closest, closestOption, guessed } from '../base/suggest.js';
import { type Argument, commandsIn } from '../command.js';
import { namesEndpoint } from '../endpoints/name.js';
import { type Line, type LineError, optionsOfLine } from './line.js';
import {
  commandSynonymIn,
  isCommand,
  isValue,
  mended,
  optionCalled,
  optionsOfCommands,
  optionTargets,
  startsCommand,
} from './mend.js';
import { createProgram } from './parser.js';
import { type elsewhere, namesOnly, optionSynonyms } from './synonyms.js';
import { isTopic, topicNames, tree } from './tree.js';

export function usageError({ problem, line }: LineError, argv: readonly string[]): UsageError {
  const name = line.path.join(' ');
  const see = `See ${['atlas-pe', ...line.path, '--help'].join(' ')}`;
  const { runsCommand, examples: [example = ''] = [] } = line.definition ?? {};
  if (runsCommand && (problem.kind === 'missingArgument' || !argv.includes('--'))) {
    const hint = { text: 'Example:', commands: [commandLine(cmd`${example.split(' ')}`)] };
    return new UsageError(`'${name}' requires -- and a command after its options.`, hint);
  }
  switch (problem.kind) {
    case 'unknownCommand': {
      const { word } = problem;
      if (line === line.root && isTopic(word))
        return new UsageError(`'${word}' is a help topic, not a command.`, `See atlas-pe help ${word}`);
      const message = `Unknown command '${[...line.path, word].join(' ')}'.`;
      const names = line.commands.map((each) => each.name());
      const below = line === line.root ? see : `Commands: ${listed(names, names.length)}`;
      return foreignCommand(argv) ?? new UsageError(message, likely(argv) ?? nearestBelow(line, word) ?? below);
    }
    case 'unknownTopic': {
      const near = nearestBelow(line, problem.word.split(' ').at(-1) ?? '', line === line.root ? topicNames : {});
      return new UsageError(`Unknown command or topic '${problem.word}'.`, near ?? see);
    }
    case 'unknownOption':
      return (line.definition ? undefined : foreignCommand(argv)) ?? unknownOption(line, problem.word, argv, see);
    case 'missingArgument':
      return new UsageError(`Missing argument: '${name}' requires <${problem.argument}>.`, see);
    case 'missingValue':
      return new UsageError(`${problem.option} requires a value.`, likely(argv) ?? see);
    case 'givenTwice':
      return new UsageError(`${problem.option} was specified more than once.`, 'Specify it only once.');
    case 'emptyValue':
      return new UsageError(`${problem.option} has an empty value.`, 'Check for an unset variable or a stray comma.');
    case 'excessArguments': {
      const { extra } = problem;
      const { other } = commandSynonymIn(extra);
      const { endpoint, place = endpoint }: Record<string, Argument> = line.definition?.args ?? {};
      const isOne = place?.kind === 'optional' && extra.every(namesEndpoint);
      const several = isOne ? `It takes one: run it once for each. ${see}` : undefined;
      const hint =
        likely(argv) ??
        (other && elsewhereHint(other)) ??
        several ??
        ofCluster(line.args.length === 1 ? extra[0] : '', argv, line) ??
        see;
      return new UsageError(`Unexpected argument${extra.length === 1 ? '' : 's'}: ${listed(extra)}.`, hint);
    }
  }
}

/** The error of an argument that is not what it should be, with the line that was probably meant. */
export function otherWord(error: CliError, argv: readonly string[]): CliError {
  const { command } = mended(argv);
  const better = likely(argv) ?? (command && guessed(command));
  const { line } = createProgram().reach(argv);
  const guess = better ? undefined : ofCluster(line.args[0], argv, line);
  if (!guess || error.exit === 'usage') return better || guess ? error.withHint(better || guess) : error;
  return error.hint?.commands.length === 0
    ? error.withHint({ ...guess, text: `${error.hint.text}. ${guess.text}` })
    : error;
}

/** For a word that may be a cluster's name: the line with --cluster, or doctor. */
function ofCluster(word = '', argv: readonly string[], { definition }: Line) {
  const isName = /^(?!all$)[a-z][a-z0-9-]{0,63}$/i.test(word) && !startsCommand(word) && !isValue(word);
  if (!isName || namesEndpoint(word) || !(definition?.args?.endpoint || definition?.flags?.cluster)) return undefined;
  const at = argv.indexOf(word);
  const line = definition?.flags?.cluster ? argv.toSpliced(at, 1, '--cluster', word) : ['doctor', '--cluster', word];
  return { text: 'If it is the name of a cluster:', commands: [commandLine(cmd`${line}`)] };
}

function elsewhereHint([ours, , text]: (typeof elsewhere)[number]) {
  return { text, commands: [commandLine(cmd`${ours.split(' ')}`)] };
}

function likely(argv: readonly string[]) {
  const { words } = mended(argv);
  if (!words || words.join(' ') === argv.join(' ')) return undefined;
  return { text: 'Did you mean:', commands: [commandLine(cmd`${words}`)] };
}

function foreignCommand(argv: readonly string[]) {
  const { words, targets, other } = commandSynonymIn(argv);
  const message = `Unknown command '${words.join(' ')}'.`;
  if (other) return new UsageError(message, elsewhereHint(other));
  if (targets.length === 0) return undefined;
  return new UsageError(message, likely(argv) ?? guessed(mended(argv).command ?? targets.join(' or ')));
}

function nearestBelow({ commands, path }: Line, word: string, more: object = {}) {
  const names = commands.flatMap((each) => [each.name(), ...each.aliases()]);
  const near = closest(word, [...names, ...Object.keys(more)]);
  return near && guessed([...path, near].join(' '));
}

function unknownOption(line: Line, word: string, argv: readonly string[], see: string) {
  const [name = word] = word.split('=');
  const own = Object.keys(optionsOfLine(line)).map(longName);
  // A flag that was given a value: --json=yes. commander reads -q=yes as -q and -=yes.
  if (name === '-') return new UsageError('The option before = does not take a value.', see);
  const better = likely(argv);
  if (name !== word && own.includes(name)) return new UsageError(`${name} does not take a value.`, better ?? see);
  const isMisplaced = !line.definition && ownersOf(name).length > 0;
  const message = isMisplaced ? `${name} must come after the command.` : `Unknown option '${name}'.`;
  if (better) return new UsageError(message, better);
  // One letter means too much.
  const targets = [name, ...optionTargets(name, name.length > 2 ? [...optionSynonyms, ...namesOnly] : namesOnly)];
  const here = targets.filter((each) => own.includes(each) || isCommand(each));
  if (here.length > 0) return new UsageError(message, guessed(oneOf(here)));
  const there = targets.find((each) => !own.includes(each) && ownersOf(each).length > 0);
  if (there !== undefined) return new UsageError(message, `Commands with ${there}: ${listed(ownersOf(there))}`);
  const near = closestOption(name, [...own, '--help', '--version']);
  const behind = line.definition ? undefined : closestOption(name, Object.keys(optionsOfCommands).map(longName));
  const guess = near ? guessed(near) : behind && `${guessed(behind)} Put it after the command.`;
  return new UsageError(message, guess ?? see);
}

function ownersOf(word: string) {
  const owners = commandsIn(tree).filter(([, { flags = {} }]) => optionCalled(word, flags));
  return owners.map(([path]) => path.join(' '));
}
