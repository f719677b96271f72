import { defaultBaseUrl, parseBaseUrl } from '../atlas/base-url.js';
import { UsageError } from '../base/errors.js';
import { oneOf } from '../base/lists.js';
import { parseName } from '../base/suggest.js';
import { parseProvider } from '../clouds/all.js';
import { parseFormat } from '../ui/formats.js';

interface Setting {
  /** What it is, for help. */
  help: string;
  /** The official clients' environment variables that may hold it, besides ours. Undefined if none may, not even ours. */
  env?: readonly string[];
  /** Never printed, and not accepted on the command line. */
  secret?: true;
  default?: string;
  /** Validates a value and returns it in the form that is stored. Throws a usage error. */
  check: (text: string) => string;
}

/** The built-in profile. It uses a sandbox in this process instead of a host and credentials. */
export const sandboxProfile = 'sandbox';

/** Where secrets are stored: in the operating system's keychain, or in config.json itself. */
export const secretStores = ['keychain', 'file'] as const;
export type SecretStore = (typeof secretStores)[number];

/** Stands in config.json for a secret in the keychain. A secret can't look like this, because it has no spaces. */
export const inKeychain = '(in the keychain)';

/** Every setting that a profile can hold and that `config set` accepts. */
const settings = {
  project: { help: 'id or name of the default project', env: ['MONGODB_ATLAS_PROJECT_ID'], check: notEmpty },
  provider: {
    help: 'default of --provider',
    default: 'aws',
    check: (text) => parseProvider(text).toLowerCase(),
  },
  output: { help: 'default of --output', env: [], default: 'table', check: parseFormat },
  'base-url': {
    help: 'URL of Atlas',
    env: ['MONGODB_ATLAS_OPS_MANAGER_URL', 'MONGODB_ATLAS_BASE_URL', 'MONGODB_ATLAS_SERVICE'],
    default: defaultBaseUrl,
    check: parseBaseUrl,
  },
  'public-key': {
    help: 'public key of an API key',
    env: ['MONGODB_ATLAS_PUBLIC_API_KEY', 'MONGODB_ATLAS_PUBLIC_KEY'],
    check: oneLine,
  },
  'private-key': {
    help: 'private key of an API key',
    env: ['MONGODB_ATLAS_PRIVATE_API_KEY', 'MONGODB_ATLAS_PRIVATE_KEY'],
    secret: true,
    check: oneLine,
  },
  'client-id': { help: 'client id of a service account', env: ['MONGODB_ATLAS_CLIENT_ID'], check: oneLine },
  'client-secret': {
    help: 'client secret of a service account',
    env: ['MONGODB_ATLAS_CLIENT_SECRET'],
    secret: true,
    check: oneLine,
  },
  'access-token': {
    help: 'access token, used instead of other credentials',
    env: ['MONGODB_ATLAS_ACCESS_TOKEN'],
    secret: true,
    check: oneLine,
  },
  'secret-store': { help: `where secrets are saved: ${oneOf(secretStores)}`, check: parseSecretStore },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as SettingName[];

export function setting(name: SettingName): Setting {
  return settings[name];
}

export const secretNames = settingNames.filter((name) => setting(name).secret);

/** The environment variables that may hold a setting. Ours has its name: `ATLAS_PE_BASE_URL`. */
export function variablesOf(name: SettingName): Record<'ours' | 'official', readonly string[]> {
  const { env: official = [] } = setting(name);
  const ours = setting(name).env ? [`ATLAS_PE_${name.toUpperCase().replaceAll('-', '_')}`] : [];
  return { ours, official };
}

export function parseSettingName(text: string): SettingName {
  return parseName('setting', text, settingNames);
}

export function parseSecretStore(text: string): SecretStore {
  return parseName('secret store', text, secretStores);
}

function notEmpty(text: string): string {
  if (text.trim() === '') throw new UsageError('The value is empty.', 'Check for an unset variable.');
  return text.trim();
}

/** For values that go into an HTTP header. The error doesn't repeat the value, because it may be a secret. */
function oneLine(text: string): string {
  const value = notEmpty(text);
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new UsageError(
    'A key, id or token can contain only printable ASCII characters and no spaces.',
    'Check that it is complete and has no quotes.',
  );
}
