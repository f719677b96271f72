import { longName } from '../base/shell.js';
import { commandsIn, everywhere, type Option, type Options } from '../command.js';
import { namesEndpoint } from '../endpoints/name.js';
import { formatNames } from '../ui/formats.js';
import { type Line, LineError, optionsOfLine } from './line.js';
import { parse } from './parser.js';
import { commandSynonyms, elsewhere, optionSynonyms, type Rows, targetsOf } from './synonyms.js';
import { tree } from './tree.js';

/** How many lines to try, and how many words a command of another program has. */
const [mostTries, mostWords] = [40, 3];

/** The line in our words; undefined if it can't be run, or isn't clear. `command`: what it is about in any case. */
export function mended(argv: readonly string[]): { words?: readonly string[]; command?: string | undefined } {
  const lines = [argv];
  let command: string | undefined;
  for (const words of lines) {
    try {
      if (parse(words).kind !== 'help' || words.some((word) => /^(?:help|--help|-h)$/.test(word))) return { words };
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      if (error.line.definition) command ??= error.line.path.join(' ');
      if (lines.length < mostTries) lines.push(...repairs(words, error));
    }
  }
  return { command };
}

/** Command lines with one correction, the likeliest first. */
function repairs(argv: readonly string[], { problem, line }: LineError): string[][] {
  // Behind `--`, it would be a word of the other command.
  if (problem.kind === 'missingValue')
    return argv.includes('--') ? [] : [[...argv.filter((each) => each !== '--project'), '--project']];
  const options = problem.kind === 'unknownOption' ? withOption(argv, problem.word, line) : [];
  if (line.definition && problem.kind !== 'excessArguments') return options;
  const { at, words, targets } = commandSynonymIn(argv);
  const commands = targets.map((ours) => argv.toSpliced(at, words.length, ...ours.split(' ').filter(Boolean)));
  if (problem.kind === 'excessArguments') return [...commands, ...withExtra(argv, problem.extra, line)];
  return [...options, ...commands, ...(problem.kind === 'unknownOption' ? moved(argv, problem.word) : [])];
}

/** What starts like the command of another program: its words, where they are, and what they stand for. */
export function commandSynonymIn(argv: readonly string[]) {
  const at = commandAt(argv);
  const words = argv.slice(at, at + mostWords);
  for (; words.length > 0; words.pop()) {
    const typed = words.join(' ').toLowerCase();
    const targets = targetsOf(commandSynonyms, typed);
    const other = elsewhere.find(([, theirs]) => theirs.split(', ').includes(typed));
    if (other || targets.length > 0) return { at, words, targets, other };
  }
  return { at, words, targets: [], other: undefined };
}

export const optionsOfCommands: Options = Object.assign({}, ...commandsIn(tree).map(([, { flags }]) => flags));

export function optionCalled(word: string | undefined, options: Options): Option | undefined {
  return Object.entries(options).find(([name, { short }]) => word === longName(name) || word === `-${short}`)?.[1];
}

/** Where the command begins: behind options and their values, from `start` on. */
function commandAt(argv: readonly string[], start = 0) {
  let at = start;
  while (argv[at]?.startsWith('-') && argv[at] !== '--') {
    const option = optionCalled(argv[at], { ...optionsOfCommands, ...everywhere });
    const isAlone = option?.kind === 'value' && option.optionalValue && argv[at + 1]?.startsWith('-');
    at += option === undefined || option.kind === 'flag' || isAlone ? 1 : 2;
  }
  return Math.min(at, argv.length);
}

/** The line with the options in front of the command behind it, or before `--`. */
function moved(argv: readonly string[], first: string) {
  const start = argv.indexOf(first);
  const end = commandAt(argv, start);
  if (start === -1 || end === argv.length || argv[end] === '--') return [];
  const stop = argv.includes('--', end) ? argv.indexOf('--', end) : argv.length;
  return [[...argv.slice(0, start), ...argv.slice(end, stop), ...argv.slice(start, end), ...argv.slice(stop)]];
}

/** The line with the excess arguments as values of the option before them, or as the endpoint of another command. */
function withExtra(argv: readonly string[], extra: readonly string[], { definition }: Line) {
  const { endpointFor, flags = {} } = definition ?? {};
  const [word = ''] = extra;
  const at = argv.lastIndexOf(word);
  const [name, value = ''] = argv.slice(Math.max(0, at - 2), at);
  const option = optionCalled(value.split('=')[0], flags) ?? optionCalled(name, flags);
  if (option?.kind === 'values') return [argv.toSpliced(at - 1, 1 + extra.length, [value, ...extra].join())];
  if (endpointFor === undefined || !namesEndpoint(word)) return [];
  const isOption = endpointFor.startsWith('-');
  return [argv.toSpliced(isOption ? at : commandAt(argv), isOption ? 0 : 1, endpointFor)];
}

/** What an option may stand for. `--projectId`, `--project_id` and Terraform's `-project-id` become `--project-id`. */
export function optionTargets(name: string, rows: Rows): readonly string[] {
  const long = /^-\w{2}/.test(name) ? `-${name}` : name;
  const form = long.startsWith('--') ? longName(long.slice(2)).replaceAll('_', '-') : long;
  const bare = form.replace(/-(?:ids?|name)$/, '');
  const targets = new Set([form, bare, bare.replace(/s$/, ''), ...targetsOf(rows, bare)]);
  return [...targets].filter((each) => each !== name);
}

export function isCommand(target: string): boolean {
  return /^[a-z]/.test(target);
}

/** The line with what an option stands for, if this command has it and can take the value. */
function withOption(argv: readonly string[], typed: string, line: Line) {
  const at = argv.indexOf(typed);
  const [name = typed, given] = typed.split(/=(.*)/s);
  const value = given ?? argv[at + 1] ?? '-';
  const taken = given === undefined ? 2 : 1;
  if (at === -1) return [];
  return optionTargets(name, optionSynonyms).flatMap((target) => {
    const option = optionCalled(target, optionsOfLine(line));
    if (target === '') return [argv.toSpliced(at, 1)];
    if (isCommand(target)) {
      const others = argv.toSpliced(at, 1);
      return line.definition ? [others.toSpliced(commandAt(others), line.path.length, target)] : [];
    }
    if (option?.kind === 'flag') return [argv.toSpliced(at, 1, target)];
    if (value.startsWith('-')) return [];
    const list = target === '--output' ? formatNames : option?.kind === 'value' ? option.from : undefined;
    const ours = typeof list === 'object' ? list.find((each) => each.toLowerCase() === value.toLowerCase()) : value;
    if (option) return ours === undefined ? [] : [argv.toSpliced(at, taken, target, ours)];
    const rest = argv.toSpliced(at, taken);
    if (target === 'INTERFACE') return [[...rest, value]];
    return target === 'ENDPOINT' ? [rest.toSpliced(commandAt(rest) + line.path.length, 0, value)] : [];
  });
}
