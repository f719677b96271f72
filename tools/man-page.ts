import { version } from '../package.json';
import { type HelpItem, type Topic, topics } from '../src/cli/help/topics.js';
import { headings, type TopicName, topicNames } from '../src/cli/tree.js';
import { commandsIn, type Definition, everywhere } from '../src/command.js';
import { argumentItems, optionItems, usagesOf } from './terms.js';

/** Renders all commands and topics as one page for man(1), with the macros of man(7). */
export function manPage(): string {
  const lines = [
    `.TH ATLAS-PE 1 "" "atlas-pe ${version}" "User Commands"`,
    ...['.SH NAME', 'atlas\\-pe \\- MongoDB Atlas private endpoints from the terminal and from scripts'],
    ...['.SH SYNOPSIS', '.B atlas\\-pe', '.I command', '[options]'],
    '.SH DESCRIPTION',
    'Global options can stand before or after the command. The options of a command stand after it. Write durations as 90s, 20m or 1h30m.',
  ];
  for (const [heading, branches] of Object.entries(headings)) {
    lines.push(`.SH ${plain(heading.toUpperCase())}`, ...commandsIn(branches).flatMap(section));
  }
  lines.push('.SH GLOBAL OPTIONS', ...items(optionItems(everywhere)));
  for (const [name, topic] of Object.entries<Topic>(topics)) {
    const title = topicNames[name as TopicName];
    lines.push(`.SH ${plain(name.replace('-', ' ').toUpperCase())}`, `${plain(title)}.`, ...topicLines(topic));
  }
  return `${lines.join('\n')}\n`;
}

function section([path, definition]: [path: string[], Definition]): string[] {
  const { aliases = [], summary, details, flags = {}, examples } = definition;
  return [
    `.SS ${plain([path.join(' '), ...aliases].join(', '))}`,
    `${plain(summary)}.`,
    ...(details === undefined ? [] : ['.PP', plain(details)]),
    ...usagesOf(definition, path).flatMap((usage) => ['.PP', `.B ${plain(usage)}`]),
    ...items(argumentItems(definition)),
    ...items(optionItems(flags)),
    ...['.PP', 'Examples:', '.RS 4', '.nf', ...examples.map((line) => plain(`atlas-pe ${line}`)), '.fi', '.RE'],
  ];
}

function topicLines(topic: Topic): string[] {
  return topic.flatMap((block) => (typeof block === 'string' ? ['.PP', plain(block)] : items(block)));
}

function items(all: readonly HelpItem[]): string[] {
  return all.flatMap(([term, meaning]) => ['.TP', `.B ${plain(term)}`, plain(meaning)]);
}

/** Escapes text so that troff shows it literally: no escapes, no requests, and minus signs that can be copied. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/gm, '\\&');
}
