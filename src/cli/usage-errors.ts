import { isAtlasId, parseImportId } from '../atlas/ids.js';
import { UsageError } from '../base/errors.js';
import type { Hint } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closest, closestOption, didYouMean, guessed, guessedLine } from '../base/suggest.js';
import { isKnownRegion } from '../clouds/regions.js';
import { everywhere, type Option } from '../command.js';
import { isTopic, topicNames } from './help/names.js';
import type { Line, LineError } from './line.js';
import { misplacedOption } from './misplaced-option.js';
import { parse } from './parser.js';

/** Turns a line error into a message and a hint. */
export function usageError({ problem, line }: LineError, argv: readonly string[]): UsageError {
  const name = line.path.join(' ');
  const see = `See ${['atlas-pe', ...line.path, '--help'].join(' ')}`;
  const { runsCommand, examples: [example = ''] = [] } = line.definition ?? {};
  if (runsCommand && (problem.kind === 'missingArgument' || !argv.includes('--'))) {
    const hint = { text: 'Example:', commands: [commandLine(cmd`${example.split(' ')}`)] };
    return new UsageError(`'${name}' requires -- and a command after its options.`, hint);
  }
  switch (problem.kind) {
    case 'unknownCommand':
      return unknownCommand(line, problem.word);
    case 'unknownTopic':
      return unknownTopic(line, problem.word);
    case 'unknownOption': {
      const misplaced = line.definition ? undefined : misplacedOption(line, problem.word, argv);
      return misplaced ?? unknownOption(line, problem.word, argv, see);
    }
    case 'missingArgument':
      return new UsageError(`Missing argument: '${name}' requires <${problem.argument}>.`, see);
    case 'missingValue':
      return new UsageError(`${problem.option} requires a value.`, see);
    case 'givenTwice':
      return new UsageError(`${problem.option} was specified more than once.`, 'Specify it only once.');
    case 'emptyValue':
      return new UsageError(`${problem.option} has an empty value.`, 'Check for an unset variable or a stray comma.');
    case 'excessArguments': {
      const { extra } = problem;
      const hint = withEndpoint(line, extra, argv) ?? separated(line, extra, argv) ?? see;
      return new UsageError(`Unexpected argument${extra.length === 1 ? '' : 's'}: ${listed(extra)}.`, hint);
    }
  }
}

function unknownCommand(line: Line, word: string): UsageError {
  if (line === line.root && isTopic(word)) {
    return new UsageError(`'${word}' is a help topic, not a command.`, `See atlas-pe help ${word}`);
  }
  return new UsageError(`Unknown command '${[...line.path, word].join(' ')}'.`, nearestBelow(line, word));
}

function unknownTopic(line: Line, words: string): UsageError {
  const [first = ''] = words.split(' ');
  const known = line.path.length > 0 ? line.path : isTopic(first) ? [first] : [];
  const names = line.commands.map((each) => each.name());
  const near = closest(words.split(' ').at(-1) ?? '', names);
  const below = near === undefined ? `See atlas-pe help ${known.join(' ')}` : guessed([...line.path, near].join(' '));
  const hint = known.length > 0 ? below : nearestBelow(line, words, topicNames);
  return new UsageError(`Unknown command or topic '${words}'.`, hint);
}

/** Aliases can be misspelled too, but the list of valid values leaves them out. */
function nearestBelow({ commands }: Line, word: string, more: object = {}): string {
  const names = [...commands.map((each) => each.name()), ...Object.keys(more)];
  const near = closest(word, [...names, ...commands.flatMap((each) => each.aliases())]);
  return near === undefined ? didYouMean(word, names) : guessed(near);
}

function unknownOption(line: Line, word: string, argv: readonly string[], see: string): UsageError {
  const [name = word] = word.split('=');
  const own = Object.keys({ ...everywhere, ...line.definition?.flags }).map(longName);
  if (name === '-') {
    // commander reads -q=yes as -q and -=yes.
    const [before = ''] = argv.find((each) => each.endsWith(word.slice(1)))?.split('=') ?? [];
    return new UsageError(`-${before.at(-1)} does not take a value.`, see);
  }
  // A known flag that was given a value: --json=yes.
  if (name !== word && own.includes(name)) return new UsageError(`${name} does not take a value.`, see);
  const near = closestOption(name, [...own, '--help', '--version']);
  return new UsageError(`Unknown option '${name}'.`, near === undefined ? see : guessed(near));
}

/** A hint to use commas, if the first unexpected word follows an option that accepts several values. */
function separated({ definition }: Line, [word = '']: readonly string[], argv: readonly string[]): string | undefined {
  const [before = '', value = ''] = argv.slice(0, argv.indexOf(word)).slice(-2);
  const lists = Object.entries<Option>(definition?.flags ?? {}).filter(([, { kind }]) => kind === 'values');
  const option = lists.map(([name]) => longName(name)).find((long) => before === long || value.startsWith(`${long}=`));
  return option && `Separate the values of ${option} with commas: a,b`;
}

/** The command line to suggest if an endpoint is the unexpected argument; undefined if none is likely. */
function withEndpoint(line: Line, extra: readonly string[], argv: readonly string[]): Hint | undefined {
  const { endpointFor } = line.definition ?? {};
  const [word = ''] = extra;
  if (endpointFor === undefined || extra.length > 1) return undefined;
  const isId = endpointFor !== '--region' && (isAtlasId(word) || parseImportId(word) !== undefined);
  if (!isId && !isKnownRegion(word)) return undefined;
  const isCommand = (each: string) => [line.name(), ...line.aliases()].includes(each);
  // Not clear if the word is also an option's value, or if an option already names an endpoint.
  const isClear = [isCommand, (each: string) => each === word].every((is) => argv.filter(is).length === 1);
  if (!isClear || argv.some((each) => /^--(?:region|endpoint)\b/.test(each))) return undefined;
  const words = endpointFor.startsWith('-')
    ? argv.flatMap((each) => (each === word ? [endpointFor, word] : [each]))
    : argv.map((each) => (isCommand(each) ? endpointFor : each));
  try {
    // The suggested command may not have these options.
    parse(words);
    return { text: guessedLine, commands: [commandLine(cmd`${words}`)] };
  } catch {
    return undefined;
  }
}
