import type { Credentials } from '../atlas/auth.js';
import { CliError, UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import type { AtlasCli } from './atlas-cli.js';
import type { Keychain } from './keychain.js';
import { inKeychain, readSecret } from './secrets.js';
import { type SettingName, setting } from './settings.js';
import type { Values } from './store.js';

/** Where settings may come from, strongest first: flag, environment, profile, the Atlas CLI's profile, built-in default. */
export interface Sources {
  flags: Values;
  env: Env;
  profile: { name: string; values: Values };
  atlasCli: AtlasCli;
  keychain: () => Promise<Keychain | null>;
}

export interface Resolved {
  value: string;
  /** For people: `flag --project`, `environment ATLAS_PE_PROJECT`, `profile default`, `built-in default`. */
  origin: string;
}

/** The built-in profile: a sandbox in this process instead of a host with credentials. */
export const sandboxProfile = 'sandbox';

/** The value that wins and where it came from; null where nothing sets it. Checks it: the origin is in the error. */
export async function resolve(name: SettingName, sources: Sources): Promise<Resolved | null> {
  const found = await find(name, sources);
  return found && checked(name, found);
}

async function find(name: SettingName, sources: Sources): Promise<Resolved | null> {
  const { flags, env, profile } = sources;
  const flag = flags[name];
  if (flag !== undefined) return { value: flag, origin: `flag --${name}` };
  // The sandbox has a host and keys of its own.
  if (profile.name === sandboxProfile && (name === 'base-url' || credentialNames.includes(name))) return null;
  const { ours = [], official = [] } = setting(name).env;
  return (
    fromEnv(env, [...ours, ...official]) ??
    fromProfile(profile, name) ??
    (await fromAtlasCli(sources, name)) ??
    fromDefault(name)
  );
}

function fromEnv(env: Env, names: readonly string[]): Resolved | null {
  const name = names.find((candidate) => env[candidate]);
  return name === undefined ? null : { value: env[name] ?? '', origin: `environment ${name}` };
}

function fromProfile({ name: profile, values }: Sources['profile'], name: SettingName): Resolved | null {
  const value = values[name];
  return value === undefined
    ? null
    : { value, origin: `profile ${profile}${value === inKeychain ? ' (keychain)' : ''}` };
}

/**
 * Of the Atlas CLI its host and its credentials belong together: they count only where nothing stronger signs in, so that
 * no other key is sent to its host, nor its own to another.
 */
async function fromAtlasCli(sources: Sources, name: SettingName): Promise<Resolved | null> {
  const { atlasCli, profile } = sources;
  if (profile.name === sandboxProfile) return null;
  const isBound = name === 'base-url' || credentialNames.includes(name);
  if (isBound && signsInBefore(sources)) return null;
  const values = await atlasCli.values(profile.name).catch((error: unknown) => {
    // A file of its that can't be read is in the way only of those who sign in by it.
    if (name !== 'base-url' && !signsInBefore(sources)) throw error;
    return {} as Values;
  });
  const asks = credentialNames.includes(name) && !(await holdsCredential(sources, values));
  const value = values[name] ?? (asks ? (await atlasCli.secrets(profile.name))[name] : undefined);
  return value === undefined ? null : { value, origin: `Atlas CLI profile ${profile.name}` };
}

/** Whether its file holds what the Atlas CLI signs in with, so that its keychain need not be asked. */
async function holdsCredential(sources: Sources, values: Values): Promise<boolean> {
  const used = await kindsOfAtlasCli(sources);
  // A token is surely used only where it alone is.
  const sure = used.length === 1 ? used : used.filter((kind) => kind !== token);
  return sure.some(({ names }) => names.every((name) => values[name]));
}

function fromDefault(name: SettingName): Resolved | null {
  const value = setting(name).default;
  return value === undefined ? null : { value, origin: 'built-in default' };
}

function checked(name: SettingName, found: Resolved): Resolved {
  // What the keychain holds is checked once it was read.
  if (found.value === inKeychain) return found;
  try {
    return { ...found, value: setting(name).check(found.value) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${found.origin}: ${error.message}`, error.hint);
  }
}

/** A kind of credentials, and the settings that it takes. */
interface Kind {
  kind: Credentials['kind'];
  names: readonly SettingName[];
  make(values: readonly string[]): Credentials;
}

const token: Kind = {
  kind: 'access-token',
  names: ['access-token'],
  make: ([accessToken = '']) => ({ kind: 'access-token', accessToken }),
};
const serviceAccount: Kind = {
  kind: 'service-account',
  names: ['client-id', 'client-secret'],
  make: ([clientId = '', clientSecret = '']) => ({ kind: 'service-account', clientId, clientSecret }),
};
const apiKey: Kind = {
  kind: 'api-key',
  names: ['public-key', 'private-key'],
  make: ([publicKey = '', privateKey = '']) => ({ kind: 'api-key', publicKey, privateKey }),
};

/** In the order in which they count. */
const kinds = [token, serviceAccount, apiKey];

/** The same for the official clients' settings: a token beside other credentials may be a cache that has expired. */
const officialKinds = [serviceAccount, apiKey, token];

/** What the Atlas CLI signs in with. */
async function kindsOfAtlasCli({ atlasCli, profile }: Sources): Promise<Kind[]> {
  const chosen = await atlasCli.kind(profile.name);
  return officialKinds.filter(({ kind }) => chosen === undefined || kind === chosen);
}

/** Every setting that is part of a credential. */
export const credentialNames: readonly SettingName[] = kinds.flatMap(({ names }) => [...names]);

/** A source of credentials. */
interface Place {
  /** Which kinds it may have, in the order in which they count. */
  kinds(): Promise<readonly Kind[]>;
  find(name: SettingName): Promise<Resolved | null>;
}

/** From the strongest on. */
function places(sources: Sources): Place[] {
  const { env, profile } = sources;
  return [
    { kinds: async () => kinds, find: async (name) => fromEnv(env, setting(name).env.ours ?? []) },
    { kinds: async () => officialKinds, find: async (name) => fromEnv(env, setting(name).env.official ?? []) },
    { kinds: async () => kinds, find: async (name) => fromProfile(profile, name) },
    { kinds: () => kindsOfAtlasCli(sources), find: (name) => fromAtlasCli(sources, name) },
  ];
}

function signsInBefore({ env, profile }: Sources): boolean {
  return credentialNames.some(
    (name) =>
      profile.values[name] !== undefined ||
      [...(setting(name).env.ours ?? []), ...(setting(name).env.official ?? [])].some((variable) => env[variable]),
  );
}

/** What to sign in with, where, and where it came from. */
export interface SignIn {
  credentials: Credentials;
  origin: string;
  baseUrl: string;
}

/** Nothing holds credentials. */
export class NoCredentialsError extends CliError {}

/**
 * The credentials that win: our environment names, the official clients', the profile, the Atlas CLI's profile; of each
 * the first kind that is there whole. The halves of a pair come from one source, so that keys of two accounts are never
 * mixed. Throws where half a pair is missing, where there are none, and where a profile's would go to a host they weren't
 * saved for.
 */
export async function resolveSignIn(sources: Sources): Promise<SignIn> {
  const { name } = sources.profile;
  for (const place of places(sources)) {
    for (const { names, make } of await place.kinds()) {
      const found = await Promise.all(names.map(place.find));
      const first = found.find((part) => part !== null);
      if (!first) continue;
      const missing = names[found.indexOf(null)];
      if (missing !== undefined) {
        throw new CliError('notAllowed', `The ${missing} is missing; the other half came from ${first.origin}.`, {
          hint: 'Set both in the same place, or neither.',
        });
      }
      const baseUrl = await hostFor(first.origin, sources);
      const values = await Promise.all(names.map((name, index) => readValue(name, found[index] ?? first, sources)));
      return { credentials: make(values), origin: first.origin, baseUrl };
    }
  }
  throw new NoCredentialsError('notAllowed', 'Not signed in: there are no credentials.', {
    hint:
      `Sign in with atlas-pe login${name === 'default' ? '' : ` --profile ${name}`}, or set ATLAS_PE_PUBLIC_KEY and ` +
      'ATLAS_PE_PRIVATE_KEY, or ATLAS_PE_CLIENT_ID and ATLAS_PE_CLIENT_SECRET; without an account, add --sandbox.',
  });
}

async function readValue(name: SettingName, found: Resolved, { keychain, profile }: Sources): Promise<string> {
  if (found.value !== inKeychain) return checked(name, found).value;
  return checked(name, { ...found, value: await readSecret(keychain, profile.name, name) }).value;
}

/** Credentials belong to the host they were saved for: an environment variable must not send them elsewhere. */
async function hostFor(origin: string, sources: Sources): Promise<string> {
  const used = await resolve('base-url', sources);
  const saved = origin.startsWith('environment') ? used : await resolve('base-url', without(origin, sources));
  if (used && used.value === saved?.value) return used.value;
  throw new CliError(
    'notAllowed',
    `The credentials of ${origin} belong to ${saved?.value}, not to ${used?.value} (${used?.origin}).`,
    { hint: 'Give credentials for that host in the environment too, or save both in another profile.' },
  );
}

/** The sources without those that are stronger than the one the credentials came from. */
function without(origin: string, sources: Sources): Sources {
  const { profile } = sources;
  const isOurs = origin.startsWith('profile');
  return { ...sources, flags: {}, env: {}, profile: isOurs ? profile : { ...profile, values: {} } };
}
