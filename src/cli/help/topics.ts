import type { deleted, serviceStatuses } from '../../atlas/model.js';
import { clouds } from '../../clouds/all.js';
import { type Definition, isGroup } from '../../command.js';
import { setting, settingNames, variablesOf } from '../../config/settings.js';
import { type Format, formats } from '../../ui/formats.js';
import { type TopicName, tree } from '../tree.js';

export type HelpItem = readonly [term: string, meaning: string];

export type Topic = readonly (string | readonly HelpItem[])[];

/** Each exit code and its meaning. A shell reports 129 after SIGHUP. */
const exits: readonly HelpItem[] = [
  ['0', 'success'],
  ['1', 'unexpected error: the API or the network failed after retries, or a bug'],
  ['1', 'you answered no at a prompt; nothing was changed'],
  ['2', 'usage error: unknown option, invalid id or region, missing project'],
  ['3', 'not found'],
  ['4', 'not signed in, or not allowed'],
  ['5', 'conflict: already exists, still has interface endpoints, …'],
  [
    '6',
    'the endpoint failed, or was deleted while waiting for another status; doctor or list --check found an error',
  ],
  ['8', 'timed out; the endpoint is still pending'],
  ['126', 'sandbox exec: the command could not be executed'],
  ['127', 'sandbox exec: the command was not found'],
  ['129', 'the terminal was closed (SIGHUP)'],
  ['130', 'interrupted (Ctrl-C)'],
  ['143', 'terminated'],
];

const meanings = {
  INITIATING: 'Atlas is creating it',
  WAITING_FOR_USER: 'ready: create an interface endpoint in your cloud account',
  AVAILABLE: 'ready; Atlas often returns this instead of WAITING_FOR_USER',
  FAILED: 'Atlas could not create it; errorMessage says why',
  DELETING: 'Atlas is deleting it',
  DELETED: 'gone; shown by atlas-pe when Atlas returns 404',
} satisfies Record<(typeof serviceStatuses)[number] | typeof deleted, string>;

const definitions = tree.filter((branch): branch is Definition => !isGroup(branch));

const ownFormats: Readonly<Record<string, string>> = Object.assign({}, ...definitions.map((each) => each.formats));

const everyOwnFormat: readonly HelpItem[] = Object.entries(ownFormats).map(([format, meaning]) => {
  const owners = definitions.filter(({ formats = {} }) => format in formats).map(({ name }) => name);
  return [format, `${meaning}; only for ${owners.join(' and ')}`];
});

const everySetting: readonly HelpItem[] = settingNames.map((name) => {
  const { help, default: value } = setting(name);
  const { ours, official } = variablesOf(name);
  const usual = value === undefined ? '' : ` (default: ${value})`;
  const all = [...ours, ...official].join(', ');
  return [name, all === '' ? `${help}${usual}` : `${help}${usual}; ${all}`];
});

const variables: readonly HelpItem[] = [
  ['ATLAS_PE_PROFILE, MONGODB_ATLAS_PROFILE', `profile to use; 'sandbox' selects the built-in Atlas sandbox`],
  ['ATLAS_PE_SANDBOX=1', 'same as --sandbox'],
  ['MONGODB_ATLAS_AUTH_TYPE', 'api_keys, service_account or user_account, if several kinds of credentials are set'],
  ['ATLAS_PE_CONFIG_DIR', 'directory for config.json'],
  ['ATLAS_PE_CACHE_DIR', 'directory for cache.json and compiled code'],
  ['ATLAS_PE_DATA_DIR', 'directory for the saved sandbox'],
  ['ATLAS_PE_LOG_FORMAT=json', 'same as --log-format json'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxies'],
  ['NODE_EXTRA_CA_CERTS', 'file with additional trusted CA certificates'],
  ['NO_COLOR, FORCE_COLOR', 'color'],
];

export const topics = {
  'exit-codes': [
    'Scripts can rely on these codes. They do not change within a major version.',
    exits,
    'Errors go to stderr: one line says what is wrong, the next line says what to do. With --log-format json, an error is ' +
      'one line of JSON: "code" is the kind of error, and "exitCode" is the number above. With several endpoints, the exit ' +
      'code is the lowest one above 0.',
  ],
  environment: [
    'The value of a setting comes from the first of these that has one: a flag, the environment, the profile in use, the ' +
      'Atlas CLI profile of the same name, the built-in default. `atlas-pe config list --show-origin` shows where each value ' +
      'comes from. `atlas-pe config set` saves a setting. Settings, with their environment variables; the first one that is set ' +
      'is used:',
    everySetting,
    'Other environment variables:',
    variables,
    'Secrets cannot be passed as flags. Both parts of an API key or a service account must ' +
      'come from the same source.',
  ],
  statuses: [
    'Statuses of a private endpoint service. Atlas may add others; atlas-pe shows them unchanged.',
    Object.entries(meanings),
    'Statuses of an interface endpoint, by cloud:',
    Object.values(clouds).map(({ title, interfaces }) => [title, interfaces.statuses] as const),
  ],
  output: [
    'stdout contains only data. Progress, hints, warnings and errors go to stderr. Formats for --output:',
    [...Object.entries<Format>(formats).map(([name, { help }]) => [name, help] as const), ...everyOwnFormat],
    'Every key is always present, with null if there is no value. New versions only add keys. --fields id,status selects and ' +
      'orders keys, or columns of a table by their headings (JSON and YAML: only keys). The ' +
      'file output.schema.json in the package describes the JSON of every command.',
    'stderr is text. With --log-format json or ATLAS_PE_LOG_FORMAT=json, each line on stderr is a JSON object with one key: ' +
      'progress, warning, note, hint or error.',
    'Color follows --no-color, NO_COLOR, FORCE_COLOR and TERM=dumb. Control codes in text from Atlas are escaped.',
  ],
  waiting: [
    '`atlas-pe wait` ends when each endpoint reaches the status given with --until, or a later one in the order INITIATING, ' +
      'WAITING_FOR_USER, AVAILABLE. --until accepts ready (WAITING_FOR_USER or AVAILABLE; the default), any status in upper or ' +
      'lower case, and DELETED. `wait until STATUS` does the same.',
    [
      ['exit 0', 'the status was reached'],
      ['exit 6', 'an endpoint is FAILED, or was deleted while waiting for another status'],
      ['exit 8', 'the --timeout (default: 1h) expired; the endpoint is still pending'],
      ['exit 1', 'Atlas did not respond for 5m'],
      ['exit 130', 'Ctrl-C; the endpoint is not affected, and the message shows how to continue'],
    ],
    'atlas-pe checks every 15 s at first, every 2 s when most endpoints become ready, and then every 5 to 15 s. ' +
      'It retries after network failures, incomplete responses and the HTTP statuses 408, 429 and 5xx. It checks ' +
      'immediately after the computer wakes up from sleep.',
    '--all waits for all endpoints of the project, --any for the first endpoint that reaches the status, and --interface for ' +
      'the interface endpoints. create, delete, update, interface add, interface remove and connection-strings also have --wait and ' +
      '--timeout.',
  ],
} satisfies Record<TopicName, Topic>;
