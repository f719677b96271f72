import { columnsBeside, endpointKeys, interfaceKeys } from '../src/atlas/keys.js';
import { longName } from '../src/base/shell.js';
import type { HelpItem } from '../src/cli/help/topics.js';
import { headings } from '../src/cli/tree.js';
import { clouds } from '../src/clouds/all.js';
import { commandsIn, type Definition, everywhere, fieldsOf } from '../src/command.js';
import { argumentItems, optionItems, usagesOf } from './terms.js';

/** Renders docs/reference.md: every command with its arguments, options and keys. */
export function reference(): string {
  const parts = Object.entries(headings).map(([heading, branches]) => {
    const all = commandsIn(branches);
    return [`## ${heading}`, ...all.map((each, index) => section(each, all.slice(0, index)))].join('\n\n');
  });
  return `# Reference

<!-- Made from the definitions in src/commands. To update it, run: npm run reference -->

Every command of \`atlas-pe\`. \`atlas-pe COMMAND --help\` shows the same in a terminal, with examples.
[Settings](settings.md#arguments) explains ENDPOINT and import ids.

## Global options

They can stand before or after the command. The options of a command stand after it. An option shown with \`,...\` accepts
multiple values: repeat it, or separate the values with commas.

${terms(optionItems(everywhere))}

## Options of several commands

${terms([...common.values()])}

${described.map(keysSection).join('\n\n')}

${parts.join('\n\n')}
`;
}

type Command = ReturnType<typeof commandsIn>[number];

const optionsOf = ([, { flags = {} }]: Command) => optionItems(flags);
const sameAs =
  ([term, help]: HelpItem) =>
  (other: HelpItem) =>
    other[0] === term && other[1] === help;

/** By term, the options that at least four commands have, in the order of the commands. */
const common: ReadonlyMap<string, HelpItem> = new Map(
  commandsIn(Object.values(headings).flat())
    .flatMap(optionsOf)
    .filter((item, _, all) => all.filter(sameAs(item)).length > 3)
    .map((item) => [item[0], item]),
);

/** What several commands print. Its keys have a section of their own, to which the commands refer. */
const described = [
  { name: 'an endpoint', keys: endpointKeys, part: 'service' },
  { name: 'an interface endpoint', keys: interfaceKeys, part: 'interfaces' },
] as const;

function keysSection({ name, keys, part }: (typeof described)[number]): string {
  const own = Object.values(clouds).map((cloud) => [cloud.title, Object.keys(cloud[part].keys)] as const);
  const shared = keys.filter((key) => !own.some(([, all]) => all.includes(key)));
  const rows = [['all', shared] as const, ...own].filter(([, all]) => all.length > 0);
  const columns = Object.keys(columnsBeside(keys));
  return [
    `## Keys of ${name}`,
    list(rows.map(([cloud, all]) => `${cloud}: ${codes(all)}`)),
    ...(columns.length > 0 ? [`Columns of tables that are not keys: ${codes(columns)}.`] : []),
  ].join('\n\n');
}

/** A list of keys. Those that have a section are a link to it. */
function listed(keys: readonly string[]): string {
  const found = described.find((each) => each.keys.every((key) => keys.includes(key)));
  if (!found) return codes(keys);
  const others = keys.filter((key) => !found.keys.includes(key));
  const link = `[${found.name}'s](#keys-of-${found.name.replaceAll(' ', '-')})`;
  return others.length > 0 ? `${link} and ${codes(others)}` : link;
}

function section(command: Command, earlier: readonly Command[]): string {
  const [path, definition] = command;
  const { summary, details, aliases = [], formats = {} } = definition;
  const all = optionsOf(command);
  // Another command with the same options, and fewer.
  const base = earlier.find(
    (each) => optionsOf(each).length > 4 && optionsOf(each).every((item) => all.some(sameAs(item))),
  );
  const inherited = base ? optionsOf(base) : [];
  const others = all.filter((item) => !inherited.some(sameAs(item)));
  const shared = others.filter(isCommon);
  const also = [
    ...(base ? [`those of ${linkTo(base[0])}`] : []),
    ...(shared.length > 0 ? [codes(shared.map(nameOf))] : []),
  ].join(', ');
  const items = [...argumentItems(definition), ...others.filter((item) => !isCommon(item))];
  return [
    `### ${path.join(' ')}`,
    `${markdown(summary)}.${details === undefined ? '' : ` ${markdown(details)}`}`,
    usagesOf(definition, path)
      .map((usage) => `\`${usage}\``)
      .join('  \n'),
    ...(aliases.length > 0 ? [`Aliases: ${codes(aliases)}.`] : []),
    ...(items.length > 0 ? [terms(items)] : []),
    ...(also === '' ? [] : [`Also ${also}.`]),
    ...Object.entries(formats).map(([name, help]) => `\`--output ${name}\` prints ${markdown(help)}.`),
    ...keysOf(definition),
  ].join('\n\n');
}

const isCommon = (item: HelpItem) => [...common.values()].some(sameAs(item));

/** The name of an option, from what help shows: `--yes` of `-y, --yes`, `--sort` of `--sort <key>`. */
const nameOf = ([term]: HelpItem) => /--[\w-]+/.exec(term)?.[0] ?? term;

/** The keys that the command's output can have, including those that only some options add. */
function keysOf(definition: Definition): string[] {
  const usual = fieldsOf(definition, {});
  const others = Object.keys(definition.flags ?? {})
    .map((name) => ({ name, keys: fieldsOf(definition, { [name]: true }) }))
    .filter(({ keys }) => keys.join() !== usual.join());
  return [
    ...(usual.length > 0 ? [`Keys: ${listed(usual)}`] : []),
    ...others.map(({ name, keys }) => `Keys with \`${longName(name)}\`: ${listed(keys)}`),
  ];
}

function terms(items: readonly HelpItem[]): string {
  return list(items.map(([term, meaning]) => `\`${term}\`: ${markdown(meaning)}`));
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
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
