import type { Command, CommandUnknownOpts, Option, OptionValues } from '@commander-js/extra-typings';
import type { Context, Globals } from '../context.js';
import { UsageError } from '../base/errors.js';
import { formats } from '../ui/formats.js';

/** Makes the context of the one command that a command line names. */
export type Open = (globals: Globals) => Promise<Context>;

/** A command that does something itself, or a noun below which its verbs stand. */
export type Branch = Leaf | Group;

export interface Group {
  name: string;
  summary: string;
  /** Command lines of its verbs, without the program's name. */
  examples: readonly string[];
  verbs: readonly Branch[];
}

export interface Leaf {
  name: string;
  summary: string;
  /** Command lines, without the program's name. */
  examples: readonly string[];
  /** Adds arguments, options and what is done; costs start-up time, so only a command that is meant gets them. */
  declare(command: Command, open: Open): unknown;
}

export function leaf(name: string, summary: string, examples: readonly string[], declare: Leaf['declare']): Leaf {
  return { name, summary, examples, declare };
}

export function group(name: string, summary: string, examples: readonly string[], verbs: readonly Branch[]): Group {
  return { name, summary, examples, verbs };
}

/** Options and an argument that several commands have, and what is said of them. */
export const yes = ['-y, --yes', 'do not ask; needed where there is no terminal'] as const;
export const timeout = ['--timeout <duration>', 'wait this long at most (default: 1h); implies --wait'] as const;
export const onlyEndpoint = [
  '[endpoint]',
  'id, region or Terraform import id (default: the only one there is)',
] as const;

const everywhereHeading = 'Everywhere:';

/** Whether every command has this option. */
export function isEverywhere({ helpGroupHeading }: Option): boolean {
  return helpGroupHeading === everywhereHeading;
}

/** Whether an option takes several values, by commas or by being repeated; its flags say so: `--add <region,...>`. */
export function isList({ flags }: Option): boolean {
  return flags.endsWith(',...>');
}

/**
 * Reads the value of an option, with those that it was given before. No option takes the word behind its value too. Throws
 * a usage error where the option takes one value alone and has one, and where one of several is empty.
 */
export function readValue(option: Option, text: string, before?: string | readonly string[]): string | string[] {
  // commander leaves the sign in the value of a short option: -o=json.
  const value = option.short === undefined ? text : text.replace(/^=/, '');
  if (!isList(option)) {
    if (before === undefined) return value;
    throw new UsageError(`${option.long} is given twice.`, 'Give it once; it takes a single value.');
  }
  const values = value.split(',').map((each) => each.trim());
  if (values.every((each) => each !== '')) return [...(before ?? []), ...values];
  throw new UsageError(`${option.long} has an empty value.`, 'Check for an unset variable or a stray comma.');
}

/** Other names of commands, also of those below a noun. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  list: ['ls'],
  get: ['show', 'describe'],
  delete: ['rm'],
  remove: ['rm'],
};

export function aliasesOf({ name }: { name: string }): readonly string[] {
  return aliases[name] ?? [];
}

/** Whether a word is the name of the command, or another name of it. */
export function isCalled(branch: { name: string }, word: string): boolean {
  return word === branch.name || aliasesOf(branch).includes(word);
}

/** The program, and every command and noun in it. */
export function allCommands(program: CommandUnknownOpts): CommandUnknownOpts[] {
  return [program, ...program.commands.flatMap(allCommands)];
}

/** Adds the options that every command has. */
export function everywhere<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return everywhereButProject(
    command.optionsGroup(everywhereHeading).option('--project <id>', 'id or name of the Atlas project'),
  );
}

/** Adds the options of every command that picks some of the endpoints there are, and those that all have. */
export function ofEndpoints<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return everywhere(
    command
      .option('--provider <provider>', 'only endpoints of this cloud: aws, azure or gcp')
      .option('--region <region>', 'only endpoints in this region'),
  );
}

export function everywhereButProject<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .optionsGroup(everywhereHeading)
    .option('--profile <name>', 'profile of the configuration')
    .option('--sandbox', 'use the built-in Atlas')
    .option(
      '-o, --output <format>',
      `${formats.filter((name) => name !== 'terraform').join(', ')}; get and list also terraform`,
    )
    .option('--json', 'the same as --output json')
    .option('--fields <name,...>', 'only these keys or columns')
    .option('-q, --quiet', 'no progress, no hints')
    .option('-v, --verbose', 'show each request on stderr')
    .option('--no-color', 'no colour');
}

/** Runs a command in its context, and ends that. */
export async function run<T extends Globals>(
  open: Open,
  options: T,
  command: (context: Context, options: T) => Promise<void>,
): Promise<void> {
  const context = await open(options);
  try {
    await command(context, options);
  } finally {
    await context.close();
  }
}
