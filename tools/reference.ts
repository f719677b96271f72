import { columnsBeside } from '../src/atlas/keys.js';
import { longName } from '../src/base/shell.js';
import type { HelpItem } from '../src/cli/help/topics.js';
import { headings } from '../src/cli/tree.js';
import { commandsIn, type Definition, everywhere, fieldsOf } from '../src/command.js';
import { argumentItems, optionItems, usagesOf } from './terms.js';

/** Renders docs/reference.md: every command with its arguments, options, keys and examples. */
export function reference(): string {
  const parts = Object.entries(headings).map(([heading, branches]) => {
    const all = commandsIn(branches);
    const list = all.map(([path, { summary }]): HelpItem => [linkTo(path), markdown(summary)]);
    const sections = all.map(([path, definition]) => section(path, definition));
    return [`## ${heading}`, table(['Command', 'What it does'], list), ...sections].join('\n\n');
  });
  return `# Reference

<!-- Made from the definitions in src/commands. To update it, run: npm run reference -->

Every command of \`atlas-pe\`. \`atlas-pe COMMAND --help\` shows the same in a terminal.

## Global options

Every command has these options. They can stand before or after the command. The options of a command stand after it. An
option shown with \`,...\` accepts multiple values: repeat it, or separate the values with commas.

${terms('Option', optionItems(everywhere))}

${parts.join('\n\n')}
`;
}

function section(path: readonly string[], definition: Definition): string {
  const { summary, details, aliases = [], examples, flags = {}, formats = {} } = definition;
  const [args, options] = [argumentItems(definition), optionItems(flags)];
  return [
    `### ${path.join(' ')}`,
    `${markdown(summary)}.${details === undefined ? '' : ` ${markdown(details)}`}`,
    `\`\`\`\n${usagesOf(definition, path).join('\n')}\n\`\`\``,
    ...(aliases.length > 0 ? [`Aliases: ${codes(aliases)}.`] : []),
    ...(args.length > 0 ? [terms('Argument', args)] : []),
    ...(options.length > 0 ? [terms('Option', options)] : []),
    ...Object.entries(formats).map(([name, help]) => `\`--output ${name}\` prints ${markdown(help)}.`),
    ...keysOf(definition),
    `\`\`\`sh\n${examples.map((line) => `atlas-pe ${line}`).join('\n')}\n\`\`\``,
  ].join('\n\n');
}

/** The keys that the command's output can have, including those that only some options add. */
function keysOf(definition: Definition): string[] {
  const usual = fieldsOf(definition, {});
  const columns = Object.keys(columnsBeside(usual));
  const others = Object.keys(definition.flags ?? {})
    .map((name) => ({ name, keys: fieldsOf(definition, { [name]: true }) }))
    .filter(({ keys }) => keys.join() !== usual.join());
  return [
    ...(usual.length > 0 ? [`Keys: ${codes(usual)}.`] : []),
    ...(columns.length > 0 ? [`Columns that are not keys: ${codes(columns)}.`] : []),
    ...others.map(({ name, keys }) => `Keys with \`${longName(name)}\`: ${codes(keys)}.`),
  ];
}

function terms(heading: string, items: readonly HelpItem[]): string {
  return table(
    [heading, 'Meaning'],
    items.map(([term, meaning]) => [`\`${term}\``, markdown(meaning)]),
  );
}

/** Renders a Markdown table. The cells are Markdown already. */
function table(head: HelpItem, rows: readonly HelpItem[]): string {
  return [head, ['---', '---'] as const, ...rows].map(([first, second]) => `| ${first} | ${second} |`).join('\n');
}

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** A link to a heading, with the anchor that GitHub generates. */
function linkTo(path: readonly string[]): string {
  return `[${path.join(' ')}](#${path.join('-')})`;
}

/** Escapes text so that Markdown shows it literally. */
function markdown(text: string): string {
  return text.replaceAll(/[|<>*`\\]/g, (sign) => `\\${sign}`);
}
