import { longName } from '../base/shell.js';
import { type Argument, type Definition, everywhere, type Given, type Option } from '../command.js';
import { Line, LineError, optionOf, withoutValue } from './line.js';
import { headings, help, isTopic, type TopicName, version } from './tree.js';

export function createProgram(): Line {
  const program = new Line('atlas-pe')
    .description('Manage MongoDB Atlas private endpoints from the terminal and from scripts.')
    .helpCommand(false) as Line;
  for (const [name, option] of Object.entries<Option>(everywhere)) program.addOption(optionOf(name, option));
  program.option('--version', 'print the version');
  for (const [heading, branches] of Object.entries(headings)) {
    for (const branch of branches) program.add(branch).helpGroup(`${heading}:`);
  }
  return program;
}

export type ParsedLine =
  | { kind: 'run'; line: Line; definition: Definition; options: Given }
  | { kind: 'help'; line: Line }
  | { kind: 'topic'; topic: TopicName }
  | { kind: 'man' };

export function parse(argv: readonly string[]): ParsedLine {
  const program = createProgram();
  const { line, isHelp } = program.reach(argv);
  const isVersion = program.getOptionValue('version') === true || argv.join() === '-v';
  if (isHelp && !(isVersion && line === program)) return { kind: 'help', line };
  const definition = isVersion ? version : line.definition;
  if (!definition || definition === help) {
    const page = helpOn(program, line.args);
    return definition && line.wordsOf('man') ? { kind: 'man' } : page;
  }
  if (line.definition?.runsCommand && argv.length - argv.indexOf('--') - 1 !== line.args.length) {
    throw new LineError({ kind: 'missingArgument', argument: 'command' }, line);
  }
  return { kind: 'run', line, definition, options: given(line, definition) };
}

function helpOn(program: Line, words: readonly string[]): ParsedLine {
  const [topic = ''] = words;
  if (words.length === 1 && isTopic(topic)) return { kind: 'topic', topic };
  let line = program;
  for (const word of words) {
    const next = line.child(word);
    if (!next) throw new LineError({ kind: 'unknownTopic', word: words.join(' ') }, line);
    line = next;
  }
  return { kind: 'help', line };
}

/** The arguments and options by name. Throws a line error if an option has no value, an empty one, or is given twice. */
function given(line: Line, { args = {}, flags = {} }: Definition): Given {
  const found: Record<string, Given[string]> = {};
  Object.entries<Argument>(args).forEach(([name, { kind }], index) => {
    found[name] = kind === 'several' ? line.args.slice(index) : line.args[index];
  });
  for (const [name, option] of Object.entries<Option>({ ...everywhere, ...flags })) {
    found[name] = valueGiven(line, name, option);
  }
  return found;
}

function valueGiven(line: Line, name: string, spec: Option) {
  const words = line.wordsOf(name);
  if (words === undefined) return undefined;
  if (spec.kind === 'flag') return true;
  const option = longName(name);
  if (spec.optionalValue && words.length === 1 && words[0] === withoutValue) return true;
  // An unset shell variable leaves the next option as the value, or an empty value.
  if (words.some((word) => /^--(?:\w|$)/.test(word))) throw new LineError({ kind: 'missingValue', option }, line);
  const parts = spec.kind === 'value' ? words : words.flatMap((word) => word.split(',')).map((part) => part.trim());
  if (parts.some((part) => part.trim() === '')) throw new LineError({ kind: 'emptyValue', option }, line);
  if (spec.kind === 'values') return parts;
  if (parts.length > 1) throw new LineError({ kind: 'givenTwice', option }, line);
  return parts[0];
}
