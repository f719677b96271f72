import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { version } from '../package.json';
import { topicNames } from '../src/cli/help/names.js';
import { type Item, type Topic, topics } from '../src/cli/help/topics.js';
import { aliasesOf, type Branch, isEverywhere } from '../src/program/shared.js';
import { headings } from '../src/program/tree.js';

/** The whole command tree and the topics as one page for man(1), in the macros of man(7). */
export function manPage(program: CommandUnknownOpts): string {
  const lines = [
    `.TH ATLAS-PE 1 "" "atlas-pe ${version}" "User Commands"`,
    ...['.SH NAME', `atlas\\-pe \\- ${plain(program.description())}`],
    ...['.SH SYNOPSIS', '.B atlas\\-pe', '.I command', '[options]'],
    ...[
      '.SH DESCRIPTION',
      'Options may stand before or after the command. Several values of an option are separated by commas, or the option is repeated. Durations read 90s, 20m, 1h30m.',
    ],
  ];
  for (const [heading, branches] of Object.entries(headings)) {
    lines.push(`.SH ${plain(heading.replace(':', '').toUpperCase())}`);
    for (const branch of branches) {
      const command = program.commands.find((each) => each.name() === branch.name);
      if (command) lines.push(...commandSection(command, branch));
    }
  }
  const everywhere = program.commands.find((each) => each.name() === 'list')?.options ?? [];
  lines.push('.SH OPTIONS OF EVERY COMMAND', ...items(everywhere.filter(isEverywhere).map(optionItem)));
  for (const [name, topic] of Object.entries<Topic>(topics)) {
    lines.push(`.SH ${plain(name.replace('-', ' ').toUpperCase())}`, `${plain(titleOf(name))}.`, ...topicLines(topic));
  }
  return `${lines.join('\n')}\n`;
}

function commandSection(command: CommandUnknownOpts, branch: Branch): string[] {
  if ('verbs' in branch) {
    return command.commands.flatMap((verb) => {
      const own = branch.verbs.find(({ name }) => name === verb.name());
      return own ? commandSection(verb, own) : [];
    });
  }
  const { parent } = command;
  const name = parent?.parent ? `${parent.name()} ${command.name()}` : command.name();
  const others = aliasesOf(branch);
  const aliases = others.length > 0 ? ` Aliases: ${others.join(', ')}.` : '';
  const usage = command.usage().split('\n       atlas-pe wait ');
  return [
    `.SS ${plain(name)}`,
    `${plain(branch.summary)}.${aliases}`,
    ...usage.flatMap((line) => ['.PP', `.B atlas\\-pe ${plain(name)}`, plain(line)]),
    ...items(command.registeredArguments.map((each) => [each.name(), each.description])),
    ...items(command.options.filter((option) => !isEverywhere(option) && option.long !== '--version').map(optionItem)),
    ...['.PP', 'Examples:', '.RS 4', '.nf', ...branch.examples.map((line) => plain(`atlas-pe ${line}`)), '.fi', '.RE'],
  ];
}

type Option = CommandUnknownOpts['options'][number];

function optionItem({ flags, description }: Option): Item {
  return [flags, description];
}

function topicLines(topic: Topic): string[] {
  return topic.flatMap((block) => (typeof block === 'string' ? ['.PP', plain(block)] : items(block)));
}

function items(all: readonly Item[]): string[] {
  return all
    .filter(([, meaning]) => meaning !== '')
    .flatMap(([term, meaning]) => ['.TP', `.B ${plain(term)}`, plain(meaning)]);
}

function titleOf(name: string): string {
  return Object.entries(topicNames).find(([each]) => each === name)?.[1] ?? '';
}

/** Text that troff shows as it is: no escapes, no requests, and minus signs that can be copied. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/gm, '\\&');
}
