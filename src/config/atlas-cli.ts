import { join } from 'node:path';
import type { Credentials } from '../atlas/auth.js';
import { parseBaseUrl } from '../atlas/base-url.js';
import { CliError, codeOf, reasonOf } from '../base/errors.js';
import { readText } from '../base/files.js';
import type { Env } from '../base/host.js';
import { once } from '../base/once.js';
import { cmd, commandLine } from '../base/shell.js';
import { homeDir, xdgConfigDir } from './paths.js';
import type { SettingName } from './settings.js';
import type { Keychain, ProfileValues } from './store.js';

/** The Atlas CLI's keys and our settings. Newer versions may keep any of these in the keychain, including ids. */
const credentialKeys = {
  public_api_key: 'public-key',
  private_api_key: 'private-key',
  client_id: 'client-id',
  client_secret: 'client-secret',
  access_token: 'access-token',
} as const satisfies Record<string, SettingName>;

export const kindsByAuthType: ReadonlyMap<unknown, Credentials['kind']> = new Map([
  ['service_account', 'service-account'],
  ['api_keys', 'api-key'],
  ['user_account', 'access-token'],
]);

export type AtlasCli = ReturnType<typeof openAtlasCli>;

export function openAtlasCli(env: Env, keychain: () => Promise<Keychain | null>) {
  const file = () => join(folderOf(env), 'config.toml');
  const tables = once(async () => read(file()));
  const table = async (profile: string) => {
    const found = (await tables())[profile];
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined;
  };
  return {
    file,
    profiles: async () =>
      Object.entries(await tables()).flatMap(([name, value]) => (typeof value === 'object' ? name : [])),
    /** The kind of credentials in use, if the environment or the file says so. Others may be leftovers or a cache. */
    kind: async (profile: string) =>
      kindsByAuthType.get(env.MONGODB_ATLAS_AUTH_TYPE || (await table(profile))?.auth_type),
    values: async (profile: string) => valuesOf((await table(profile)) ?? {}),
    secrets: async (profile: string): Promise<ProfileValues> => {
      const chain = (await table(profile)) ? await keychain() : null;
      if (!chain) return {};
      const found: ProfileValues = {};
      for (const [key, name] of Object.entries(credentialKeys)) {
        const secret = await chain.get(`atlascli_${profile.toLowerCase()}`, key);
        if (secret) found[name] = decode(secret);
      }
      return found;
    },
  };
}

function folderOf(env: Env) {
  if (process.platform === 'win32') return join(env.AppData || env.APPDATA || homeDir(env), 'atlascli');
  if (process.platform === 'darwin') return join(homeDir(env), 'Library', 'Application Support', 'atlascli');
  return join(xdgConfigDir(env), 'atlascli');
}

async function read(file: string): Promise<Record<string, unknown>> {
  try {
    const text = readText(file);
    const { parse } = await import('smol-toml');
    return parse(text);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    // The parser quotes the invalid line, and that may be a key.
    const { line } = Object(error) as { line?: unknown };
    const reason = typeof line === 'number' ? `line ${line} is not valid TOML` : reasonOf(error);
    throw new CliError('usage', `Cannot read the Atlas CLI configuration: ${file} (${reason}).`, {
      hint: { text: 'Correct it with the Atlas CLI, or sign in with atlas-pe:', commands: [commandLine(cmd`login`)] },
      cause: error,
    });
  }
}

function valuesOf(table: Record<string, unknown>) {
  const text = (key: string) => (typeof table[key] === 'string' && table[key] !== '' ? table[key] : undefined);
  const service = text('service') === 'cloudgov' ? parseBaseUrl('cloudgov') : undefined;
  const baseUrl = text('ops_manager_url') ?? text('base_url') ?? service;
  const credentials = Object.entries(credentialKeys).map(([key, name]) => [name, text(key)] as const);
  const all = [...credentials, ['project', text('project_id')], ['base-url', baseUrl]];
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as ProfileValues;
}

/** On macOS, the Atlas CLI's keychain library encodes values that are not plain text. */
function decode(secret: string) {
  const [, encoding, text = ''] = /^go-keyring-(base64|encoded):(.*)$/s.exec(secret) ?? [];
  if (encoding === undefined) return secret;
  return Buffer.from(text, encoding === 'base64' ? 'base64' : 'hex').toString('utf8');
}
