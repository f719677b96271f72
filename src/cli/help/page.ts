import { type Command, Help } from 'commander';
import { oneOf } from '../../base/words.js';
import { everywhere, optionTerm } from '../../command.js';
import type { Line } from '../line.js';
import { type TopicName, topicNames } from '../tree.js';
import { type HelpItem, type Topic, topics } from './topics.js';

/** If fewer columns are left beside a term, its description goes below it. */
const leastBeside = 20;

const usageHead = 'Usage: ';

/** commander's help layout, with differences. On a narrow screen too, every line fits except examples. */
export class HelpLayout extends Help {
  override minWidthToWrap = leastBeside;

  constructor(override helpWidth: number) {
    super();
  }

  override formatItem(term: string, termWidth: number, description: string): string {
    if (description === '' || this.helpWidth - termWidth - 4 >= leastBeside) {
      return super.formatItem(term, termWidth, description, this);
    }
    return `  ${term}\n${indent(this.boxWrap(description, this.helpWidth - 6), 6)}`;
  }

  override commandUsage(line: Line): string {
    const wrapped = line.usageLines().map((each) => this.boxWrap(each.trim(), this.helpWidth - usageHead.length));
    return `${usageHead}${indent(wrapped.join('\n'), usageHead.length).trimStart()}`;
  }

  override subcommandTerm(line: Command): string {
    return line.name();
  }

  items(all: readonly HelpItem[], least = 0): string {
    const widest = Math.max(least, ...all.map(([term]) => term.length));
    return all.map(([term, meaning]) => this.formatItem(term, widest, meaning)).join('\n');
  }
}

function indent(text: string, columns: number) {
  return text.replace(/^/gm, ' '.repeat(columns));
}

const firstSteps = [
  'connect us-east-1',
  'connect us-east-1 --sandbox',
  'create us-east-1 --wait',
  'doctor us-east-1',
];

const introduction =
  'A private endpoint lets applications reach an Atlas cluster without the public internet. It has two sides: the private ' +
  'endpoint service in Atlas, and the interface endpoint in your cloud account. connect creates both and prints the ' +
  'connection string.';

export function commandHelp(line: Line, width: number): string {
  const help = new HelpLayout(width);
  const widest = help.padWidth(line.declare(), help);
  const section = (heading: string, all: readonly HelpItem[]) =>
    all.length === 0 ? '' : `${heading}\n${help.items(all, widest)}`;

  const isProgram = line.branch === undefined;
  const details = isProgram ? introduction : (line.branch?.details ?? '');
  const below = help.groupItems([...line.commands], help.visibleCommands(line), (each) => each.helpGroup());
  const aliases = isProgram ? allAliases(line) : line.aliases().join(', ');
  const blocks = [
    help.commandUsage(line),
    help.boxWrap(help.commandDescription(line), width),
    help.boxWrap(details, width),
    section(
      'Arguments:',
      help.visibleArguments(line).map((each) => [help.argumentTerm(each), help.argumentDescription(each)]),
    ),
    ...[...below].map(([heading, all]) =>
      section(
        heading || 'Commands:',
        all.map((each) => [help.subcommandTerm(each), help.subcommandDescription(each)]),
      ),
    ),
    isProgram ? section('Help topics:', Object.entries(topicNames)) : '',
    section(isProgram ? 'Global options:' : 'Options:', [
      ...ownFormats(line),
      ...help.visibleOptions(line).map((each) => [help.optionTerm(each), each.description] as const),
    ]),
    aliases === '' ? '' : help.boxWrap(`Aliases: ${aliases}`, width),
    `Examples:\n${(line.branch?.examples ?? firstSteps).map((each) => `  $ atlas-pe ${each}`).join('\n')}`,
    help.boxWrap(
      `More: ${isProgram ? '' : 'atlas-pe --help (global options), '}https://github.com/atlas-pe/atlas-pe`,
      width,
    ),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function ownFormats({ definition }: Line): HelpItem[] {
  const names = Object.keys(definition?.formats ?? {});
  return names.length === 0 ? [] : [[optionTerm('output', everywhere.output), `output format; also ${oneOf(names)}`]];
}

function allAliases(program: Line) {
  const named = program.commands.filter((each) => each.aliases().length > 0);
  return named.map((each) => `${each.aliases().join(', ')} (${each.name()})`).join('; ');
}

export function topicHelp(name: TopicName, width: number) {
  const help = new HelpLayout(width);
  const topic: Topic = topics[name];
  const blocks = topic.map((block) => (typeof block === 'string' ? help.boxWrap(block, width) : help.items(block)));
  return `${help.boxWrap(topicNames[name], width)}\n\n${blocks.join('\n\n')}\n`;
}
