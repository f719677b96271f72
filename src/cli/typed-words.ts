import { interfaceKind, untils } from '../atlas/model.js';
import { longName } from '../base/shell.js';
import { cloudFlags, clouds, providers, providerWords } from '../clouds/all.js';
import type { Options } from '../command.js';
import { settingNames } from '../config/settings.js';
import { namesEndpoint } from '../endpoints/name.js';
import type { Line } from './line.js';
import { commandSynonyms, commandsFor, elsewhere, nouns, type Rows, targetsOf } from './synonyms.js';

/* What typed words can be: commands and values, of ours or of another program. */

type Argv = readonly string[];

const oneOf = (words: Argv) => new RegExp(`^(?:${words.join('|')})$`, 'i');

const regions = oneOf(
  providers.flatMap((name) => clouds[name].regions.flatMap(({ region, atlasRegion }) => [region, atlasRegion])),
);

const interfaceShapes = providers.flatMap((name) => {
  const { mark, shape } = clouds[name].interfaces;
  return mark ? [shape.pattern] : [];
});

/** Words that are the value of the first of these options that a command has. */
const valueWords: readonly (readonly [words: RegExp, options: Argv])[] = [
  [oneOf(providerWords), ['--provider']],
  [oneOf(untils), ['--until', '--status']],
  [regions, ['--region', '--endpoint']],
  [/^\d+(?:ms|[smhd])$/, ['--wait', '--timeout']],
  [/^\d+(?:\.\d+){3}$/, ['--ip']],
  [/^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/, ['--from-env']],
  ...Object.entries(cloudFlags.network).flatMap(([name, flag]) =>
    'mark' in flag ? [[flag.mark, [longName(name)]] as const] : [],
  ),
  ...interfaceShapes.map((shape) => [shape, ['--adopt']] as const),
  [/^\w+(?:,\w+)+$/, ['--fields']],
];

/** The option of a command that a word is the value of. */
export function optionFor(word: string, options: Options) {
  const names = valueWords.filter(([words]) => words.test(word)).flatMap(([, each]) => each);
  return names.find((name) => (optionCalled(name, options)?.kind ?? 'flag') !== 'flag');
}

/** The option that a word is the name of, without dashes, or with those of an editor: —yes. */
export function optionNamed(word: string, options: Options) {
  const name = `--${word.replace(/^[‐-―−]+/, '')}`;
  return optionCalled(name, options) && name;
}

export function optionCalled(word: string, options: Options) {
  return Object.entries(options).find(([name]) => word === longName(name))?.[1];
}

/** What an option may stand for. `--projectId`, `--project_id` and Terraform's `-project-id` become `--project-id`. */
export function optionTargets(name: string, rows: Rows): Argv {
  const long = /^-\w{2}/.test(name) ? `-${name}` : name;
  const form = long.startsWith('--') ? longName(long.slice(2)).replaceAll('_', '-') : long;
  const bare = form.replace(/(?<=\w)-(?:ids?|name)$/, '');
  return [form, bare, bare.replace(/s$/, ''), ...targetsOf(rows, bare)].filter((each) => each !== name);
}

/** A command of ours; with a text, only near what another program does. */
export type Synonym = readonly [ours: string, theirs?: string, text?: string];

const mostWords = 4;

/** What a command stands for, also with its noun behind the verb. `least`: how many words a row must have. */
export function meaningOf(typed: Argv, root: Line, least = 1): Synonym | undefined {
  const words = [...typed.map((word) => word.toLowerCase()), '.'];
  const [verb = '', noun = '', ...rest] = words;
  return lookUp(words, root, least) ?? lookUp([noun, verb, ...rest], root, 2);
}

/** Whether a word begins a command of another program, so that it isn't a misspelled one of ours. */
export function isKnown(word: string) {
  const theirs = [...commandSynonyms, ...elsewhere, ...nouns].flatMap(([, words]) => words.split(', '));
  return commandsFor([['', theirs.map((each) => each.replace(/ .*/, '')).join()]], [word]).length > 0;
}

function lookUp(words: Argv, root: Line, least: number): Synonym | undefined {
  for (let count = Math.min(mostWords, words.length); count > 0; count--) {
    const phrase = words.slice(0, count);
    const own = pathOf(phrase, root);
    const rows: Synonym[] = own ? [[own]] : [...rowsFor(commandSynonyms, phrase), ...rowsFor(elsewhere, phrase)];
    const row = rows.find((each) => each.length > 2 || (count >= least && isMeant(each, words, count, root)));
    if (row) return row;
  }
  for (let count = mostWords; count > 0; count--) {
    const [[ours] = []] = commandsFor(nouns, words.slice(0, count));
    if (ours !== undefined && ours !== words[0])
      return lookUp([...(ours === '' ? [] : [ours]), ...words.slice(count)], root, 1);
  }
  return undefined;
}

function rowsFor<R extends readonly string[]>(rows: readonly R[], phrase: Argv): R[] {
  return [...commandsFor(rows, phrase), ...commandsFor(rows, phrase.map(formOf))];
}

function formOf(word: string) {
  if (/^[0-9a-f]{24}$/.test(word)) return '<id>';
  if (interfaceKind(word)) return '<interface>';
  if (regions.test(word)) return '<region>';
  if (/^mongodb|\.mongodb\w*\.net/.test(word)) return '<string>';
  return settingNames.some((name) => name === word) ? '<setting>' : word;
}

function pathOf(words: Argv, root: Line) {
  let line: Line | undefined = root;
  for (const word of words) line = line?.child(word);
  return line?.definition && line.path.join(' ');
}

/** Never what changes something for words that read, or for another program's subject: `setup status`, `new user`. */
function isMeant([ours]: Synonym, words: Argv, count: number, root: Line) {
  const { changes, fields } = root.find(ours).definition ?? {};
  if (fields && !changes) return true;
  if (words.some((word) => /^(?:get|list|ls|show|describe|status|info|view)$/.test(word))) return false;
  const next = words[count] ?? '.';
  const isSubject =
    next === '.' || namesEndpoint(next) || interfaceKind(next) || commandsFor(nouns, [next])[0]?.[0] === '';
  return !changes || isSubject;
}
