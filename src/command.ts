/* A command as data. Parser, help, man page, reference, completion, the check of --fields and option types come from it. */

import { longName } from './base/shell.js';
import { oneOf } from './base/words.js';
import { formatNames } from './ui/formats.js';
import { logFormats } from './ui/messages.js';

/** A named list of values for completion. The lists are in `cli/completion/sources.ts`. */
export type SourceName =
  | 'clusters'
  | 'commands'
  | 'endpoints'
  | 'fields'
  | 'files'
  | 'formats'
  | 'interfaces'
  | 'newRegions'
  | 'connectable'
  | 'ownProfiles'
  | 'profiles'
  | 'projects'
  | 'awsRegions'
  | 'regions'
  | 'settings'
  | 'settingValues'
  | 'sortKeys'
  | 'waitables';

export type Source = SourceName | readonly string[];

export interface Flag {
  kind: 'flag';
  /** What it does: a few words without a period. */
  help: string;
  /** One letter. */
  short?: string;
}

/** An option with one value, which can't be given twice, or with several: repeated, or comma-separated. */
export interface Value<Kind = 'value'> extends Omit<Flag, 'kind'> {
  kind: Kind;
  /** How help shows the value: `<region>`; `[id]` if it may be left out. */
  term: string;
  from?: Source;
  /** The option may end the line or stand before another option. Its value is `true` then. */
  optionalValue?: true;
}

export type Option = Flag | Value | Value<'values'>;

/** Options by name, in camel case: `ifNotExists` is `--if-not-exists`. */
export type Options = Readonly<Record<string, Option>>;

export interface Argument {
  kind: 'required' | 'optional' | 'several';
  help: string;
  from?: Source;
  /** How help shows it, if different from its name here. */
  term?: string;
}

export interface Definition {
  name: string;
  aliases?: readonly string[];
  /** What it does: a few words without a period. */
  summary: string;
  details?: string;
  /** By the name that help shows, in the order of the command line. Only the last one may be `several`. */
  args?: Readonly<Record<string, Argument>>;
  flags?: Options;
  /** Its arguments follow `--`: they are another command. */
  runsCommand?: true;
  /** A second form for the usage line: `wait until <status> [options] [endpoint...]`. */
  usage?: string;
  fields?: readonly string[] | ((options: Given) => readonly string[]);
  /** Output formats that only a few commands support, with their help texts. */
  formats?: Readonly<Record<string, string>>;
  /** Command lines without `atlas-pe`. */
  examples: readonly string[];
  /** It changes what exists, always or with this flag (then `--project` alone requires a terminal), or it only `adds`. */
  changes?: 'always' | 'finish' | 'adds';
  /** `tolerated`: works even if the configuration can't be read. `ignored`: doesn't read it. */
  configuration?: 'tolerated' | 'ignored';
  /** Loads what the command does. `cli/tree.ts` checks that it accepts the options declared here. */
  run: () => Promise<unknown>;
}

export interface CommandGroup {
  name: string;
  summary: string;
  details?: string;
  examples: readonly string[];
  commands: readonly Definition[];
}

export type Given = Readonly<Record<string, boolean | string | readonly string[] | undefined>>;

type NoValue<O> = O extends { optionalValue: true } ? true : never;
type OptionValue<O> = O extends Flag ? boolean : O extends Value ? string | NoValue<O> : readonly string[];
type ArgumentValue<A> = A extends { kind: 'required' }
  ? string
  : A extends { kind: 'several' }
    ? readonly string[]
    : string | undefined;

type Named<Declared, Name extends string> = Declared extends { [name in Name]: infer Found } ? Found : unknown;

type FlagsOf<Flags> = { [Name in keyof Flags]?: OptionValue<Flags[Name]> | undefined };
type ArgsOf<Args> = { [Name in keyof Args]: ArgumentValue<Args[Name]> };

export type OptionsOf<D> = Omit<Globals, keyof Named<D, 'flags'>> &
  FlagsOf<Named<D, 'flags'>> &
  ArgsOf<Named<D, 'args'>>;

export function command<const D extends Definition>(definition: D): D {
  return definition;
}

export function group<const G extends CommandGroup>(definition: G): G {
  return definition;
}

export function flag(help: string, more: Pick<Flag, 'short'> = {}): Flag {
  return { kind: 'flag', help, ...more };
}

export function value(term: string, help: string, from?: Source, more: Pick<Flag, 'short'> = {}): Value {
  return { kind: 'value', term, help, ...(from && { from }), ...more };
}

export function values(term: string, help: string, from?: Source): Value<'values'> {
  return { kind: 'values', term, help, ...(from && { from }) };
}

function argument<Kind extends Argument['kind']>(kind: Kind) {
  return (help: string, from?: Source, term?: string) => ({
    kind,
    help,
    ...(from && { from }),
    ...(term && { term }),
  });
}

export const [required, optional, several] = [argument('required'), argument('optional'), argument('several')];

/** The global options. They are also allowed before the command. */
export const everywhere = {
  project: {
    ...value('[id]', 'id or name of the Atlas project; alone: choose one', 'projects'),
    optionalValue: true,
  },
  profile: value('<name>', 'profile to use', 'profiles'),
  sandbox: flag('use the built-in Atlas sandbox'),
  output: value('<format>', `output format: ${oneOf(formatNames)}`, 'formats', { short: 'o' }),
  json: flag('same as --output json'),
  query: value('<expression>', 'JMESPath expression: what to print of the JSON'),
  fields: values('<name>', 'keys or columns to print, comma-separated', 'fields'),
  quiet: flag('hide progress and hints', { short: 'q' }),
  verbose: flag('show each request on stderr', { short: 'v' }),
  logFormat: value('<format>', 'format of stderr: text or json (default: text)', logFormats),
  noColor: flag('disable color'),
} as const;

export type Globals = FlagsOf<typeof everywhere>;

export function fieldsOf({ fields = [] }: Definition, options: Given) {
  return typeof fields === 'function' ? fields(options) : fields;
}

export function optionWithField(definition: Definition, options: Given, field: string) {
  const adds = (name: string) => fieldsOf(definition, { ...options, [name]: true }).includes(field);
  const name = Object.keys(definition.flags ?? {}).find(adds);
  return name && longName(name);
}

/** `-o, --output <format>`; for several values `--add <region,...>`. */
export function optionTerm(name: string, option: Option) {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  if (option.kind === 'flag') return `${short}${longName(name)}`;
  const term = option.kind === 'values' ? option.term.replace(/>$/, ',...>') : option.term;
  return `${short}${longName(name)} ${term}`;
}

export function argumentTerm(key: string, { kind, term = key }: Argument) {
  if (kind === 'required') return `<${term}>`;
  return kind === 'several' ? `[${term}...]` : `[${term}]`;
}

/** These commands and those of groups, each with its path: `['interface', 'add']`. */
export function commandsIn(branches: readonly (Definition | CommandGroup)[]): [path: string[], Definition][] {
  return branches.flatMap((branch): [string[], Definition][] =>
    isGroup(branch) ? branch.commands.map((each) => [[branch.name, each.name], each]) : [[[branch.name], branch]],
  );
}

export function isGroup(branch: Definition | CommandGroup): branch is CommandGroup {
  return 'commands' in branch;
}
