import { interfaceKind } from '../atlas/model.js';
import { longName } from '../base/shell.js';
import { closest } from '../base/words.js';
import { clouds, defaultProvider } from '../clouds/all.js';
import { cloudsOf, regionsNamed } from '../clouds/regions.js';
import { type Argument, fieldsOf } from '../command.js';
import { namesEndpoint } from '../endpoints/name.js';
import { formatNames } from '../ui/formats.js';
import { type Line, LineError, optionsOfLine } from './line.js';
import { type ParsedLine, parse } from './parser.js';
import { commandSynonyms, commandsFor, optionSynonyms } from './synonyms.js';
import { topicNames } from './tree.js';
import {
  type Argv,
  commandAt,
  commandSynonymIn,
  inPlainLetters,
  isCommand,
  isValue,
  optionCalled,
  optionTargets,
  startsCommand,
  statuses,
  valueWords,
} from './typed-words.js';

type Run = Extract<ParsedLine, { kind: 'run' }>;

const mostTries = 40;

/** Words that stand for a missing argument. */
const [place, endpoint] = ['REGION', 'ENDPOINT'];

/** Their names. The module of settings would load much more. */
const settings = /^(?:project|provider|output|base-url|\w+-key|client-\w+|access-token|secret-store)$/;

const stringOrHost = /^mongodb|\.mongodb\w*\.net/i;

/** The line in our words; undefined if it can't be run, or isn't clear. `command`: what it is about in any case. */
export function mended(argv: Argv) {
  const lines = [inPlainLetters(argv)];
  let command: string | undefined;
  let unsure: Argv | undefined;
  for (const [tries, words] of lines.entries()) {
    if (tries === mostTries) break;
    try {
      const parsed = parse(words);
      const others = parsed.kind === 'run' ? otherMeanings(words, parsed, argv) : undefined;
      if (others) lines.push(...others);
      else if (parsed.kind !== 'help' || words.some((word) => /^(?:help|--help|-h)$/.test(word))) {
        if (!words.includes(place) && !words.includes(endpoint) && !guessesCluster(words, argv))
          return { words: withoutSecret(words), command };
        unsure ??= words;
      }
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      if (error.line.definition && error.problem.kind !== 'excessArguments') command ??= error.line.path.join(' ');
      lines.push(...repairs(words, error));
    }
  }
  return { words: unsure, command };
}

/** Without the value of a secret: `config set` asks for it. */
function withoutSecret(words: Argv) {
  const at = words.findIndex((word) => /^(?:private-key|client-secret|access-token)$/.test(word));
  return words[0] === 'config' && at > 0 ? words.slice(0, at + 1) : words;
}

/** Whether a line changes nothing, or only what was typed: each word that can begin a command is of its own, or stays. */
function isMeant(words: Argv, { line, definition }: Run, argv: Argv): boolean {
  if ((definition.fields && !definition.changes) || words.includes('--cluster')) return true;
  const own = [...line.path, ...line.aliases()];
  const { at, words: phrase } = commandSynonymIn(argv);
  const others = phrase.length > 1 ? argv.toSpliced(at, phrase.length) : argv;
  return others
    .filter((word) => /^\w/.test(word) && startsCommand(word))
    .every((word) => {
      const targets = commandsFor(commandSynonyms, [word]).map(([ours]) => ours.replace(/ .*/, ''));
      const stays = words.includes(word) || (word !== argv[at] && words.includes(`--${word}`));
      return stays || own.includes(word) || targets.includes('') || targets.includes(own[0] ?? '');
    });
}

/** Whether a word became the name of a cluster, although nothing says that it is one. */
export function guessesCluster(words: Argv, argv: Argv) {
  return words.includes('--cluster') && !argv.some((word) => /^(?:--)?clusters?\b/i.test(word));
}

function repairs(argv: Argv, { problem, line }: LineError): string[][] {
  // Behind `--`, it would be a word of the other command.
  if (problem.kind === 'missingValue')
    return argv.includes('--') ? [] : [[...argv.filter((each) => each !== '--project'), '--project']];
  const options = problem.kind === 'unknownOption' ? withOption(argv, problem.word, line) : [];
  if (line.definition && problem.kind !== 'excessArguments') return options;
  const { at, words, targets } = commandSynonymIn(argv);
  const isEnd = (argv[at + words.length] ?? '-').startsWith('-');
  const fitting = targets.filter((ours) => ours !== 'list' || isEnd);
  const commands = fitting.map((ours) => argv.toSpliced(at, words.length, ...ours.split(' ').filter(Boolean)));
  if (problem.kind === 'excessArguments') {
    const meant = line.args.flatMap((word) => withMeaning(argv, word, line));
    return [...commands, ...withExtra(argv, problem.extra, line), ...meant];
  }
  if (problem.kind === 'unknownTopic') {
    const { word } = problem;
    const topics = isValue(word) ? [['connect']] : commandsFor(commandSynonyms, [word]);
    const near = withCommand(argv, word.split(' ').at(-1) ?? '', line);
    return [...near, ...topics.map(([ours]) => ['help', ...ours.split(' ')])];
  }
  if (problem.kind === 'unknownCommand') return [...commands, ...withCommand(argv, problem.word, line)];
  return [...options, ...commands, ...(problem.kind === 'unknownOption' ? moved(argv, problem.word) : [])];
}

/** Lines for a word in the place of a command: an endpoint, misspelled, or before the command (`enable regional-mode`). */
function withCommand(argv: Argv, word: string, line: Line): string[][] {
  if (namesEndpoint(word) || interfaceKind(word) || stringOrHost.test(word)) return behind(argv, word);
  const at = argv.indexOf(word);
  const next = argv[at + 1] ?? '';
  const swapped = line.child(next) ? [argv.toSpliced(at, 2, next, word)] : [];
  const names = line.commands.flatMap((each) => [each.name(), ...each.aliases()]);
  const near = startsCommand(word)
    ? undefined
    : closest(word, [...names, ...(line === line.root ? Object.keys(topicNames) : [])]);
  // `connect-cluster`, `list-endpoints`.
  const parts = word.split(/-(.*)/, 2);
  const split = line.child(`${parts[0]}`) ? [argv.toSpliced(at, 1, ...parts)] : swapped;
  return near ? [argv.with(at, near)] : split;
}

/** The line with a word that names an endpoint behind the command that follows it. Alone, it is to be shown. */
function behind(argv: Argv, word: string): string[][] {
  const at = argv.indexOf(word);
  const others = argv.toSpliced(at, 1);
  if (others.length === at) return [argv.toSpliced(at, 0, 'list')];
  return [1, 2].map((count) => others.toSpliced(at + count, 0, word));
}

/** Lines for a line that is parsed but can't be meant: an argument can't name an endpoint, or a region is missing. */
function otherMeanings(argv: Argv, run: Run, typed: Argv) {
  const { line, definition, options } = run;
  const { args = {}, flags = {}, changes } = definition;
  const stray = strayWord(run);
  if (stray !== undefined) return withMeaning(argv, stray, line);
  const named = `${options.endpoint ?? ''}`;
  // For several clusters, a region is an option.
  if (named !== '' && Array.isArray(options.cluster))
    return [argv.toSpliced(argv.lastIndexOf(named), 1, '--region', named)];
  if (hasOddValue(run)) return [];
  if (args.place && !options.place && !options.region) return [[...argv, place]];
  const created = args.place ? (options.place ?? options.region) : line.name() === 'connect' && named;
  const [known, ...more] = options.provider ? [] : regionsNamed(`${created}`);
  if (known && more.length === 0 && known.provider !== defaultProvider)
    return [[...argv, '--provider', known.provider.toLowerCase()]];
  const required = args.interface && !flags.cluster ? 'interface' : 'endpoint';
  const isGiven = options[required] ?? options.cluster ?? interfaceKind(named);
  if (changes === 'always' && options.yes && args.endpoint && !isGiven)
    return named === '' ? [[...argv, endpoint]] : [];
  return isMeant(argv, run, typed) ? undefined : [];
}

/** The first argument that should name an endpoint, and can't. */
function strayWord({ line, definition }: Run) {
  const source = Object.values<Argument>(definition.args ?? {})[0]?.from;
  const words = source === 'waitables' && line.args[0] === 'until' ? line.args.slice(2) : line.args;
  const named = source === 'waitables' ? words : words.slice(0, 1);
  const strays = named.filter((word) => !namesEndpoint(word) && word !== place && word !== endpoint);
  // A single word can also be the name of an interface endpoint. It is only wrong if it means something else.
  if (source === 'interfaces' && words.length === 1)
    return strays.find((word) => !interfaceKind(word) && withMeaning([word], word, line).length > 0);
  if (!/^(?:endpoints|interfaces|waitables|newRegions)$/.test(`${source}`)) return undefined;
  return strays[0];
}

/** Whether a value can't be what it stands for, so that no line with it can be run. */
function hasOddValue({ line, definition, options }: Run) {
  if (definition.args?.name?.from === 'settings' && !settings.test(`${line.args[0]}`)) return true;
  const listed = [options.add ?? [], options.status ?? []].flat().map(String);
  if (!listed.every((each) => namesEndpoint(each) || statuses.test(each))) return true;
  if (regionsNamed(`${options.interface}`).length > 0) return true;
  const formats = [...formatNames, ...Object.keys(definition.formats ?? {})];
  return !formats.includes(`${options.output ?? 'table'}`.toLowerCase());
}

/** The line with another meaning of an argument: an option's value, another order, nothing. */
function withMeaning(argv: Argv, word: string, line: Line): string[][] {
  const at = argv.lastIndexOf(word);
  const rest = argv.toSpliced(at, 1);
  const start = commandAt(rest);
  const name = line.name();
  const lines: string[][] = [];
  for (const [words, options] of valueWords) {
    const option = options.find((each) => optionCalled(each, optionsOfLine(line))?.kind.startsWith('value'));
    if (option && words.test(word)) lines.push([...rest, option, word]);
  }
  if (stringOrHost.test(word) && name !== 'doctor')
    lines.push(rest.toSpliced(start, line.path.length, 'doctor', word.replace(/\/\/.*@/s, '//')));
  const isRead = /^(?:get|list)$/.test(name);
  if (isRead && line.definition && fieldsOf(line.definition, {}).includes(word))
    lines.push([...rest, '--fields', word]);
  // `connect cluster NAME`, `wait all`. Beside what changes something, `profile` is no global option.
  const { changes, flags = {} } = line.definition ?? {};
  if (optionCalled(`--${word}`, changes ? flags : optionsOfLine(line))) lines.push(argv.with(at, `--${word}`));
  if (changes && /^(?:get|show|describe|list|ls|status|info|view)$/.test(word))
    lines.push(rest.toSpliced(start, line.path.length, word));
  if (word === 'all' && name === 'get') lines.push(rest.toSpliced(start, 1, 'list'));
  if (/^(?:until|for|in|on|to|be|from|all)$/.test(word) && (word !== 'all' || !changes)) lines.push(rest);
  // A noun behind its verb: `list regions`, `get endpoint ID`.
  if (startsCommand(word) && !isValue(word))
    lines.push(rest.toSpliced(start, 0, word), ...(isRead ? [rest.toSpliced(start, 1, word)] : []));
  if (interfaceKind(word))
    lines.push(argv.toSpliced(start, line.path.length, 'interface', name.replace('list', 'get')));
  const next = argv[at + 1] ?? '';
  const fits = cloudsOf(next).some((cloud) => clouds[cloud].interfaces.shape.pattern.test(word));
  if (fits && namesEndpoint(next) && !startsCommand(word)) lines.push(rest.toSpliced(at + 1, 0, word));
  else if (interfaceKind(word) && name === 'add') lines.push(argv.toSpliced(at, 0, place));
  return [...lines, ...ofCluster(argv, word, line)];
}

function ofCluster(argv: Argv, word: string, line: Line): string[][] {
  const { definition, path, args } = line;
  const isName = /^(?!(?:all|every\w*|it|on|off|now|please|no)$)[a-z][a-z0-9-]{0,63}$/i.test(word);
  if (!isName || startsCommand(word) || isValue(word) || namesEndpoint(word)) return [];
  const others = args.filter((each) => each !== word);
  if (others.some((each) => regionsNamed(each).length === 0)) return [];
  const at = argv.lastIndexOf(word);
  if (definition?.flags?.cluster) return [argv.toSpliced(at, 1, '--cluster', word)];
  const { endpoint } = definition?.args ?? {};
  if (others.length > 0 || endpoint?.from === 'interfaces' || !(endpoint || definition?.endpointFor)) return [];
  const command = path[0] === 'delete' ? 'disconnect' : 'doctor';
  return [[command, '--cluster', word, ...line.globals()]];
}

/** The line with the options in front of the command behind it, or before `--`. */
function moved(argv: Argv, first: string) {
  const start = argv.indexOf(first);
  const end = commandAt(argv, start);
  if (start === -1 || end === argv.length || argv[end] === '--') return [];
  const stop = argv.includes('--', end) ? argv.indexOf('--', end) : argv.length;
  return [[...argv.slice(0, start), ...argv.slice(end, stop), ...argv.slice(start, end), ...argv.slice(stop)]];
}

/** The line with the excess arguments as values of the option before them, or as the endpoint of another command. */
function withExtra(argv: Argv, extra: Argv, line: Line) {
  const { endpointFor } = line.definition ?? {};
  const options = optionsOfLine(line);
  const [word = ''] = extra;
  const at = argv.lastIndexOf(word);
  const [name, value = ''] = argv.slice(Math.max(0, at - 2), at);
  const option = optionCalled(value.split('=')[0], options) ?? optionCalled(name, options);
  const given = [value, ...extra].join().replace(/,+/g, ',');
  if (option?.kind === 'values') return [argv.toSpliced(at - 1, 1 + extra.length, given)];
  if (endpointFor === undefined || !(namesEndpoint(word) || interfaceKind(word))) return [];
  const isOption = endpointFor.startsWith('-');
  return [argv.toSpliced(isOption ? at : commandAt(argv), isOption ? 0 : 1, endpointFor)];
}

/** The line with what an option stands for, if this command has it and can take the value. */
function withOption(argv: Argv, typed: string, line: Line) {
  const at = argv.indexOf(typed);
  const [name = typed, given] = typed.split(/=(.*)/s);
  const value = (given ?? argv[at + 1] ?? '-').replace(/^condition=/, '');
  const taken = given === undefined ? 2 : 1;
  if (at === -1) return [];
  // `--wait=20m`: the value of another option. `--yes=true`: nothing.
  if (optionCalled(name, optionsOfLine(line))?.kind === 'flag') {
    if (given === 'true') return [argv.with(at, name)];
    return isValue(given ?? '') ? [argv.toSpliced(at, 1, name, given ?? '')] : [];
  }
  // `--deleted`, `--gcp`.
  if (valueWords.slice(0, 2).some(([words]) => words.test(name.slice(2)))) return [argv.with(at, name.slice(2))];
  const near = closest(name, Object.keys(optionsOfLine(line)).map(longName)) ?? [];
  return optionTargets(name, optionSynonyms)
    .concat(near)
    .flatMap((target) => {
      const option = optionCalled(target, optionsOfLine(line));
      if (isCommand(target)) {
        const others = argv.toSpliced(at, 1);
        const words = line.name() === 'list' ? [target, '--all'] : [target];
        return line.definition ? [others.toSpliced(commandAt(others), line.path.length, ...words)] : [];
      }
      if (option?.kind === 'flag' || /^(?:--help|--version|--output .*|)$/.test(target)) {
        const words = argv.includes(target) ? [] : target.split(' ').filter(Boolean);
        return [argv.toSpliced(at, 1, ...words)];
      }
      if (value.startsWith('-')) return [];
      if (target === '--region' && argv.indexOf(value) !== argv.lastIndexOf(value))
        return [argv.toSpliced(at, taken)];
      if (target === '--region' && (!namesEndpoint(value) || / /.test(value))) return [];
      if (target === '--sort' && value.startsWith('.')) return [];
      const list = target === '--output' ? formatNames : option?.kind === 'value' ? option.from : undefined;
      const ours = typeof list === 'object' ? list.find((each) => each.toLowerCase() === value.toLowerCase()) : value;
      if (option) return ours === undefined ? [] : [argv.toSpliced(at, taken, target, ours)];
      const rest = argv.toSpliced(at, taken);
      if (target === 'INTERFACE') return [[...rest, value]];
      return target === 'ENDPOINT' ? [rest.toSpliced(commandAt(rest) + line.path.length, 0, value)] : [];
    });
}
