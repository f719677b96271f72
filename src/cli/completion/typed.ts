import { longName } from '../../base/option-name.js';
import { everywhere, type Option, type Source } from '../../command.js';
import { type Line, LineError } from '../line.js';
import { createProgram } from '../parser.js';

/** A command line that is being typed, as far as the cursor. */
export interface Typed {
  /** The command that it names so far, a noun, or the program itself. */
  line: Line;
  /** The arguments of the command that are complete. */
  args: readonly string[];
  /** The options that are complete, with their values. */
  given: ReadonlyMap<string, readonly string[]>;
  /** The option whose value is being typed. */
  option: { name: string; spec: Exclude<Option, { kind: 'flag' }> } | undefined;
  /** What stands before that value in the same word: `--output=`, `-o`, and before the last comma. */
  head: string;
  /** What is being typed: the last word without its head. */
  current: string;
}

/** What the word that is being typed may become. */
export function sourceOf({ option, line, args }: Typed): Source | undefined {
  if (option) return option.spec.from;
  const declared = Object.values(line.definition?.args ?? {});
  const argument = declared[args.length] ?? declared.at(-1);
  return args.length < declared.length || argument?.kind === 'several' ? argument?.from : undefined;
}

/** Reads the words after the program's name, the last of which is being typed. Undefined where they name no command. */
export function readTyped(words: readonly string[]): Typed | undefined {
  const complete = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  let read = readLine(complete);
  // The last complete word is an option that takes the word being typed.
  const awaiting = read?.awaiting;
  if (awaiting !== undefined) read = readLine(complete.slice(0, -1));
  if (!read) return undefined;
  const { line } = read;
  const typed = { ...read, option: undefined, head: '', current: last };
  if (awaiting !== undefined) return withValue(typed, optionCalled(line, awaiting), '', last);
  const [, name = '', value] = /^(--[^=]+=|-\w=?)(.*)$/s.exec(last) ?? [];
  const option = value === undefined ? undefined : optionCalled(line, name.replace('=', ''));
  return option && (name.startsWith('--') || value !== '') ? withValue(typed, option, name, value ?? '') : typed;
}

function withValue(typed: Typed, option: Typed['option'], head: string, text: string): Typed {
  if (!option) return typed;
  // Of several values only the last one is being typed.
  const before = option.spec.kind === 'values' ? text.slice(0, text.lastIndexOf(',') + 1) : '';
  return { ...typed, option, head: head + before, current: text.slice(before.length) };
}

/** The options of a command, those of every command included; of a noun only the latter. */
export function optionsOf(line: Line): Readonly<Record<string, Option>> {
  return { ...everywhere, ...line.definition?.flags };
}

function optionCalled(line: Line, word: string): Typed['option'] {
  for (const [name, spec] of Object.entries(optionsOf(line))) {
    if (spec.kind !== 'flag' && (longName(name) === word || `-${spec.short}` === word)) return { name, spec };
  }
  return undefined;
}

/** Reads as much as there is: what is missing is yet to be typed, and what is wrong is not completed. */
function readLine(words: readonly string[]) {
  const program = createProgram();
  program.isLenient = true;
  try {
    const { line } = program.reach(words);
    const given = new Map<string, readonly string[]>();
    for (const name of Object.keys(optionsOf(line))) {
      const found = line.wordsOf(name);
      if (found) given.set(name, found);
    }
    return { line, args: line.args.filter((word) => !word.startsWith('-')), given, awaiting: undefined };
  } catch (thrown) {
    if (!(thrown instanceof LineError) || thrown.problem.kind !== 'missingValue') return undefined;
    return {
      line: thrown.line,
      args: [],
      given: new Map<string, readonly string[]>(),
      awaiting: thrown.problem.option,
    };
  }
}
