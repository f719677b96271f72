import { UsageError } from '../base/errors.js';
import { listed, oneOf } from '../base/lists.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closest, closestOption, guessed } from '../base/suggest.js';
import { commandsIn } from '../command.js';
import { type Line, type LineError, optionsOfLine } from './line.js';
import { commandSynonymIn, isCommand, mended, optionCalled, optionsOfCommands, optionTargets } from './mend.js';
import { namesOnly, optionSynonyms } from './synonyms.js';
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
      return foreignCommand(argv) ?? new UsageError(message, nearestBelow(line, word) ?? see);
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
      const hint = likely(argv) ?? see;
      return new UsageError(`Unexpected argument${extra.length === 1 ? '' : 's'}: ${listed(extra)}.`, hint);
    }
  }
}

function likely(argv: readonly string[]) {
  const { words } = mended(argv);
  return words && { text: 'Did you mean:', commands: [commandLine(cmd`${words}`)] };
}

function foreignCommand(argv: readonly string[]) {
  const { words, targets, other } = commandSynonymIn(argv);
  const message = `Unknown command '${words.join(' ')}'.`;
  if (other) return new UsageError(message, { text: other[2], commands: [commandLine(cmd`${other[0].split(' ')}`)] });
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
  if (name !== word && own.includes(name)) return new UsageError(`${name} does not take a value.`, see);
  const better = likely(argv);
  const isMisplaced = !line.definition && ownersOf(name).length > 0;
  const message = isMisplaced ? `${name} must come after the command.` : `Unknown option '${name}'.`;
  if (better) return new UsageError(message, better);
  const targets = [name, ...optionTargets(name, [...optionSynonyms, ...namesOnly])];
  const here = targets.filter((each) => own.includes(each) || isCommand(each));
  if (here.length > 0) return new UsageError(message, guessed(oneOf(here)));
  const there = targets.find((each) => ownersOf(each).length > 0);
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
