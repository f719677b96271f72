import { basename, dirname } from 'node:path';
import type { AsyncEntry as KeychainEntry } from '@napi-rs/keyring';
import { CliError, codeOf, reasonOf, unwritable } from '../base/errors.js';
import { readText, withLock } from '../base/files.js';
import { cmd, commandLine } from '../base/shell.js';
import { inKeychain, type SecretStore, type SettingName, secretNames, settingNames } from './settings.js';

export type ProfileValues = { [name in SettingName]?: string | undefined };

export interface Content {
  profile?: string;
  profiles: Readonly<Record<string, ProfileValues>>;
}

export type ConfigStore = Awaited<ReturnType<typeof openConfig>>;

export async function openConfig(file: string) {
  const content = parse(read(file), file);
  return {
    ...content,
    file,
    /** Changes the file under a lock. `edit` gets the current contents: another command may have written since. */
    change: (edit: (content: Content) => Content) =>
      withLock(file, () => write(file, edit(parse(read(file), file)))).catch((error: unknown) => {
        const hint = 'Check who owns that directory, or set ATLAS_PE_CONFIG_DIR to another one.';
        throw codeOf(error) === undefined ? error : unwritable(`the configuration: ${file}`, error, hint);
      }),
  };
}

async function write(file: string, content: Content) {
  const { default: Conf } = await import('conf');
  const conf = new Conf<Record<string, unknown>>({
    cwd: dirname(file),
    configName: basename(file),
    fileExtension: '',
    configFileMode: 0o600,
    clearInvalidConfig: false,
  });
  conf.store = { ...content };
}

export function withValues(content: Content, profile: string, values: ProfileValues): Content {
  const next = Object.entries({ ...content.profiles[profile], ...values }).filter(([, value]) => value !== undefined);
  return { ...content, profiles: { ...content.profiles, [profile]: Object.fromEntries(next) } };
}

/** Doesn't use conf, which takes longer to load than most commands take to run. */
function read(file: string) {
  try {
    return readText(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return null;
    throw unreadable(file, error);
  }
}

function parse(text: string | null, file: string) {
  try {
    return contentOf(text === null ? {} : JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Validates the contents, because users may edit the file by hand. Keeps keys that a later version may have written. */
function contentOf(stored: unknown): Content {
  const { profile, profiles = {}, ...others } = objectIn(stored, 'the file');
  if (profile !== undefined && typeof profile !== 'string') throw new Error('profile is not a string');
  const all = Object.entries(objectIn(profiles, 'profiles')).map(([name, values]) => {
    const settings = objectIn(values, `profile ${name}`);
    const wrong = settingNames.find((key) => key in settings && typeof settings[key] !== 'string');
    if (wrong !== undefined) throw new Error(`${wrong} of profile ${name} is not a string`);
    return [name, settings as ProfileValues] as const;
  });
  // No prototype: otherwise `constructor` would look like a profile.
  return {
    ...others,
    ...(profile !== undefined && { profile }),
    profiles: Object.assign(Object.create(null), Object.fromEntries(all)),
  };
}

function objectIn(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is not an object`);
  return { ...value };
}

function unreadable(file: string, cause: unknown) {
  // A JSON parser may quote the invalid text, and that may be a key.
  const reason = cause instanceof SyntaxError ? 'it is not valid JSON' : reasonOf(cause);
  return new CliError('usage', `Cannot read the configuration: ${file} (${reason}).`, {
    hint: 'Correct or remove that file, or set ATLAS_PE_CONFIG_DIR to another directory.',
    cause,
  });
}

export type Keychain = NonNullable<Awaited<ReturnType<typeof openKeychain>>>;

/** On Linux, use only the Secret Service. The library's fallback, the kernel's keyring, is empty after the next boot. */
const options = { linux: { store: 'secret-service' } } as const;

/** Opens this machine's keychain. Null if it has none, or if the optional library is not installed. */
export async function openKeychain() {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => ({ AsyncEntry: null }));
  if (!AsyncEntry) return null;
  try {
    // Only the constructor shows whether there is a Secret Service.
    new AsyncEntry('atlas-pe', 'probe', options);
  } catch {
    return null;
  }
  const text = 'Unlock it, or save secrets in the configuration file:';
  const hint = { text, commands: [commandLine(cmd`config set secret-store file`)] };
  const use = async <T>(service: string, account: string, act: (entry: KeychainEntry) => Promise<T>) => {
    try {
      return await act(new AsyncEntry(service, account, options));
    } catch (error) {
      throw new CliError('unexpected', `Cannot access the keychain: ${reasonOf(error)}.`, { hint, cause: error });
    }
  };
  return {
    get: (service: string, account: string) =>
      use(service, account, async (entry) => (await entry.getPassword()) ?? null),
    set: (service: string, account: string, secret: string) =>
      use(service, account, (entry) => entry.setPassword(secret)),
    /** Succeeds if the secret doesn't exist. */
    remove: async (service: string, account: string) => {
      await use(service, account, (entry) => entry.deleteCredential());
    },
  };
}

const service = 'atlas-pe';
const account = (profile: string, name: SettingName) => `${profile}/${name}`;

type OpenKeychain = () => Promise<Keychain | null>;

export interface Saved {
  file: string;
  secretsIn: SecretStore;
  /** No keychain was found and none was requested, so the secrets are in the file. True only once for each profile. */
  isFallback: boolean;
}

function inKeychainOf({ profiles }: ConfigStore, profile: string) {
  return secretNames.filter((name) => profiles[profile]?.[name] === inKeychain);
}

/** Reads a secret of a profile from the keychain. Throws if the keychain can't be used or no longer has it. */
export async function readSecret(keychain: OpenKeychain, profile: string, name: SettingName) {
  const secret = await (await openOrThrow(keychain, profile)).get(service, account(profile, name));
  if (secret !== null) return secret;
  throw new CliError('notAllowed', `The ${name} of profile ${profile} is no longer in the keychain.`, {
    hint: { text: 'Sign in again:', commands: [commandLine(cmd`login --profile ${profile}`)] },
  });
}

/** Secrets go where `secret-store` says, by default to a keychain if there is one. config.json is written after that. */
export async function saveValues(
  config: ConfigStore,
  keychain: OpenKeychain,
  profile: string,
  values: ProfileValues,
): Promise<Saved> {
  const chosen = values['secret-store'] ?? config.profiles[profile]?.['secret-store'];
  const secrets = secretNames.filter((name) => values[name] !== undefined);
  const chain = secrets.length === 0 || chosen === 'file' ? null : await keychain();
  if (chosen === 'keychain' && secrets.length > 0 && !chain) await openOrThrow(keychain, profile);

  const next = { ...values };
  for (const name of chain ? secrets : []) {
    await chain?.set(service, account(profile, name), values[name] ?? '');
    next[name] = inKeychain;
  }
  const isFallback = secrets.length > 0 && !chain && chosen === undefined;
  if (isFallback) next['secret-store'] = 'file';
  // Remove secrets from the keychain first: without their entry in config.json, nobody would find them there.
  const leaving = inKeychainOf(config, profile).filter((name) => name in next && next[name] !== inKeychain);
  const isReplaced = leaving.every((name) => next[name] !== undefined);
  await forget(isReplaced ? keychain : () => openOrThrow(keychain, profile), profile, leaving);
  await config.change((content) => withValues(content, profile, next));
  return { file: config.file, secretsIn: chain ? 'keychain' : 'file', isFallback };
}

export async function moveSecrets(
  config: ConfigStore,
  keychain: OpenKeychain,
  profile: string,
  store: SecretStore,
): Promise<Saved> {
  if (store === 'keychain') await openOrThrow(keychain, profile);
  else if (!(await keychain())) {
    // The keychain can't be reached, so forget its secrets. The user has to sign in again without it.
    const lost = Object.fromEntries(inKeychainOf(config, profile).map((name) => [name, undefined]));
    await config.change((content) => withValues(content, profile, { ...lost, 'secret-store': store }));
    return { file: config.file, secretsIn: store, isFallback: false };
  }
  const values: ProfileValues = { 'secret-store': store };
  for (const name of secretNames) {
    const value = config.profiles[profile]?.[name];
    if (value !== undefined) values[name] = value === inKeychain ? await readSecret(keychain, profile, name) : value;
  }
  return saveValues(config, keychain, profile, values);
}

export async function removeProfile(config: ConfigStore, keychain: OpenKeychain, profile: string) {
  await forget(() => openOrThrow(keychain, profile), profile, inKeychainOf(config, profile));
  await config.change((content) => {
    const { profile: current, ...others } = content;
    const { [profile]: _, ...profiles } = content.profiles;
    return { ...others, ...(current !== profile && current && { profile: current }), profiles };
  });
}

async function forget(keychain: OpenKeychain, profile: string, names: readonly SettingName[]) {
  const chain = names.length > 0 ? await keychain() : null;
  for (const name of names) await chain?.remove(service, account(profile, name));
}

async function openOrThrow(keychain: OpenKeychain, profile: string) {
  const chain = await keychain();
  if (chain) return chain;
  const text = 'Unlock the keychain, or save secrets in the configuration file:';
  const commands = [cmd`config set secret-store file --profile ${profile}`, cmd`login --profile ${profile}`];
  const hint = { text, commands: commands.map(commandLine) };
  throw new CliError('unexpected', 'No usable keychain found.', { hint });
}
