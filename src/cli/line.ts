import { Command, Option as CommanderOption } from 'commander';
import {
  type Argument,
  argumentTerm,
  type CommandGroup,
  type Definition,
  everywhere,
  isGroup,
  type Option,
  type Options,
  optionTerm,
} from '../command.js';

/** What is wrong with a command line, as data. `usage-errors.ts` makes the message. */
export type Problem =
  | { kind: 'unknownCommand' | 'unknownOption' | 'unknownTopic'; word: string }
  | { kind: 'missingArgument'; argument: string }
  | { kind: 'missingValue' | 'givenTwice' | 'emptyValue'; option: string }
  | { kind: 'excessArguments'; extra: readonly string[] };

/** Thrown if a command line can't be run. `line` is the command or group that was reached. */
export class LineError extends Error {
  constructor(
    readonly problem: Problem,
    readonly line: Line,
  ) {
    super(problem.kind);
  }
}

/** Thrown if the user wants help, or if only help makes sense. The help is for `line`. */
class HelpAsked extends Error {
  constructor(readonly line: Line) {
    super('help');
  }
}

/** commander's Command with our definition. We override the methods that report errors, to get facts instead of text. */
export class Line extends Command {
  declare readonly commands: readonly Line[];
  declare parent: Line | null;
  branch: Definition | CommandGroup | undefined;
  /** Only on the program, for completion: ignore errors and missing parts, because the line is still being typed. */
  isLenient = false;
  #isDeclared = false;

  override outputHelp(): never {
    // The user asked for help on a command that doesn't exist.
    const [word = '-'] = this.args;
    if (!this.definition && !word.startsWith('-')) this.unknownCommand();
    if (this.child(`${this.opts().project}`))
      throw new LineError({ kind: 'missingValue', option: '--project' }, this);
    throw new HelpAsked(this);
  }

  get root(): Line {
    return this.parent?.root ?? this;
  }

  get path(): string[] {
    return this.parent ? [...this.parent.path, this.name()] : [];
  }

  /** Without aliases. The second line is another form. */
  usageLines(): string[] {
    return ['atlas-pe', ...this.path, this.declare().usage()].join(' ').split('\n');
  }

  get definition(): Definition | undefined {
    return this.branch && !isGroup(this.branch) ? this.branch : undefined;
  }

  child(name: string): Line | undefined {
    return this.declare().commands.find((each) => each.name() === name || each.aliases().includes(name));
  }

  /** The command that these words begin with, options aside. */
  find(words: string): Line {
    return words.split(' ').reduce<Line>((line, word) => line.child(word) ?? line, this);
  }

  add(branch: Definition | CommandGroup): Line {
    const line = new Line(branch.name).description(branch.summary);
    line.branch = branch;
    if (!isGroup(branch)) line.aliases([...(branch.aliases ?? [])]).action(() => undefined);
    this.addCommand(line);
    return line;
  }

  /** Declares arguments, options and subcommands to commander. For all commands, this would take 3 ms. */
  declare(): this {
    if (this.#isDeclared) return this;
    this.#isDeclared = true;
    this.helpOption('-h, --help', 'show help');
    if (this.branch && isGroup(this.branch)) {
      this.helpCommand(false);
      for (const each of this.branch.commands) this.add(each);
    }
    const { args = {}, flags = {}, usage, runsCommand } = this.definition ?? {};
    for (const [name, argument] of Object.entries<Argument>(args)) {
      this.argument(argumentTerm(name, argument), argument.help);
    }
    for (const [name, option] of Object.entries<Option>(flags)) this.addOption(optionOf(name, option));
    if (runsCommand) this.usage(this.usage().replace(']', '] --'));
    if (usage) this.usage(`${this.usage()}\n       ${usage}`);
    return this;
  }

  override parseOptions(argv: string[]) {
    this.declare();
    return super.parseOptions(argv);
  }

  reach(words: readonly string[]): { line: Line; isHelp: boolean } {
    let line: Line = this;
    this.hook('preAction', (_, command) => {
      if (command instanceof Line) line = command;
    });
    try {
      this.parse([...words], { from: 'user' });
      return { line, isHelp: false };
    } catch (thrown) {
      if (!(thrown instanceof HelpAsked)) throw thrown;
      return { line: thrown.line, isHelp: true };
    }
  }

  /** All words given for an option. Empty for a flag; undefined if the option wasn't given. */
  wordsOf(name: string): readonly string[] | undefined {
    // Global options belong to the program, even if a command extends one under the same name.
    const line = name in everywhere ? this.root : this;
    // commander keeps --no-color as `color`.
    const isNegative = /^no[A-Z]/.test(name);
    const raw: unknown = line.getOptionValue(isNegative ? name.charAt(2).toLowerCase() + name.slice(3) : name);
    if (Array.isArray(raw)) return raw.map(String);
    return raw === !isNegative ? [] : undefined;
  }

  unknownCommand(): never {
    throw new LineError({ kind: 'unknownCommand', word: this.args[0] ?? '' }, this);
  }

  unknownOption(word: string): void {
    if (!this.root.isLenient) throw new LineError({ kind: 'unknownOption', word }, this);
  }

  missingArgument(argument: string): void {
    if (!this.root.isLenient) throw new LineError({ kind: 'missingArgument', argument }, this);
  }

  optionMissingArgument({ long }: CommanderOption): never {
    throw new LineError({ kind: 'missingValue', option: long ?? '' }, this);
  }

  _excessArguments(received: readonly string[]): void {
    const extra = received.slice(this.registeredArguments.length);
    if (!this.root.isLenient) throw new LineError({ kind: 'excessArguments', extra }, this);
  }
}

export function optionsOfLine({ definition }: Line): Options {
  return { ...everywhere, ...definition?.flags };
}

/** Stands for the value of an option that was given without its optional value. No option can have it as its value. */
export const withoutValue = '--';

export function optionOf(name: string, option: Option): CommanderOption {
  const { kind, help, short } = option;
  const made = new CommanderOption(optionTerm(name, option), help);
  if (kind === 'flag') return made;
  // A short option may have an equals sign: -o=json.
  const read = (word: string) => (short !== undefined && word.startsWith('=') ? word.slice(1) : word);
  made.argParser((word: string, before: readonly string[] = []) => [...before, read(word)]);
  return option.optionalValue ? made.preset(withoutValue) : made;
}
