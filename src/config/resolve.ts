import { UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import type { AtlasCli } from './atlas-cli.js';
import { credentialNames, type Kind, officialKinds, token } from './credential-kinds.js';
import type { Keychain } from './keychain.js';
import { originText } from './origin.js';
import { fromEnv, type Resolved, strongest } from './precedence.js';
import { inKeychain } from './secrets.js';
import { type SettingName, sandboxProfile, setting } from './settings.js';
import type { Values } from './store.js';

/** Where settings may come from, strongest first: flag, environment, profile, the Atlas CLI's profile, built-in default. */
export interface Sources {
  flags: Values;
  env: Env;
  profile: { name: string; values: Values };
  atlasCli: AtlasCli;
  keychain: () => Promise<Keychain | null>;
}

/** The value that wins and where it came from; null where nothing sets it. Checks it: the origin is in the error. */
export async function resolve(name: SettingName, sources: Sources): Promise<Resolved | null> {
  const found = await find(name, sources);
  return found ? checked(name, found) : null;
}

async function find(name: SettingName, sources: Sources): Promise<Resolved | undefined> {
  const { flags, env, profile } = sources;
  const value = flags[name];
  const flag: Resolved | undefined =
    value === undefined ? undefined : { value, origin: { kind: 'flag', name: `--${name}` } };
  // The sandbox has a host and keys of its own.
  if (profile.name === sandboxProfile && isBound(name)) return flag;
  return strongest({
    flag,
    env,
    variables: variablesOf(name),
    kept: () => fromProfile(profile, name),
    atlasCli: () => fromAtlasCli(sources, name),
    default: setting(name).default,
  });
}

/** The variables of the environment that may hold it: our names, then those of the official clients. */
function variablesOf(name: SettingName): string[] {
  const { ours = [], official = [] } = setting(name).env;
  return [...ours, ...official];
}

/** Whether a setting is a part of signing in: of a credential, or the host that it is for. */
function isBound(name: SettingName): boolean {
  return name === 'base-url' || credentialNames.includes(name);
}

export function fromProfile({ name: profile, values }: Sources['profile'], name: SettingName): Resolved | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  const isKept = value === inKeychain;
  return { value, origin: { kind: 'profile', name: profile, ...(isKept && { isInKeychain: true }) } };
}

/**
 * Of the Atlas CLI its host and its credentials belong together: they count only where nothing stronger signs in, so that
 * no other key is sent to its host, nor its own to another.
 */
export async function fromAtlasCli(sources: Sources, name: SettingName): Promise<Resolved | undefined> {
  const { atlasCli, profile } = sources;
  if (profile.name === sandboxProfile) return undefined;
  if (isBound(name) && signsInBefore(sources)) return undefined;
  const values = await atlasCli.values(profile.name).catch((error: unknown) => {
    // A file of its that can't be read is in the way only of those who sign in by it.
    if (name !== 'base-url' && !signsInBefore(sources)) throw error;
    return {} as Values;
  });
  const asks = credentialNames.includes(name) && !(await holdsCredential(sources, values));
  const value = values[name] ?? (asks ? (await atlasCli.secrets(profile.name))[name] : undefined);
  return value === undefined ? undefined : { value, origin: { kind: 'atlasCli', name: profile.name } };
}

/** Whether its file holds what the Atlas CLI signs in with, so that its keychain need not be asked. */
async function holdsCredential(sources: Sources, values: Values): Promise<boolean> {
  const used = await kindsOfAtlasCli(sources);
  // A token is surely used only where it alone is.
  const sure = used.length === 1 ? used : used.filter((kind) => kind !== token);
  return sure.some(({ names }) => names.every((name) => values[name]));
}

/** Throws a usage error where a value makes no sense; it says where that came from. */
export function checked(name: SettingName, found: Resolved): Resolved {
  // What the keychain holds is checked once it was read.
  if (found.value === inKeychain) return found;
  try {
    return { ...found, value: setting(name).check(found.value) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw error.about(originText(found.origin));
  }
}

/** What the Atlas CLI signs in with. */
export async function kindsOfAtlasCli({ atlasCli, profile }: Sources): Promise<Kind[]> {
  const chosen = await atlasCli.kind(profile.name);
  return officialKinds.filter(({ kind }) => chosen === undefined || kind === chosen);
}

/** Whether something stronger than the Atlas CLI signs in. */
function signsInBefore({ env, profile }: Sources): boolean {
  return credentialNames.some(
    (name) => profile.values[name] !== undefined || fromEnv(env, variablesOf(name)) !== undefined,
  );
}
