import { defaultBaseUrl, parseBaseUrl } from '../atlas/base-url.js';
import { UsageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { parseProvider } from '../clouds/all.js';
import { parseFormat } from '../ui/formats.js';

interface Setting {
  /** Where the environment may hold it: our names, then those of the official clients. */
  env: { ours?: readonly string[]; official?: readonly string[] };
  /** Never printed, and never taken from the command line. */
  secret?: true;
  default?: string;
  /** Checks a value and returns it as it is kept. Throws a usage error. */
  check: (text: string) => string;
}

/** The built-in profile: a sandbox in this process instead of a host with credentials. */
export const sandboxProfile = 'sandbox';

/** Where secrets can be: the keychain of the operating system, or config.json itself. */
export const secretStores = ['keychain', 'file'] as const;
export type SecretStore = (typeof secretStores)[number];

/** Everything that a profile can hold, and that `config set` knows. */
const settings = {
  project: {
    env: { ours: ['ATLAS_PE_PROJECT'], official: ['MONGODB_ATLAS_PROJECT_ID'] },
    check: notEmpty,
  },
  provider: { env: {}, default: 'aws', check: (text) => parseProvider(text).toLowerCase() },
  output: { env: { ours: ['ATLAS_PE_OUTPUT'] }, default: 'table', check: parseFormat },
  'base-url': {
    env: {
      ours: ['ATLAS_PE_BASE_URL'],
      official: ['MONGODB_ATLAS_OPS_MANAGER_URL', 'MONGODB_ATLAS_BASE_URL'],
    },
    default: defaultBaseUrl,
    check: parseBaseUrl,
  },
  'public-key': {
    env: {
      ours: ['ATLAS_PE_PUBLIC_KEY'],
      official: ['MONGODB_ATLAS_PUBLIC_API_KEY', 'MONGODB_ATLAS_PUBLIC_KEY'],
    },
    check: oneLine,
  },
  'private-key': {
    env: {
      ours: ['ATLAS_PE_PRIVATE_KEY'],
      official: ['MONGODB_ATLAS_PRIVATE_API_KEY', 'MONGODB_ATLAS_PRIVATE_KEY'],
    },
    secret: true,
    check: oneLine,
  },
  'client-id': {
    env: { ours: ['ATLAS_PE_CLIENT_ID'], official: ['MONGODB_ATLAS_CLIENT_ID'] },
    check: oneLine,
  },
  'client-secret': {
    env: { ours: ['ATLAS_PE_CLIENT_SECRET'], official: ['MONGODB_ATLAS_CLIENT_SECRET'] },
    secret: true,
    check: oneLine,
  },
  'access-token': {
    env: { ours: ['ATLAS_PE_ACCESS_TOKEN'], official: ['MONGODB_ATLAS_ACCESS_TOKEN'] },
    secret: true,
    check: oneLine,
  },
  'secret-store': { env: {}, check: parseSecretStore },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as SettingName[];

export function setting(name: SettingName): Setting {
  return settings[name];
}

export function parseSettingName(text: string): SettingName {
  const name = settingNames.find((known) => known === text);
  if (name) return name;
  throw new UsageError(`There is no setting '${text}'.`, didYouMean(text, settingNames));
}

export function parseSecretStore(text: string): SecretStore {
  const store = secretStores.find((name) => name === text.trim().toLowerCase());
  if (store) return store;
  throw new UsageError(`'${text}' is not a place for secrets.`, didYouMean(text, secretStores));
}

function notEmpty(text: string): string {
  if (text.trim() === '') throw new UsageError('The value is empty.', 'Check for an unset variable.');
  return text.trim();
}

/** For what goes into a header. The value itself is not repeated: it may be a secret. */
function oneLine(text: string): string {
  const value = notEmpty(text);
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new UsageError(
    'A key, an id or a token is one word of plain characters.',
    'It may have been cut off, or quoted.',
  );
}
