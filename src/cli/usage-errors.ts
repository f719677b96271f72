import { type CliError, type Hint, UsageError } from '../base/errors.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closest, closestOption, guessed, listed } from '../base/words.js';
import { type Argument, commandsIn } from '../command.js';
import { namesEndpoint } from '../endpoints/name.js';
import { type Line, type LineError, optionsOfLine } from './line.js';
import { commandsFor, elsewhere, optionSynonyms, without } from './synonyms.js';
import { isTopic, topicNames, tree } from './tree.js';
import {
  isKnown,
  meaningOf,
  optionCalled,
  optionFor,
  optionNamed,
  optionTargets,
  type Synonym,
} from './typed-words.js';

export function usageError({ problem, line }: LineError, argv: readonly string[]): UsageError {
  const via = argv.findIndex((word) => word === '--via' || word.startsWith('--via='));
  const isBehindVia = problem.kind === 'unknownOption' && argv.indexOf(problem.word) > via && via >= 0;
  // They may hold a password.
  if (isBehindVia || (problem.kind === 'excessArguments' && via >= 0))
    return new UsageError('Unexpected words after --via.', "Put it in quotes: --via 'kubectl exec -i POD --'");
  const name = line.path.join(' ');
  const see = seeHelp(line);
  const { runsCommand, examples: [example = ''] = [] } = line.definition ?? {};
  if (runsCommand && (problem.kind === 'missingArgument' || !argv.includes('--'))) {
    const hint = { text: 'Example:', commands: [commandLine(cmd`${example.split(' ')}`)] };
    return new UsageError(`'${name}' requires -- and a command after its options.`, hint);
  }
  switch (problem.kind) {
    case 'unknownCommand':
      return unknownCommand(line, problem.word);
    case 'unknownTopic': {
      const near = nearCommand(line, problem.word, line === line.root ? Object.keys(topicNames) : []);
      const hint = near === undefined ? see : guessed(['help', ...line.path, near].join(' '));
      return new UsageError(`Unknown command or topic '${problem.word}'.`, hint);
    }
    case 'unknownOption':
      return unknownOption(line, problem.word, argv);
    case 'missingArgument':
      return new UsageError(`Missing argument: '${name}' requires <${problem.argument}>.`, see);
    case 'missingValue':
      return new UsageError(`${problem.option} requires a value.`, see);
    case 'givenTwice':
      return new UsageError(`${problem.option} was specified more than once.`, 'Specify it only once.');
    case 'emptyValue':
      return new UsageError(`${problem.option} has an empty value.`, 'Check for an unset variable or a stray comma.');
    case 'excessArguments':
      return excessArguments(line, problem.extra);
  }
}

/** The error of an argument that is not what it should be, with the name that was probably meant. */
export function otherWord(error: CliError, line: Line) {
  const { hint } = strayWord(line) ?? {};
  return hint ? error.withHint(hint) : error;
}

function seeHelp(line: Line) {
  return `See ${['atlas-pe', ...line.path, '--help'].join(' ')}`;
}

function usageOf(line: Line) {
  return `Usage: ${line.usageLines()[0]}`;
}

/** An option is one of this command. */
function didYouMean(name: string, line: Line) {
  return `${guessed(name)} ${usageOf(name.startsWith('-') ? line : line.root.find(name))}`;
}

function hintFor([ours, , text]: Synonym, line: Line): string | Hint {
  if (text === undefined) return didYouMean(ours, line);
  return { text, commands: [ours.startsWith('atlas ') ? ours : `atlas-pe ${ours}`] };
}

function unknownCommand(line: Line, word: string) {
  const { root, path } = line;
  if (line === root && isTopic(word))
    return new UsageError(`'${word}' is a help topic, not a command.`, `See atlas-pe help ${word}`);
  const message = `Unknown command '${[...path, word].join(' ')}'.`;
  const [, ...others] = wordsOf(line);
  const near = nearCommand(line, word);
  const corrected = near === undefined ? undefined : [...path, near];
  const meaning =
    meaningOf([...path, word, ...others], root) ??
    (corrected && (meaningOf([...corrected, ...others], root, corrected.length + 1) ?? [corrected.join(' ')]));
  if (meaning) return new UsageError(message, hintFor(meaning, line));
  const names = line.commands.map((each) => each.name());
  return new UsageError(message, line === root ? seeHelp(line) : `Commands: ${listed(names, names.length)}`);
}

/** The words before the first option. */
function wordsOf({ args }: Line) {
  const end = args.findIndex((each) => each.startsWith('-'));
  return end < 0 ? args : args.slice(0, end);
}

function nearCommand(line: Line, word: string, others: readonly string[] = []) {
  if (isKnown(word)) return undefined;
  const names = line.commands.flatMap((each) => [each.name(), ...each.aliases()]);
  // Of two letters, any word is one edit away.
  return closest(word, [...names.filter((name) => name.length > 2), ...others]);
}

function excessArguments(line: Line, extra: readonly string[]) {
  const { endpoint, place = endpoint }: Record<string, Argument> = line.definition?.args ?? {};
  const isOne = place?.kind === 'optional' && line.args.every(namesEndpoint);
  const several = isOne ? `It takes one: run it once for each. ${seeHelp(line)}` : seeHelp(line);
  // A word without a hint says what the command does anyway, as in `projects list`.
  const { word, hint = word === undefined ? several : usageOf(line) }: Partial<Stray> = strayWord(line) ?? {};
  const words = word === undefined ? extra : [word];
  // Those of login and config are likely to be keys.
  const shown = /^(?:login|config set)$/.test(line.path.join(' ')) ? '' : `: ${listed(words)}`;
  return new UsageError(`Unexpected argument${words.length === 1 ? '' : 's'}${shown}.`, hint);
}

interface Stray {
  word: string;
  hint?: string | Hint;
}

/** An argument that is the value of an option, a noun beside its verb, or what another program has. */
function strayWord(line: Line): Stray | undefined {
  const { definition: { args = {}, flags = {} } = {}, root, path } = line;
  const words = line.args[0] === 'until' ? line.args.slice(2) : line.args;
  const options = optionsOfLine(line);
  for (const word of words.filter((each) => !takesEndpoint(args) || !namesEndpoint(each))) {
    // Beside what changes something, `sandbox` and `profile` are no options.
    const option = optionFor(word, options) ?? optionNamed(word, /^\w/.test(word) ? flags : options);
    if (option) return { word, hint: didYouMean(option, line) };
  }
  const [word] = words;
  const meaning = meaningOf([...path, ...words], root, path.length + 1);
  if (!meaning || word === undefined) return undefined;
  return meaning[0] === path.join(' ') ? { word } : { word, hint: hintFor(meaning, line) };
}

function unknownOption(line: Line, word: string, argv: readonly string[]) {
  const { definition, path } = line;
  const [name = word, given] = word.split(/=(.*)/s);
  const options = optionsOfLine(line);
  // A flag that was given a value: --json=yes. commander reads -q=yes as -q and -=yes.
  if (name === '-') return new UsageError('The option before = does not take a value.', seeHelp(line));
  const message = `Unknown option '${name}'.`;
  if (!definition) {
    const [first] = wordsOf(line);
    if (first !== undefined) return unknownCommand(line, first);
    const isMisplaced = commandsIn(tree).some(([, { flags = {} }]) => optionCalled(name, flags));
    if (isMisplaced) return new UsageError(`${name} must come after the command.`, seeHelp(line));
    const near = nearOption(line, name, optionTargets(name, optionSynonyms));
    return new UsageError(message, near ? didYouMean(near, line) : seeHelp(line));
  }
  const fitting = optionFor(given ?? argv[argv.indexOf(word) + 1] ?? '', options);
  if (optionCalled(name, options))
    return new UsageError(`${name} does not take a value.`, fitting ? didYouMean(fitting, line) : seeHelp(line));
  // `create --kind streams`, as with kubectl.
  const [other] = name === '--kind' ? commandsFor(elsewhere, [given ?? argv[argv.indexOf(word) + 1] ?? '']) : [];
  if (other) return new UsageError(message, hintFor(other, line));
  const said = without.find(([commands, theirs]) => {
    return commands.split(', ').includes(path.join(' ')) && theirs.split(', ').includes(name);
  });
  if (said) return new UsageError(message, said[2]);
  // A letter may begin the option that takes the value behind it: `-p aws`, `-r us-east-1`.
  const letter = /^-\w$/.test(name) && fitting?.startsWith(`-${name}`) ? fitting : undefined;
  const near = letter ?? nearOption(line, name, optionTargets(name, optionSynonyms));
  if (near && /^[A-Z]/.test(near)) return new UsageError(message, `It is an argument. ${usageOf(line)}`);
  return new UsageError(message, near ? didYouMean(near, line) : seeHelp(line));
}

/** The first of these that this command has; or a value as an option, such as `--gcp`; or an option that is spelled alike. */
function nearOption(line: Line, name: string, targets: readonly string[]) {
  const { args = {} } = line.definition ?? {};
  const own = [...Object.keys(optionsOfLine(line)).map(longName), '--help', '--version'];
  const here = targets.find((target) => {
    if (target === 'ENDPOINT') return takesEndpoint(args);
    if (target === 'INTERFACE') return 'interface' in args;
    return own.includes(target.replace(/ .*/, '')) || !target.startsWith('-');
  });
  return here ?? optionFor(name.slice(2), optionsOfLine(line)) ?? closestOption(name, own);
}

function takesEndpoint(args: object) {
  return 'endpoint' in args || 'place' in args || 'service' in args;
}
