/*
 * What a command is: its name, arguments and options as data. The parser, the help, the man page, the reference, completion,
 * the check of --fields and the types of what a command gets are all made from it.
 */

import { oneOf } from './base/listed.js';
import { longName } from './base/option-name.js';
import { formatNames } from './ui/formats.js';

/** A list of values that completion knows by name; `cli/completion/sources.ts` has them. */
export type SourceName =
  | 'commands'
  | 'connectables'
  | 'endpoints'
  | 'fields'
  | 'files'
  | 'formats'
  | 'interfaces'
  | 'newRegions'
  | 'ownProfiles'
  | 'profiles'
  | 'projects'
  | 'awsRegions'
  | 'regions'
  | 'settings'
  | 'settingValues'
  | 'sortKeys'
  | 'visibleSettings'
  | 'waitables';

/** What a value may be, for completion: the values themselves, or a named source of them. */
export type Source = SourceName | readonly string[];

interface Told {
  /** What it does, in a few words without a full stop. */
  help: string;
  /** One letter. */
  short?: string;
}

/** An option without a value. */
export interface Flag extends Told {
  kind: 'flag';
}

/** An option with one value; it can't be given twice. */
export interface Value extends Told {
  kind: 'value';
  /** What help calls the value: `<region>`. */
  term: string;
  from?: Source;
}

/** An option that may be repeated, and takes several values separated by commas. */
export interface Values extends Told {
  kind: 'values';
  term: string;
  from?: Source;
}

export type Option = Flag | Value | Values;

/** By name in camel case: `ifNotExists` is `--if-not-exists`. */
export type Options = Readonly<Record<string, Option>>;

export interface Argument {
  kind: 'required' | 'optional' | 'several';
  help: string;
  from?: Source;
  /** What help calls it, where that isn't its name here. */
  term?: string;
}

export interface Definition {
  name: string;
  aliases?: readonly string[];
  /** What it does, in a few words without a full stop. */
  summary: string;
  /** By the name that help shows, in the order of the command line; only the last one may be `several`. */
  args?: Readonly<Record<string, Argument>>;
  flags?: Options;
  /** Another way to write it, for the usage line: `wait until <status> [options] [endpoint...]`. */
  usage?: string;
  /** The keys that its output can have, which --fields picks from. */
  fields?: readonly string[] | ((options: Given) => readonly string[]);
  /** Output formats that only it and few others have, with what help says of them. */
  formats?: Readonly<Record<string, string>>;
  /** Command lines, without the program's name. */
  examples: readonly string[];
  /** The option, or the command, that was meant where it was given an endpoint as an argument it doesn't take. */
  endpointFor?: string;
  /** Whether it works without a configuration that can be read; `ignored` where it doesn't even look for one. */
  configuration?: 'tolerated' | 'ignored';
  /** Loads what it does; `commands/all.ts` checks that its `run` takes the options that are declared here. */
  run: () => Promise<unknown>;
}

/** A noun with its own commands: `interface add`. */
export interface Group {
  name: string;
  summary: string;
  examples: readonly string[];
  commands: readonly (Definition | Group)[];
}

/** What a command line gave: by the names of options and arguments. */
export type Given = Readonly<Record<string, boolean | string | readonly string[] | undefined>>;

type OptionValue<O> = O extends Flag ? boolean : O extends Value ? string : readonly string[];
type ArgumentValue<A> = A extends { kind: 'required' }
  ? string
  : A extends { kind: 'several' }
    ? readonly string[]
    : string | undefined;

type Named<Declared, Name extends string> = Declared extends { [name in Name]: infer Found } ? Found : unknown;

type FlagsOf<Flags> = { [Name in keyof Flags]?: OptionValue<Flags[Name]> | undefined };
type ArgsOf<Args> = { [Name in keyof Args]: ArgumentValue<Args[Name]> };

/** What the `run` of a command gets: its options, its arguments, and the options that every command has. */
export type OptionsOf<D> = Omit<Globals, keyof Named<D, 'flags'>> &
  FlagsOf<Named<D, 'flags'>> &
  ArgsOf<Named<D, 'args'>>;

/** Declares a command; the type keeps the names and kinds of what it takes. */
export function command<const D extends Definition>(definition: D): D {
  return definition;
}

export function group<const G extends Group>(definition: G): G {
  return definition;
}

export function flag(help: string, more: { short?: string } = {}): Flag {
  return { kind: 'flag', help, ...more };
}

export function value(term: string, help: string, from?: Source, more: { short?: string } = {}): Value {
  return { kind: 'value', term, help, ...(from && { from }), ...more };
}

export function values(term: string, help: string, from?: Source): Values {
  return { kind: 'values', term, help, ...(from && { from }) };
}

export function required(help: string, from?: Source, term?: string) {
  return { kind: 'required', help, ...(from && { from }), ...(term && { term }) } as const;
}

export function optional(help: string, from?: Source) {
  return { kind: 'optional', help, ...(from && { from }) } as const;
}

export function several(help: string, from?: Source) {
  return { kind: 'several', help, ...(from && { from }) } as const;
}

/** The options that every command has; they may stand before the command too. */
export const everywhere = {
  project: value('<id>', 'id or name of the Atlas project', 'projects'),
  profile: value('<name>', 'profile of the configuration', 'profiles'),
  sandbox: flag('use the built-in Atlas sandbox'),
  output: value('<format>', `output format: ${oneOf(formatNames)}`, 'formats', { short: 'o' }),
  json: flag('same as --output json'),
  jq: value('<expression>', 'filter the JSON with a jq expression; implies --json'),
  fields: values('<name>', 'comma-separated keys or columns', 'fields'),
  header: flag('print a header line above tab-separated lines'),
  quiet: flag('no progress and no hints', { short: 'q' }),
  verbose: flag('show each request on stderr', { short: 'v' }),
  noColor: flag('no colour'),
} as const;

export type Globals = FlagsOf<typeof everywhere>;

/** The keys that the output of a command can have, with these options. */
export function fieldsOf({ fields = [] }: Definition, options: Given): readonly string[] {
  return typeof fields === 'function' ? fields(options) : fields;
}

/** `-o, --output <format>`; several values are shown as `--add <region,...>`. */
export function optionTerm(name: string, option: Option): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  if (option.kind === 'flag') return `${short}${longName(name)}`;
  const term = option.kind === 'values' ? option.term.replace(/>$/, ',...>') : option.term;
  return `${short}${longName(name)} ${term}`;
}

/** `<endpoint>`, `[endpoint]` or `[endpoint...]`. */
export function argumentTerm(key: string, { kind, term = key }: Argument): string {
  if (kind === 'required') return `<${term}>`;
  return kind === 'several' ? `[${term}...]` : `[${term}]`;
}

export function isGroup(branch: Definition | Group): branch is Group {
  return 'commands' in branch;
}
