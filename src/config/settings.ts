import type { Credentials } from '../atlas/auth.js';
import { defaultBaseUrl, parseBaseUrl } from '../atlas/base-url.js';
import { isAtlasId } from '../atlas/ids.js';
import { UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { closest, guessed, oneOf, parseName } from '../base/words.js';
import { parseProvider } from '../clouds/all.js';
import { parseFormat } from '../ui/formats.js';

interface Setting {
  help: string;
  /** The official clients' variables that may hold it, without MONGODB_ATLAS_. Undefined if none may, not even ours. */
  env?: readonly string[];
  /** Never printed, and not accepted on the command line. */
  secret?: true;
  default?: string;
  /** Validates a value and returns it in the form that is stored. Throws a usage error. */
  check: (text: string) => string;
}

/** The built-in profile. It uses a sandbox in this process instead of a host and credentials. */
export const sandboxProfile = 'sandbox';

export const secretStores = ['keychain', 'file'] as const;
export type SecretStore = (typeof secretStores)[number];

/** Stands in config.json for a secret in the keychain. A secret can't look like this, because it has no spaces. */
export const inKeychain = '(in the keychain)';

const secret = { secret: true, check: oneLine } as const;

const settings = {
  project: { help: 'id or name of the default project', env: ['PROJECT_ID'], check: notEmpty },
  provider: { help: 'default of --provider', default: 'aws', check: (text) => parseProvider(text).toLowerCase() },
  output: { help: 'default of --output', env: [], default: 'table', check: parseFormat },
  'base-url': {
    help: 'URL of Atlas',
    env: ['OPS_MANAGER_URL', 'BASE_URL', 'SERVICE'],
    default: defaultBaseUrl,
    check: parseBaseUrl,
  },
  'public-key': { help: 'public key of an API key', env: ['PUBLIC_API_KEY', 'PUBLIC_KEY'], check: oneLine },
  'private-key': { ...secret, help: 'private key of an API key', env: ['PRIVATE_API_KEY', 'PRIVATE_KEY'] },
  'client-id': { help: 'client id of a service account', env: ['CLIENT_ID'], check: oneLine },
  'client-secret': { ...secret, help: 'client secret of a service account', env: ['CLIENT_SECRET'] },
  'access-token': { ...secret, help: 'access token, used instead of other credentials', env: ['ACCESS_TOKEN'] },
  'secret-store': { help: `where secrets are saved: ${oneOf(secretStores)}`, check: parseSecretStore },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as SettingName[];

export function setting(name: SettingName): Setting {
  return settings[name];
}

export const secretNames = settingNames.filter((name) => setting(name).secret);

/** The environment variables that may hold a setting. Ours has its name: `ATLAS_PE_BASE_URL`. */
export function variablesOf(name: SettingName) {
  const { env } = setting(name);
  const ours = env ? [`ATLAS_PE_${name.toUpperCase().replaceAll('-', '_')}`] : [];
  return { ours, official: env?.map((each) => `MONGODB_ATLAS_${each}`) ?? [] };
}

/** Our environment variables besides those of settings, and those that the sandbox sets for scripts. */
const others = ['PROFILE', 'SANDBOX', 'LOG_FORMAT', 'CONFIG_DIR', 'CACHE_DIR', 'DATA_DIR'];
const ofSandbox = ['SANDBOX_DNS_SERVER', 'SANDBOX_TLS_CA_FILE', 'SANDBOX_TLS_BASE_URL'];

/** Warnings about variables that look like ours. Those that begin with ATLAS_PE_TEST_ are for tests. */
export function unknownVariables(env: Env): string[] {
  const own = [...others, ...ofSandbox].map((name) => `ATLAS_PE_${name}`);
  const known = [...settingNames.flatMap((name) => variablesOf(name).ours), ...own];
  const unknown = Object.keys(env).filter((name) => /^ATLAS_PE_(?!TEST_)/.test(name) && !known.includes(name));
  return unknown.map((name) => {
    const near = closest(name, known);
    return `Unknown environment variable ${name}.${near === undefined ? '' : ` ${guessed(near)}`}`;
  });
}

/** Whether ATLAS_PE_SANDBOX stands for --sandbox. Throws a usage error for anything but these: it must not mean a real account. */
export function isSandboxChosen({ ATLAS_PE_SANDBOX: text }: Env) {
  return ['1', 'true'].includes(parseName('ATLAS_PE_SANDBOX', text || '0', ['1', 'true', '0', 'false']));
}

export function parseSettingName(text: string): SettingName {
  return parseName('setting', text, settingNames);
}

export function parseSecretStore(text: string): SecretStore {
  return parseName('secret store', text, secretStores);
}

function notEmpty(text: string) {
  if (text.trim() === '') throw new UsageError('The value is empty.', 'Check for an unset variable.');
  return text.trim();
}

/** For values that go into an HTTP header. The error doesn't repeat the value, because it may be a secret. */
function oneLine(text: string) {
  const value = notEmpty(text);
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new UsageError(
    'A key, id or token can contain only printable ASCII characters and no spaces.',
    'Check that it is complete and has no quotes.',
  );
}

export function projectIdOf(value: string) {
  const id = value.toLowerCase();
  return isAtlasId(id) ? id : undefined;
}

export interface CredentialKind {
  kind: Credentials['kind'];
  names: readonly [SettingName, ...SettingName[]];
  make(values: readonly string[]): Credentials;
}

export const token: CredentialKind = {
  kind: 'access-token',
  names: ['access-token'],
  make: ([accessToken = '']) => ({ kind: 'access-token', accessToken }),
};
export const serviceAccount = {
  kind: 'service-account',
  names: ['client-id', 'client-secret'],
  make: ([clientId = '', clientSecret = '']) => ({ kind: 'service-account', clientId, clientSecret }),
} as const satisfies CredentialKind;
export const apiKey = {
  kind: 'api-key',
  names: ['public-key', 'private-key'],
  make: ([publicKey = '', privateKey = '']) => ({ kind: 'api-key', publicKey, privateKey }),
} as const satisfies CredentialKind;

/** Strongest first. */
export const credentialKinds: readonly CredentialKind[] = [token, serviceAccount, apiKey];

/** The same for the official clients. The token is last: beside other credentials it may be an expired cache. */
export const officialKinds: readonly CredentialKind[] = [serviceAccount, apiKey, token];

export function titleOf({ kind }: Pick<Credentials, 'kind'>) {
  return kind.replace('api', 'API').replace('-', ' ');
}

export function publicIdOf(credentials: Credentials) {
  if (credentials.kind === 'access-token') return null;
  return credentials.kind === 'api-key' ? credentials.publicKey : credentials.clientId;
}

export const credentialNames: readonly SettingName[] = credentialKinds.flatMap(({ names }) => names);
