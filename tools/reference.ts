import { columnsBeside, endpointKeys, interfaceKeys } from '../src/atlas/keys.js';
import { longName } from '../src/base/shell.js';
import type { HelpItem } from '../src/cli/help/topics.js';
import { headings } from '../src/cli/tree.js';
import { clouds } from '../src/clouds/all.js';
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

${described.map(keysSection).join('\n\n')}

${parts.join('\n\n')}
`;
}

/** What several commands print. Its keys have a section of their own, to which the commands refer. */
const described = [
  { name: 'an endpoint', keys: endpointKeys, part: 'service' },
  { name: 'an interface endpoint', keys: interfaceKeys, part: 'interfaces' },
] as const;

function keysSection({ name, keys, part }: (typeof described)[number]): string {
  const own = Object.values(clouds).map((cloud) => [cloud.title, Object.keys(cloud[part].keys)] as const);
  const shared = keys.filter((key) => !own.some(([, all]) => all.includes(key)));
  const rows = [['all', shared] as const, ...own].filter(([, all]) => all.length > 0);
  return `## Keys of ${name}\n\n${table(
    ['Cloud', 'Keys'],
    rows.map(([cloud, all]) => [cloud, codes(all)]),
  )}`;
}

/** A list of keys. Those that have a section are a link to it. */
function listed(keys: readonly string[]): string {
  const found = described.find((each) => each.keys.every((key) => keys.includes(key)));
  if (!found) return codes(keys);
  const others = keys.filter((key) => !found.keys.includes(key));
  const link = `those of [${found.name}](#keys-of-${found.name.replaceAll(' ', '-')})`;
  return others.length > 0 ? `${link} and ${codes(others)}` : link;
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
    ...(usual.length > 0 ? [`Keys: ${listed(usual)}.`] : []),
    ...(columns.length > 0 ? [`Columns that are not keys: ${codes(columns)}.`] : []),
    ...others.map(({ name, keys }) => `Keys with \`${longName(name)}\`: ${listed(keys)}.`),
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

/** A link to the section of a command. If a heading has the same name, GitHub adds -1 to the anchor of the section. */
function linkTo(path: readonly string[]): string {
  const isHeading = Object.keys(headings).some((heading) => heading.toLowerCase() === path.join(' '));
  return `[${path.join(' ')}](#${path.join('-')}${isHeading ? '-1' : ''})`;
}

/** Escapes text so that Markdown shows it literally. */
function markdown(text: string): string {
  return text.replaceAll(/[|<>*`\\]/g, (sign) => `\\${sign}`);
}
