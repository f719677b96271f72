import { UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { type AtlasCli, kindsByAuthType } from './atlas-cli.js';
import type { Keychain } from './secrets.js';
import {
  type CredentialKind,
  credentialKinds,
  credentialNames,
  inKeychain,
  officialKinds,
  type SettingName,
  sandboxProfile,
  setting,
  token,
  variablesOf,
} from './settings.js';
import type { ProfileValues } from './store.js';

export interface Resolved {
  value: string;
  origin: Origin;
}

export function resolved(value: string | undefined, origin: Origin): Resolved | undefined {
  return value === undefined ? undefined : { value, origin };
}

export function fromEnv(env: Env, names: readonly string[]): Resolved | undefined {
  const name = names.find((each) => env[each]);
  return name === undefined ? undefined : resolved(env[name], { kind: 'environment', name });
}

export type Origin =
  | { kind: 'flag' | 'environment' | 'atlasCli'; name: string }
  | { kind: 'profile'; name: string; isInKeychain?: boolean }
  | { kind: 'choice' | 'default' | 'sandbox' | 'entered' };

export function originText(origin: Origin): string {
  if (!('name' in origin)) return unnamedOrigins[origin.kind];
  const { kind, name } = origin;
  if (kind === 'profile') return `profile ${name}${origin.isInKeychain ? ' (keychain)' : ''}`;
  return `${kind === 'atlasCli' ? 'Atlas CLI profile' : kind} ${name}`;
}

const unnamedOrigins = {
  choice: 'profile use',
  default: 'built-in default',
  sandbox: 'the sandbox',
  entered: 'what you entered',
} as const;

export interface Sources {
  flags: ProfileValues;
  env: Env;
  profile: { name: string; values: () => Promise<ProfileValues> };
  atlasCli: AtlasCli;
  keychain: () => Promise<Keychain | null>;
}

interface Source {
  find(name: SettingName): Resolved | undefined | Promise<Resolved | undefined>;
  /** The kinds of credentials that it may have, strongest first. */
  kinds(): readonly CredentialKind[] | Promise<readonly CredentialKind[]>;
}

export function inOrder(sources: Sources): Source[] {
  const { flags, env, profile } = sources;
  const flag = (name: SettingName) => resolved(flags[name], { kind: 'flag', name: `--${name}` });
  const ours = (name: SettingName) => fromEnv(env, variablesOf(name).ours);
  const official = (name: SettingName) => fromEnv(env, variablesOf(name).official);
  const saved = async (name: SettingName) => fromProfile(profile.name, await profile.values(), name);
  const byDefault = (name: SettingName) => resolved(setting(name).default, { kind: 'default' });
  if (profile.name === sandboxProfile) {
    // The sandbox has its own host and keys, and no profile of the Atlas CLI.
    const kinds = () => [];
    return [flag, ours, official, saved, byDefault].map((find) => ({
      find: async (name) => (isBound(name) ? undefined : find(name)),
      kinds,
    }));
  }
  const signsIn = async () => {
    const values = await profile.values();
    return credentialNames.some((name) => ours(name) ?? official(name) ?? values[name] !== undefined);
  };
  return [
    { find: flag, kinds: () => [] },
    { find: ours, kinds: () => credentialKinds },
    { find: official, kinds: () => officialFirst(env.MONGODB_ATLAS_AUTH_TYPE) },
    { find: saved, kinds: () => credentialKinds },
    { find: (name) => fromAtlasCli(sources, name, signsIn), kinds: () => kindsOfAtlasCli(sources) },
    { find: byDefault, kinds: () => [] },
  ];
}

/** The value from the strongest source; null if it isn't set. The usage error for a wrong value names the origin. */
export async function resolve(name: SettingName, sources: Sources): Promise<Resolved | null> {
  return strongest(name, inOrder(sources));
}

export async function strongest(name: SettingName, all: readonly Source[]): Promise<Resolved | null> {
  for (const { find } of all) {
    const found = await find(name);
    if (found) return checked(name, found);
  }
  return null;
}

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

function fromProfile(profile: string, values: ProfileValues, name: SettingName) {
  const isKept = values[name] === inKeychain;
  return resolved(values[name], { kind: 'profile', name: profile, ...(isKept && { isInKeychain: true }) });
}

function isBound(name: SettingName) {
  return name === 'base-url' || credentialNames.includes(name);
}

function officialFirst(authType: string | undefined) {
  const chosen = kindsByAuthType.get(authType);
  return officialKinds.toSorted((one, other) => Number(other.kind === chosen) - Number(one.kind === chosen));
}

/** Its host and credentials count only if nothing stronger signs in, so that keys and host are never mixed. */
async function fromAtlasCli(sources: Sources, name: SettingName, signsIn: () => Promise<boolean>) {
  // It has no others, so its file is not read for them.
  if (!isBound(name) && name !== 'project') return undefined;
  const { atlasCli, profile } = sources;
  const isSignedIn = await signsIn();
  if (isBound(name) && isSignedIn) return undefined;
  const values = await atlasCli.values(profile.name).catch((error: unknown) => {
    // An unreadable Atlas CLI file is an error only for users who sign in with it.
    if (name !== 'base-url' && !isSignedIn) throw error;
    return {} as ProfileValues;
  });
  const asks = credentialNames.includes(name) && !(await holdsCredential(sources, values));
  const value = values[name] ?? (asks ? (await atlasCli.secrets(profile.name))[name] : undefined);
  return resolved(value, { kind: 'atlasCli', name: profile.name });
}

/** Whether the Atlas CLI's file already holds the credentials in use, so that its keychain is not needed. */
async function holdsCredential(sources: Sources, values: ProfileValues) {
  const used = await kindsOfAtlasCli(sources);
  // A token may be an old cache. It counts only if the profile uses no other kind.
  const sure = used.length === 1 ? used : used.filter((kind) => kind !== token);
  return sure.some(({ names }) => names.every((name) => values[name]));
}

async function kindsOfAtlasCli({ atlasCli, profile }: Sources) {
  const chosen = await atlasCli.kind(profile.name);
  return officialKinds.filter(({ kind }) => chosen === undefined || kind === chosen);
}
