import type { Credentials } from '../atlas/auth.js';
import { CliError } from '../base/errors.js';
import { cmd, commandLine, option } from '../base/shell.js';
import { type Kind, kinds, officialKinds } from './credential-kinds.js';
import { type Origin, originText } from './origin.js';
import { fromEnv, type Resolved } from './precedence.js';
import { checked, fromAtlasCli, fromProfile, kindsOfAtlasCli, resolve, type Sources } from './resolve.js';
import { inKeychain, readSecret } from './secrets.js';
import { type SettingName, setting } from './settings.js';

/** A source of credentials. */
interface CredentialSource {
  /** Which kinds it may have, in the order in which they count. */
  kinds(): Promise<readonly Kind[]>;
  find(name: SettingName): Promise<Resolved | undefined>;
}

/** From the strongest on. */
function credentialSources(sources: Sources): CredentialSource[] {
  const { env, profile } = sources;
  return [
    { kinds: async () => kinds, find: async (name) => fromEnv(env, setting(name).env.ours ?? []) },
    { kinds: async () => officialKinds, find: async (name) => fromEnv(env, setting(name).env.official ?? []) },
    { kinds: async () => kinds, find: async (name) => fromProfile(profile, name) },
    { kinds: () => kindsOfAtlasCli(sources), find: (name) => fromAtlasCli(sources, name) },
  ];
}

/** What to sign in with, where, and where it came from. */
export interface SignIn {
  credentials: Credentials;
  origin: Origin;
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
  for (const source of credentialSources(sources)) {
    for (const { names, make } of await source.kinds()) {
      const found = await Promise.all(names.map(source.find));
      const first = found.find((part) => part !== undefined);
      if (!first) continue;
      const missing = names[found.indexOf(undefined)];
      if (missing !== undefined) {
        const message = `The ${missing} is missing; the other half came from ${originText(first.origin)}.`;
        throw new CliError('notAllowed', message, { hint: 'Set both in the same place, or neither.' });
      }
      const baseUrl = await hostFor(first.origin, sources);
      const values = await Promise.all(names.map((name, index) => readValue(name, found[index] ?? first, sources)));
      return { credentials: make(values), origin: first.origin, baseUrl };
    }
  }
  const login = commandLine(cmd`login ${option('--profile', name === 'default' ? undefined : name)}`);
  throw new NoCredentialsError('notAllowed', 'Not signed in: there are no credentials.', {
    hint:
      `Sign in with ${login}, or set ATLAS_PE_PUBLIC_KEY and ` +
      'ATLAS_PE_PRIVATE_KEY, or ATLAS_PE_CLIENT_ID and ATLAS_PE_CLIENT_SECRET; without an account, add --sandbox.',
  });
}

async function readValue(name: SettingName, found: Resolved, { keychain, profile }: Sources): Promise<string> {
  if (found.value !== inKeychain) return checked(name, found).value;
  return checked(name, { ...found, value: await readSecret(keychain, profile.name, name) }).value;
}

/** Credentials belong to the host they were saved for: an environment variable must not send them elsewhere. */
async function hostFor(origin: Origin, sources: Sources): Promise<string> {
  const used = await resolve('base-url', sources);
  const saved = origin.kind === 'environment' ? used : await resolve('base-url', without(origin, sources));
  if (used && used.value === saved?.value) return used.value;
  throw new CliError(
    'notAllowed',
    `The credentials of ${originText(origin)} belong to ${saved?.value}, not to ${used?.value} (${used && originText(used.origin)}).`,
    { hint: 'Give credentials for that host in the environment too, or save both in another profile.' },
  );
}

/** The sources without those that are stronger than the one the credentials came from. */
function without(origin: Origin, sources: Sources): Sources {
  const { profile } = sources;
  const isOurs = origin.kind === 'profile';
  return { ...sources, flags: {}, env: {}, profile: isOurs ? profile : { ...profile, values: {} } };
}
