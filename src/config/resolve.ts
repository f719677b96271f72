import { UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import type { AtlasCli } from './atlas-cli.js';
import { type CredentialKind, credentialNames, officialKinds, token } from './credential-kinds.js';
import { fromEnv, originText, type Resolved, resolved } from './precedence.js';
import type { Keychain } from './secrets.js';
import { inKeychain, type SettingName, sandboxProfile, setting, variablesOf } from './settings.js';
import type { ProfileValues } from './store.js';

/** The sources of settings, strongest first: flag, environment, profile, Atlas CLI profile, built-in default. */
export interface Sources {
  flags: ProfileValues;
  env: Env;
  profile: { name: string; values: ProfileValues };
  atlasCli: AtlasCli;
  keychain: () => Promise<Keychain | null>;
}

/**
 * Returns the value from the strongest source and its origin, or null if it isn't set. Throws a usage error if the
 * value is not valid; the error names the origin.
 */
export async function resolve(name: SettingName, sources: Sources): Promise<Resolved | null> {
  const found = await find(name, sources);
  return found ? checked(name, found) : null;
}

async function find(name: SettingName, sources: Sources): Promise<Resolved | undefined> {
  const { flags, env, profile } = sources;
  const flag = resolved(flags[name], { kind: 'flag', name: `--${name}` });
  // The sandbox has its own host and keys.
  if (flag || (profile.name === sandboxProfile && isBound(name))) return flag;
  return (
    fromEnv(env, namesOf(name, env)) ??
    fromProfile(profile, name) ??
    (await fromAtlasCli(sources, name)) ??
    resolved(setting(name).default, { kind: 'default' })
  );
}

/**
 * The environment variables that count, strongest first. Credentials and host come from one set of official names: keys
 * in the older variables are not for the host in the newer ones.
 */
function namesOf(name: SettingName, env: Env): readonly string[] {
  const { ours, official, older } = variablesOf(name);
  const signsIn = (set: 'official' | 'older') => credentialNames.some((each) => fromEnv(env, variablesOf(each)[set]));
  const used = !isBound(name) ? undefined : signsIn('official') ? official : signsIn('older') ? older : undefined;
  return [...ours, ...(used ?? [...official, ...older])];
}

/** Whether a setting is used to sign in: part of a credential, or the base URL. */
function isBound(name: SettingName): boolean {
  return name === 'base-url' || credentialNames.includes(name);
}

export function fromProfile({ name: profile, values }: Sources['profile'], name: SettingName): Resolved | undefined {
  const isKept = values[name] === inKeychain;
  return resolved(values[name], { kind: 'profile', name: profile, ...(isKept && { isInKeychain: true }) });
}

/**
 * The Atlas CLI's host and credentials are used only if nothing stronger signs in. Otherwise other keys could go to its
 * host, or its keys to another host.
 */
export async function fromAtlasCli(sources: Sources, name: SettingName): Promise<Resolved | undefined> {
  const { atlasCli, profile } = sources;
  if (profile.name === sandboxProfile) return undefined;
  if (isBound(name) && signsInBefore(sources)) return undefined;
  const values = await atlasCli.values(profile.name).catch((error: unknown) => {
    // An unreadable Atlas CLI file is an error only for users who sign in with it.
    if (name !== 'base-url' && !signsInBefore(sources)) throw error;
    return {} as ProfileValues;
  });
  const asks = credentialNames.includes(name) && !(await holdsCredential(sources, values));
  const value = values[name] ?? (asks ? (await atlasCli.secrets(profile.name))[name] : undefined);
  return resolved(value, { kind: 'atlasCli', name: profile.name });
}

/** Whether the Atlas CLI's file already holds the credentials in use, so that its keychain is not needed. */
async function holdsCredential(sources: Sources, values: ProfileValues): Promise<boolean> {
  const used = await kindsOfAtlasCli(sources);
  // A token may be an old cache. It counts only if the profile uses no other kind.
  const sure = used.length === 1 ? used : used.filter((kind) => kind !== token);
  return sure.some(({ names }) => names.every((name) => values[name]));
}

/** Validates a value. Throws a usage error that names the origin. */
export function checked(name: SettingName, found: Resolved): Resolved {
  // A secret in the keychain is validated after it is read.
  if (setting(name).secret && found.value === inKeychain) return found;
  try {
    return { ...found, value: setting(name).check(found.value) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw error.about(originText(found.origin));
  }
}

/** The kinds of credentials that the Atlas CLI profile may sign in with, strongest first. */
export async function kindsOfAtlasCli({ atlasCli, profile }: Sources): Promise<CredentialKind[]> {
  const chosen = await atlasCli.kind(profile.name);
  return officialKinds.filter(({ kind }) => chosen === undefined || kind === chosen);
}

/** Whether a source stronger than the Atlas CLI has credentials. */
function signsInBefore({ env, profile }: Sources): boolean {
  return credentialNames.some((name) => profile.values[name] !== undefined || fromEnv(env, namesOf(name, env)));
}
