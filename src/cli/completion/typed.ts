import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { nameIn } from '../../program/flags.js';
import { allCommands, isCalled, isList } from '../../program/shared.js';

/** A command line that is being typed, as far as the cursor. */
export interface Typed {
  /** The command it names so far, its groups before it: `interface add`; `` where it names none yet. */
  path: string;
  /** That command, a group of commands, or the program itself. */
  command: CommandUnknownOpts;
  /** The arguments of the command that are complete. */
  args: readonly string[];
  /** The options that are complete, by their long names without dashes, with their values. */
  given: ReadonlyMap<string, readonly string[]>;
  /** The option whose value is being typed. */
  option: string | undefined;
  /** What stands before that value in the same word: `--output=`, `-o`, `us-east-1,`. */
  head: string;
  /** What is being typed: the last word without its head. */
  current: string;
}

/** A word that is, or begins with, the name of an option. */
interface Named {
  option: Option;
  head: string;
  /** Undefined where it isn't in the same word. */
  value: string | undefined;
}

/** Reads the words after the program's name, the last of which is being typed. Undefined where they name no command. */
export function readTyped(program: CommandUnknownOpts, words: readonly string[]): Typed | undefined {
  // Options may stand before the command, so those of all commands are known from the start.
  const all = allCommands(program).flatMap((each) => each.options);
  const options = () => [...command.options, ...all];
  const given = new Map<string, string[]>();
  const note = ({ option, value }: Pick<Named, 'option' | 'value'>) => {
    const values = value === undefined ? [] : isList(option) ? value.split(',') : [value];
    given.set(nameOf(option), [...(given.get(nameOf(option)) ?? []), ...values]);
  };
  const path: string[] = [];
  const args: string[] = [];
  let command = program;
  /** The option that takes the next word. */
  let open: Option | undefined;

  for (const word of words.slice(0, -1)) {
    if (open) {
      note({ option: open, value: word });
      open = undefined;
      continue;
    }
    const named = readOption(word, options());
    if (named) {
      if (takesValue(named.option) && named.value === undefined) open = named.option;
      else note(named);
    } else if (word.startsWith('-') && word !== '-') {
      // An option that nobody knows, or `--`.
    } else if (command.commands.length === 0 || path[0] === 'help') args.push(word);
    else {
      const next = command.commands.find((each) => isCalled({ name: each.name() }, word));
      if (!next && (word !== 'help' || path.length > 0)) return undefined;
      path.push(next?.name() ?? word);
      command = next ?? command;
    }
  }
  const typed = { path: path.join(' '), command, args, given };
  const last = words.at(-1) ?? '';
  const named = open ? { option: open, head: '', value: last } : readOption(last, options());
  if (named?.value === undefined || !takesValue(named.option)) {
    return { ...typed, option: undefined, head: '', current: last };
  }
  const { option, value } = named;
  // Of several values it is the last one that is being typed.
  const start = isList(option) ? value.lastIndexOf(',') + 1 : 0;
  if (start > 0) note({ option, value: value.slice(0, start - 1) });
  return { ...typed, option: nameOf(option), head: named.head + value.slice(0, start), current: value.slice(start) };
}

function readOption(word: string, options: readonly Option[]): Named | undefined {
  const name = nameIn(word);
  const option = options.find(({ short, long }) => name === short || name === long);
  if (!option) return undefined;
  const head = word.startsWith(`${name}=`) ? `${name}=` : name;
  return { option, head, value: word === name ? undefined : word.slice(head.length) };
}

export function nameOf(option: Option): string {
  return option.long?.slice(2) ?? '';
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}
