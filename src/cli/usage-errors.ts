import { type CliError, UsageError } from '../base/errors.js';
import { cmd, commandLine, longName } from '../base/shell.js';
import { closestOption, guessed, listed, oneOf } from '../base/words.js';
import { type Argument, commandsIn } from '../command.js';
import { readPrefix } from '../connections/via/prefix.js';
import { namesEndpoint } from '../endpoints/name.js';
import { type Line, type LineError, optionsOfLine } from './line.js';
import { guessesCluster, mended } from './mend.js';
import { commandsFor, elsewhere, namesOnly, optionSynonyms } from './synonyms.js';
import { isTopic, tree } from './tree.js';
import { commandSynonymIn, isCommand, optionCalled, optionTargets } from './typed-words.js';

export function usageError({ problem, line }: LineError, argv: readonly string[]): UsageError {
  const via = argv.findIndex((word) => word === '--via' || word.startsWith('--via='));
  const isBehindVia = problem.kind === 'unknownOption' && argv.indexOf(problem.word) > via && via >= 0;
  // They may hold a password.
  if (isBehindVia || (problem.kind === 'excessArguments' && via >= 0))
    return new UsageError('Unexpected words after --via.', "Put it in quotes: --via 'kubectl exec -i POD --'");
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
      return foreignCommand(argv, line) ?? new UsageError(message, guess(argv) ?? below);
    }
    case 'unknownTopic':
      return new UsageError(`Unknown command or topic '${problem.word}'.`, likely(argv) ?? see);
    case 'unknownOption':
      return (
        (line.definition ? undefined : foreignCommand(argv, line)) ?? unknownOption(line, problem.word, argv, see)
      );
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
      const { other } = commandSynonymIn(line.args);
      const { endpoint, place = endpoint }: Record<string, Argument> = line.definition?.args ?? {};
      const isOne = place?.kind === 'optional' && line.args.every(namesEndpoint);
      const several = isOne ? `It takes one: run it once for each. ${see}` : undefined;
      const hint = likely(argv) ?? (other && elsewhereHint(other, line)) ?? several ?? see;
      // Those of login are likely to be keys.
      const shown = name === 'login' ? '' : `: ${listed(extra)}`;
      return new UsageError(`Unexpected argument${extra.length === 1 ? '' : 's'}${shown}.`, hint);
    }
  }
}

/** The error of an argument that is not what it should be, with the line that was probably meant. */
export function otherWord(error: CliError, argv: readonly string[]) {
  const better = guess(argv);
  const isSure =
    error.exit === 'usage' || typeof better === 'string' || !guessesCluster(mended(argv).words ?? [], argv);
  if (isSure || !better || error.hint?.commands.length !== 0) return better ? error.withHint(better) : error;
  return error.withHint({ ...better, text: `${error.hint.text}. ${better.text}` });
}

function elsewhereHint([command, , text]: (typeof elsewhere)[number], line: Line) {
  if (command.startsWith('atlas ')) return { text, commands: [command] };
  // What it prints may have other formats and fields.
  const about = line.globals(['project', 'profile', 'sandbox']);
  return { text, commands: [commandLine(cmd`${command.split(' ')} ${about}`)] };
}

function likely(argv: readonly string[], { words } = mended(argv)) {
  if (!words || words.join(' ') === argv.join(' ')) return undefined;
  const text = guessesCluster(words, argv) ? 'If it is the name of a cluster:' : 'Did you mean:';
  return { text, commands: [commandLine(cmd`${words.flatMap(withoutSecrets)}`)] };
}

/** A prefix of doctor --via may hold a password. */
function withoutSecrets(word: string, index: number, words: readonly string[]) {
  if (word.startsWith('--via=')) return ['--via', readPrefix(word.slice('--via='.length)).shown];
  return words[index - 1] === '--via' ? readPrefix(word).shown : word;
}

function guess(argv: readonly string[]) {
  const meant = mended(argv);
  const { command } = meant;
  const isTyped = `${argv.join(' ')} `.startsWith(`${command} `);
  return likely(argv, meant) ?? (command === undefined || isTyped ? undefined : guessed(command));
}

function foreignCommand(argv: readonly string[], line: Line) {
  const { at, words, targets, other: named } = commandSynonymIn(argv);
  const isProgram = targets.includes('');
  const other = named ?? (isProgram ? commandSynonymIn(argv.toSpliced(at, words.length)).other : undefined);
  const message = `Unknown command '${words.join(' ')}'.`;
  if (other) return new UsageError(message, elsewhereHint(other, line));
  if (targets.length === 0) return undefined;
  const hint = guess(argv) ?? (isProgram ? undefined : guessed(targets.join(' or ')));
  return hint ? new UsageError(message, hint) : undefined;
}

function unknownOption(line: Line, word: string, argv: readonly string[], see: string) {
  const [name = word, value = argv[argv.indexOf(word) + 1] ?? ''] = word.split('=');
  // `create --kind streams`, as with kubectl.
  const [other] = name === '--kind' ? commandsFor(elsewhere, [value]) : [];
  if (other?.[0].startsWith('atlas ')) return new UsageError(`Unknown option '${name}'.`, elsewhereHint(other, line));
  const own = Object.keys(optionsOfLine(line)).map(longName);
  // A flag that was given a value: --json=yes. commander reads -q=yes as -q and -=yes.
  if (name === '-') return new UsageError('The option before = does not take a value.', see);
  const better = likely(argv);
  if (name !== word && own.includes(name)) return new UsageError(`${name} does not take a value.`, better ?? see);
  const isMisplaced = !line.definition && ownersOf(name).length > 0;
  const message = isMisplaced ? `${name} must come after the command.` : `Unknown option '${name}'.`;
  if (better) return new UsageError(message, better);
  const orCluster = own.includes('--cluster') ? ', or --cluster' : '';
  if (name === '--all' && line.definition?.args?.endpoint)
    return new UsageError(message, `It takes one endpoint${orCluster}: run it once for each. ${see}`);
  // One letter means too much.
  const targets = [name, ...optionTargets(name, name.length > 2 ? [...optionSynonyms, ...namesOnly] : namesOnly)];
  const here = targets.filter((each) => own.includes(each) || isCommand(each));
  if (here.length > 0) return new UsageError(message, guessed(oneOf(here)));
  const there = targets.find((each) => !own.includes(each) && ownersOf(each).length > 0);
  if (there !== undefined) return new UsageError(message, `Commands with ${there}: ${listed(ownersOf(there))}`);
  const near = closestOption(name, [...own, '--help', '--version']);
  return new UsageError(message, near ? guessed(near) : see);
}

function ownersOf(word: string) {
  const owners = commandsIn(tree).filter(([, { flags = {} }]) => optionCalled(word, flags));
  return owners.map(([path]) => path.join(' '));
}
