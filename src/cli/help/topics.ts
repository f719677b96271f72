import type { exitCodes } from '../../base/errors.js';
import { clouds } from '../../clouds/all.js';
import { terraform } from '../../commands/flags.js';
import { setting, settingNames } from '../../config/settings.js';
import { type Format, formats } from '../../ui/formats.js';
import type { TopicName } from './names.js';

/** What can be waited for, or how a wait ended, and such: a term and what it means. */
export type Item = readonly [term: string, meaning: string];

/** A page of help that belongs to no command alone: paragraphs, and lists of items. */
export type Topic = readonly (string | readonly Item[])[];

/** The meanings of the exit codes, which README.md has too. */
const exits = {
  done: [0, 'done'],
  unexpected: [1, 'unexpected: the API or the network failed after retries, or a bug'],
  usage: [2, 'usage: unknown option, malformed id or region, missing project'],
  notFound: [3, 'not found'],
  notAllowed: [4, 'not signed in, or not allowed'],
  conflict: [5, 'conflict: it exists already, it still has interface endpoints, …'],
  endpointFailed: [6, 'the endpoint failed, or went away while something else was awaited'],
  timedOut: [8, 'timed out, still pending'],
  interrupted: [130, 'interrupted'],
  terminated: [143, 'terminated'],
} as const satisfies { [Name in keyof typeof exitCodes]: [(typeof exitCodes)[Name], string] };

const variables: readonly Item[] = [
  ...settingNames.flatMap((name) => {
    const { ours = [], official = [] } = setting(name).env;
    return ours.length === 0 ? [] : [[[...ours, ...official].join(', '), `the setting ${name}`] as const];
  }),
  ['ATLAS_PE_PROFILE, MONGODB_ATLAS_PROFILE', 'the profile in use; sandbox is the built-in Atlas'],
  ['ATLAS_PE_CONFIG_DIR', 'the folder of config.json'],
  ['ATLAS_PE_CACHE_DIR', 'the folder of cache.json and of compiled code'],
  ['ATLAS_PE_DATA_DIR', "the folder of the sandbox's state"],
  ['ATLAS_PE_DEBUG=1', 'the same as --verbose'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxies'],
  ['NODE_EXTRA_CA_CERTS', 'a file with certificates of authorities to trust beside the usual ones'],
  ['NO_COLOR, FORCE_COLOR', 'colour'],
];

export const topics = {
  'exit-codes': [
    'A script may rely on these; they keep their meaning within a major version.',
    Object.values(exits).map(([code, meaning]) => [String(code), meaning]),
    'An error is a line on what is wrong and a line on what to do, on stderr. With --json it is one line of JSON there, whose ' +
      '"code" names the kind of error and whose "exitCode" is the number above. Of several endpoints the exit code is that of ' +
      'the worst outcome.',
  ],
  environment: [
    'A setting comes from a flag, else from the environment, else from the profile in use, else from the profile of the same ' +
      'name of the official Atlas CLI, else it is a built-in default. `atlas-pe config list --show-origin` says which won. ' +
      'Where several variables are named for a setting, the first one that is set counts.',
    variables,
    'Secrets never come in by a flag. Both halves of a key, or of a service account, must come from the same source.',
  ],
  statuses: [
    'A private endpoint service has one of these statuses. Atlas may add others, which are shown as they come.',
    [
      ['INITIATING', 'Atlas is making it'],
      ['WAITING_FOR_USER', 'ready: it waits for an interface endpoint of your cloud'],
      ['AVAILABLE', 'ready too; the live API answers this where its documentation says WAITING_FOR_USER'],
      ['FAILED', 'Atlas could not make it; the error message says why'],
      ['DELETING', 'Atlas is deleting it'],
      ['DELETED', 'gone; this one is of atlas-pe, since Atlas answers 404 then'],
    ],
    'An interface endpoint has the statuses of its cloud:',
    Object.values(clouds).map(({ title, interfaces }) => [title, interfaces.statuses] as const),
  ],
  output: [
    'stdout carries data and nothing else; progress, hints, warnings and errors go to stderr. --output takes:',
    [
      ...Object.entries<Format>(formats).map(([name, { help }]) => [name, help] as const),
      ...Object.entries(terraform).map(([name, meaning]) => [name, `only get and list: ${meaning}`] as const),
    ],
    'Every key is always there, null where there is nothing; keys are only ever added. --fields id,status picks keys, or ' +
      'columns, and their order in every format but id and terraform. output.schema.json in the package describes the JSON of ' +
      'every command.',
    'With json or jsonl, and stderr in a pipe or a file, each line on stderr is an object with one key: progress, warning, note, ' +
      'hint or error. In a terminal only the error is JSON.',
    'Colour follows --no-color, NO_COLOR, FORCE_COLOR and TERM=dumb. Text from Atlas cannot send control codes to a terminal.',
  ],
  waiting: [
    '`atlas-pe wait` ends when each endpoint has reached the status that --until names, or a later one of INITIATING, ' +
      'WAITING_FOR_USER, AVAILABLE. --until takes ready (WAITING_FOR_USER or AVAILABLE, the default), any status in any case, ' +
      'and DELETED. `wait until STATUS` says the same.',
    [
      ['exit 0', 'reached'],
      ['exit 6', 'FAILED, with the reason of Atlas; or deleted while something else was awaited'],
      ['exit 8', '--timeout has passed (1h where none is given); the endpoint is still pending'],
      ['exit 1', 'five minutes of asking without any answer'],
      ['exit 130', 'Ctrl-C; the endpoint stays as it is, and the message says how to go on'],
    ],
    'It looks rarely at first, often when most endpoints get ready, and ever more rarely after that. No network, 408, 429, 5xx ' +
      'and cut answers are ridden out; a laptop that slept looks at once when it wakes up.',
    '--all waits for every endpoint of the project, --any only for the first one to get there, --interface for the interface ' +
      'endpoints. create, delete, interface add, interface remove and connection-strings take --wait and --timeout too.',
  ],
} satisfies Record<TopicName, Topic>;
