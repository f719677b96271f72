import type { Credentials } from '../atlas/auth.js';
import { CliError, UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { at, claimsOf } from '../base/json.js';
import { cmd, commandLine, option } from '../base/shell.js';
import { type AtlasCli, kindsByAuthType } from './atlas-cli.js';
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
import { type Keychain, type ProfileValues, readSecret } from './store.js';

export interface Resolved {
  value: string;
  origin: Origin;
}

export function resolved(value: string | undefined, origin: Origin) {
  return value === undefined ? undefined : { value, origin };
}

export function fromEnv(env: Env, names: readonly string[]) {
  const name = names.find((each) => env[each]);
  return name === undefined ? undefined : resolved(env[name], { kind: 'environment', name });
}

export type Origin =
  | { kind: 'flag' | 'environment' | 'atlasCli'; name: string }
  | { kind: 'profile'; name: string; isInKeychain?: boolean }
  | { kind: 'choice' | 'default' | 'sandbox' | 'entered' };

export function originText(origin: Origin) {
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
  kinds?(): readonly CredentialKind[] | Promise<readonly CredentialKind[]>;
}

function inOrder(sources: Sources): Source[] {
  const { flags, env, profile } = sources;
  const flag = (name: SettingName) => resolved(flags[name], { kind: 'flag', name: `--${name}` });
  const ours = (name: SettingName) => fromEnv(env, variablesOf(name).ours);
  const official = (name: SettingName) => fromEnv(env, variablesOf(name).official);
  const saved = async (name: SettingName) => fromProfile(profile.name, await profile.values(), name);
  const byDefault = (name: SettingName) => resolved(setting(name).default, { kind: 'default' });
  if (profile.name === sandboxProfile) {
    // The sandbox has its own host and keys, and no profile of the Atlas CLI.
    const all = [flag, ours, official, saved, byDefault];
    return all.map((find) => ({ find: async (name) => (isBound(name) ? undefined : find(name)) }));
  }
  const signsIn = async () => {
    const values = await profile.values();
    return credentialNames.some((name) => ours(name) ?? official(name) ?? values[name] !== undefined);
  };
  return [
    { find: flag },
    { find: ours, kinds: () => credentialKinds },
    { find: official, kinds: () => officialFirst(env.MONGODB_ATLAS_AUTH_TYPE) },
    { find: saved, kinds: () => credentialKinds },
    { find: (name) => fromAtlasCli(sources, name, signsIn), kinds: () => kindsOfAtlasCli(sources) },
    { find: byDefault },
  ];
}

/** The value from the strongest source; null if it isn't set. The usage error for a wrong value names the origin. */
export async function resolve(name: SettingName, sources: Sources) {
  return strongest(name, inOrder(sources));
}

async function strongest(name: SettingName, all: readonly Source[]): Promise<Resolved | null> {
  for (const { find } of all) {
    const found = await find(name);
    if (found) return checked(name, found);
  }
  return null;
}

function checked(name: SettingName, found: Resolved): Resolved {
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

export interface SignIn {
  credentials: Credentials;
  origin: Origin;
  baseUrl: string;
}

/** Throws if the credentials are an access token that has expired. That of the Atlas CLI is from a login in the browser. */
export function checkNotExpired({ credentials, origin }: SignIn, now: number) {
  if (credentials.kind !== 'access-token') return;
  const seconds = at(claimsOf(credentials.accessToken), 'exp');
  if (typeof seconds !== 'number' || seconds * 1000 > now) return;
  if (origin.kind !== 'atlasCli') {
    const hint = 'Get a new one, which is valid for one hour, or use a service account or an API key.';
    throw new CliError('notAllowed', `The access token from ${originText(origin)} has expired.`, { hint });
  }
  const login = cmd`atlas auth login ${option('--profile', origin.name === 'default' ? undefined : origin.name)}`;
  throw new CliError('notAllowed', `The sign-in of ${originText(origin)} has expired.`, {
    hint: { text: 'Run any command of the Atlas CLI to renew it, or sign in again:', commands: [login.text] },
  });
}

/** A pair comes from one source: keys are never mixed. Throws if half is missing, all is, or it is for another host. */
export async function resolveSignIn(sources: Sources): Promise<SignIn> {
  const { name } = sources.profile;
  // Our variables, the official ones, the profile, the Atlas CLI's. In each, the first kind that has any value counts.
  const all = inOrder(sources);
  for (const [place, source] of all.entries()) {
    for (const { names, make } of (await source.kinds?.()) ?? []) {
      const found = await Promise.all(names.map(source.find));
      const first = found.find((part) => part !== undefined);
      if (!first) continue;
      const missing = names[found.indexOf(undefined)];
      if (missing !== undefined) {
        const other = names.find((name) => name !== missing);
        const message = `Missing ${missing}. The ${other} comes from ${originText(first.origin)}.`;
        throw new CliError('notAllowed', message, { hint: 'Set both in the same place.' });
      }
      // Credentials belong to the host they were saved for. An environment variable must not send them to another host.
      const used = await strongest('base-url', all);
      const saved = first.origin.kind === 'environment' ? used : await strongest('base-url', all.slice(place));
      if (!used || used.value !== saved?.value) throw foreignHost(first.origin, used, saved);
      const values = await Promise.all(names.map((name, index) => readValue(name, found[index] ?? first, sources)));
      return { credentials: make(values), origin: first.origin, baseUrl: used.value };
    }
  }
  const login = commandLine(cmd`login ${option('--profile', name === 'default' ? undefined : name)}`);
  const isLocked = (await sources.atlasCli.profiles()).includes(name) && (await sources.keychain()) === null;
  const locked = isLocked
    ? 'The Atlas CLI may have its login in the keychain, which atlas-pe cannot open here. '
    : '';
  const inScript = 'in a script, set ATLAS_PE_PUBLIC_KEY and ATLAS_PE_PRIVATE_KEY: atlas-pe help environment';
  const text = `${locked}Sign in, or try it in the sandbox, without an account (${inScript}):`;
  const hint = { text, commands: [login, commandLine(cmd`connect us-east-1 --sandbox`)] };
  throw new CliError('notAllowed', 'Not signed in to Atlas.', { reason: 'noCredentials', hint });
}

async function readValue(name: SettingName, found: Resolved, { keychain, profile }: Sources) {
  if (found.value !== inKeychain) return checked(name, found).value;
  return checked(name, { ...found, value: await readSecret(keychain, profile.name, name) }).value;
}

function foreignHost(origin: Origin, used: Resolved | null, saved: Resolved | null) {
  const other = `${used?.value} (${used && originText(used.origin)})`;
  const message = `The credentials from ${originText(origin)} are for ${saved?.value}, not for ${other}.`;
  const hint =
    'Set credentials for that host in the environment, or save the base URL and the credentials in another profile.';
  return new CliError('notAllowed', message, { hint });
}
