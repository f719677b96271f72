import { untils } from '../atlas/model.js';
import { shortUnits } from '../base/duration.js';
import { longName } from '../base/shell.js';
import { cloudFlags, clouds, providerWords } from '../clouds/all.js';
import { commandsIn, everywhere, type Option, type Options } from '../command.js';
import { commandSynonyms, commandsFor, elsewhere, type Rows, targetsOf } from './synonyms.js';
import { tree } from './tree.js';

/* What typed words can be: commands, options and values, of ours or of another program. */

export type Argv = readonly string[];

/** How many words a command of another program has. */
const mostWords = 3;

const oneOf = (words: Argv) => new RegExp(`^(?:${words.join('|')})$`, 'i');

export const statuses = oneOf(untils);

/** Words that are the value of the first of these options that a command has. */
export const valueWords: readonly (readonly [words: RegExp, options: Argv])[] = [
  [oneOf(providerWords), ['--provider']],
  [statuses, ['--until', '--status']],
  [/^\d+(?:ms|[smhd])$/, ['--wait', '--timeout']],
  [/^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/, ['--from-env']],
  ...Object.entries(cloudFlags.network).flatMap(([name, flag]) =>
    'mark' in flag ? [[flag.mark, [longName(name)]] as const] : [],
  ),
  ...Object.values(clouds).flatMap(({ interfaces }) =>
    interfaces.mark ? [[interfaces.shape.pattern, ['--adopt']] as const] : [],
  ),
  [/^\w+(?:,\w+)+$/, ['--fields']],
];

export function isValue(word: string) {
  return valueWords.some(([words]) => words.test(word));
}

export function startsCommand(word: string): boolean {
  return commandNames.has(word) || commandsFor([...commandSynonyms, ...elsewhere], [word]).length > 0;
}

const commandNames = new Set(commandsIn(tree).flatMap(([path, { aliases = [] }]) => [...path, ...aliases]));

const optionsOfCommands: Options = Object.assign({}, ...commandsIn(tree).map(([, { flags }]) => flags));

export function optionCalled(word: string | undefined, options: Options): Option | undefined {
  return Object.entries(options).find(([name, { short }]) => word === longName(name) || word === `-${short}`)?.[1];
}

/** Where the command begins: behind options and their values, from `start` on. */
export function commandAt(argv: Argv, start = 0) {
  let at = start;
  while (argv[at]?.startsWith('-') && argv[at] !== '--') {
    const option = optionCalled(argv[at], { ...optionsOfCommands, ...everywhere });
    const isAlone = option?.kind === 'value' && option.optionalValue && argv[at + 1]?.startsWith('-');
    at += option === undefined || option.kind === 'flag' || isAlone ? 1 : 2;
  }
  return Math.min(at, argv.length);
}

/** What starts like the command of another program: its words, where they are, and what they stand for. */
export function commandSynonymIn(argv: Argv) {
  const at = commandAt(argv);
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words = argv.slice(at, Math.min(at + mostWords, end));
  for (; words.length > 0; words.pop()) {
    if (words.length === 1 && tree.some(({ name }) => name === words[0])) break;
    const targets = commandsFor(commandSynonyms, words).map(([ours]) => ours);
    const [other] = commandsFor(elsewhere, words);
    if (other || targets.length > 0) return { at, words, targets, other };
  }
  return { at, words, targets: [], other: undefined };
}

/** What an option may stand for. `--projectId`, `--project_id` and Terraform's `-project-id` become `--project-id`. */
export function optionTargets(name: string, rows: Rows): Argv {
  const long = /^-\w{2}/.test(name) ? `-${name}` : name;
  const form = long.startsWith('--') ? longName(long.slice(2)).replaceAll('_', '-') : long;
  const bare = form.replace(/(?<=\w)-(?:ids?|name)$/, '');
  const targets = new Set([form, bare, bare.replace(/s$/, ''), ...targetsOf(rows, bare)]);
  return [...targets].filter((each) => each !== name);
}

export function isCommand(target: string) {
  return /^[a-z]/.test(target);
}

/** Without dashes and quotes that an editor changed. `aws:us-east-1` has a provider, and `20 min` is one word. */
export function inPlainLetters(argv: Argv): string[] {
  const text = shortUnits(argv.join('\n'))
    .replace(/^[‐-―−]+(?=..)/gm, '--')
    .replace(/^[‐-―−]+/gm, '-');
  const unquoted = text.replace(/^[“”„‘’]|[“”„‘’]$/gm, '');
  return unquoted.replace(/^(aws|azure|gcp):(?=\w)(.*)/gim, '$2\n--provider\n$1').split('\n');
}
