import { CliError } from '../base/errors.js';
import { cmd, commandLine } from '../base/shell.js';
import type { Keychain } from './keychain.js';
import { type SecretStore, type SettingName, setting, settingNames } from './settings.js';
import { type ConfigStore, type Values, withValues } from './store.js';

/** Stands in config.json for a secret that the keychain holds. No secret looks like it: those have no spaces. */
export const inKeychain = '(in the keychain)';

export const secretNames = settingNames.filter((name) => setting(name).secret);

const service = 'atlas-pe';
const account = (profile: string, name: SettingName) => `${profile}/${name}`;

type OpenKeychain = () => Promise<Keychain | null>;

/** Where a change went. */
export interface Saved {
  file: string;
  secretsIn: SecretStore;
  /** There is no keychain here and none was asked for, so the file has them; this is so once for a profile. */
  isFallback: boolean;
}

/** The secret of a profile, from wherever it is kept. */
export async function readSecret(keychain: OpenKeychain, profile: string, name: SettingName): Promise<string> {
  const secret = await (await openOrThrow(keychain, profile)).get(service, account(profile, name));
  if (secret !== null) return secret;
  throw new CliError('notAllowed', `The ${name} of profile ${profile} is no longer in the keychain.`, {
    hint: { text: 'Sign in again:', commands: [commandLine(cmd`login --profile ${profile}`)] },
  });
}

/**
 * Saves settings of a profile, secrets where it keeps those: by `secret-store`, else in the keychain where there is one.
 * Those that are undefined are removed. Nothing is written to config.json before the keychain has taken its part.
 */
export async function saveValues(
  config: ConfigStore,
  keychain: OpenKeychain,
  profile: string,
  values: { [name in SettingName]?: string | undefined },
): Promise<Saved> {
  const before = config.profiles[profile] ?? {};
  const chosen = values['secret-store'] ?? before['secret-store'];
  const secrets = secretNames.filter((name) => values[name] !== undefined);
  const chain = secrets.length === 0 || chosen === 'file' ? null : await keychain();
  if (chosen === 'keychain' && secrets.length > 0 && !chain) await openOrThrow(keychain, profile);

  const next = { ...values };
  if (chain) {
    for (const name of secrets) {
      await chain.set(service, account(profile, name), values[name] ?? '');
      next[name] = inKeychain;
    }
  }
  const isFallback = secrets.length > 0 && !chain && chosen === undefined;
  if (isFallback) next['secret-store'] = 'file';
  // From the keychain first: what config.json no longer names nobody would find there.
  const leaving = secretNames.filter((name) => name in next && isKept(before, name) && next[name] !== inKeychain);
  const isReplaced = leaving.every((name) => next[name] !== undefined);
  await forget(isReplaced ? keychain : () => openOrThrow(keychain, profile), profile, leaving);
  await config.change((content) => withValues(content, profile, next));
  return { file: config.file, secretsIn: chain ? 'keychain' : 'file', isFallback };
}

/** Moves the secrets of a profile to where `secret-store` says from now on. */
export async function moveSecrets(
  config: ConfigStore,
  keychain: OpenKeychain,
  profile: string,
  store: SecretStore,
): Promise<Saved> {
  if (store === 'keychain') await openOrThrow(keychain, profile);
  else if (!(await keychain())) {
    // Out of reach, so that whoever wants to do without it has to sign in anew.
    const values = config.profiles[profile] ?? {};
    const lost = secretNames.filter((name) => isKept(values, name)).map((name) => [name, undefined] as const);
    await config.change((content) =>
      withValues(content, profile, { ...Object.fromEntries(lost), 'secret-store': store }),
    );
    return { file: config.file, secretsIn: store, isFallback: false };
  }
  const secrets = await secretsOf(config, keychain, profile);
  return saveValues(config, keychain, profile, { ...secrets, 'secret-store': store });
}

/** The secrets of a profile themselves. */
async function secretsOf(config: ConfigStore, keychain: OpenKeychain, profile: string): Promise<Values> {
  const secrets: Values = {};
  for (const name of secretNames) {
    const value = config.profiles[profile]?.[name];
    if (value !== undefined) secrets[name] = value === inKeychain ? await readSecret(keychain, profile, name) : value;
  }
  return secrets;
}

function isKept(values: Values, name: SettingName): boolean {
  return values[name] === inKeychain;
}

/** Removes a profile and what the keychain holds of it. */
export async function removeProfile(config: ConfigStore, keychain: OpenKeychain, profile: string): Promise<void> {
  const kept = secretNames.filter((name) => config.profiles[profile]?.[name] === inKeychain);
  await forget(() => openOrThrow(keychain, profile), profile, kept);
  await config.change((content) => {
    const { [profile]: _, ...profiles } = content.profiles;
    return { ...(content.profile !== profile && content.profile && { profile: content.profile }), profiles };
  });
}

/** Gives a profile another name, in the keychain too. */
export async function renameProfile(config: ConfigStore, keychain: OpenKeychain, from: string, to: string) {
  const kept = secretNames.filter((name) => config.profiles[from]?.[name] === inKeychain);
  const chain = kept.length > 0 ? await openOrThrow(keychain, from) : null;
  for (const name of kept) await chain?.set(service, account(to, name), await readSecret(keychain, from, name));
  await config.change(({ profile, profiles: { [from]: values = {}, ...others } }) => ({
    ...(profile !== undefined && { profile: profile === from ? to : profile }),
    profiles: { ...others, [to]: values },
  }));
  await forget(keychain, from, kept);
}

async function forget(keychain: OpenKeychain, profile: string, names: readonly SettingName[]): Promise<void> {
  const chain = names.length > 0 ? await keychain() : null;
  for (const name of names) await chain?.remove(service, account(profile, name));
}

async function openOrThrow(keychain: OpenKeychain, profile: string): Promise<Keychain> {
  const chain = await keychain();
  if (chain) return chain;
  throw new CliError('unexpected', 'There is no keychain here that could be used.', {
    hint: {
      text: 'Unlock it, or do without it:',
      commands: [
        commandLine(cmd`config set secret-store file --profile ${profile}`),
        commandLine(cmd`login --profile ${profile}`),
      ],
    },
  });
}
