import { longName } from '../../base/shell.js';
import type { Option, Source } from '../../command.js';
import { type Line, LineError, optionsOfLine, withoutValue } from '../line.js';
import { createProgram } from '../parser.js';

export interface Typed {
  /** The command so far: a command, a group, or the program itself. */
  line: Line;
  args: readonly string[];
  given: ReadonlyMap<string, readonly string[]>;
  option: { name: string; spec: Exclude<Option, { kind: 'flag' }> } | undefined;
  /** The part of the word before that value: `--output=`, `-o`, or up to the last comma. */
  head: string;
  current: string;
}

export function sourceOf({ option, line, args }: Typed): Source | undefined {
  if (option) return option.spec.from;
  const declared = Object.values(line.definition?.args ?? {});
  const argument = declared[args.length] ?? declared.at(-1);
  return args.length < declared.length || argument?.kind === 'several' ? argument?.from : undefined;
}

/** Reads the words after the program's name. The last word is being typed. Undefined if there is no such command. */
export function readTyped(words: readonly string[]): Typed | undefined {
  const complete = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  let read = readLine(complete);
  const word = complete.at(-1) ?? '';
  const isOptional =
    typeof read === 'object' && !last.startsWith('-') && optionCalled(read.line, word)?.spec.optionalValue;
  // The last complete word is an option, and the current word is its value.
  const awaiting = isOptional ? word : typeof read === 'string' ? read : undefined;
  if (awaiting !== undefined) read = readLine(complete.slice(0, -1));
  if (read === undefined || typeof read === 'string') return undefined;
  const { line } = read;
  const typed = { ...read, option: undefined, head: '', current: last };
  if (awaiting !== undefined) return withValue(typed, optionCalled(line, awaiting), '', last);
  const [, name = '', value] = /^(--[^=]+=|-\w=?)(.*)$/s.exec(last) ?? [];
  const option = value === undefined ? undefined : optionCalled(line, name.replace('=', ''));
  return option && (name.startsWith('--') || value !== '') ? withValue(typed, option, name, value ?? '') : typed;
}

function withValue(typed: Typed, option: Typed['option'], head: string, text: string) {
  if (!option) return typed;
  // Only the last of several values is being typed.
  const before = option.spec.kind === 'values' ? text.slice(0, text.lastIndexOf(',') + 1) : '';
  return { ...typed, option, head: head + before, current: text.slice(before.length) };
}

function optionCalled(line: Line, word: string) {
  for (const [name, spec] of Object.entries(optionsOfLine(line))) {
    if (spec.kind !== 'flag' && (longName(name) === word || `-${spec.short}` === word)) return { name, spec };
  }
  return undefined;
}

/** Reads what is there. Returns the last option if only its value is missing, and undefined for wrong input. */
function readLine(words: readonly string[]) {
  const program = createProgram();
  program.isLenient = true;
  try {
    const { line } = program.reach(words);
    const given = new Map<string, readonly string[]>();
    for (const name of Object.keys(optionsOfLine(line))) {
      const found = line.wordsOf(name);
      if (found && found[0] !== withoutValue) given.set(name, found);
    }
    return { line, args: line.args.filter((word) => !word.startsWith('-')), given };
  } catch (thrown) {
    return thrown instanceof LineError && thrown.problem.kind === 'missingValue' ? thrown.problem.option : undefined;
  }
}
