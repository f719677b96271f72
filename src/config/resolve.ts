import type { Credentials } from '../atlas/auth.js';
import { CliError, UsageError } from '../errors.js';
import type { Env } from '../system.js';
import { type SettingName, setting } from './settings.js';
import type { Values } from './store.js';

/** Where settings may come from, strongest first: flag, environment, profile, built-in default. */
export interface Sources {
  flags: Values;
  env: Env;
  profile: { name: string; values: Values };
}

export interface Resolved {
  value: string;
  /** For people: `flag --project`, `environment ATLAS_PE_PROJECT`, `profile default`, `built-in default`. */
  origin: string;
}

/** The built-in profile: a sandbox in this process instead of a host with credentials. */
export const sandboxProfile = 'sandbox';

/** The value that wins and where it came from; null where nothing sets it. Checks it: the origin is in the error. */
export function resolve(name: SettingName, sources: Sources): Resolved | null {
  const found = find(name, sources);
  return found && checked(name, found);
}

function checked(name: SettingName, found: Resolved): Resolved {
  try {
    return { ...found, value: setting(name).check(found.value) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${found.origin}: ${error.message}`, error.hint);
  }
}

function find(name: SettingName, { flags, env, profile }: Sources): Resolved | null {
  const { ours = [], official = [] } = setting(name).env;
  const flag = flags[name];
  if (flag !== undefined) return { value: flag, origin: `flag --${name}` };
  return (
    (profile.name === sandboxProfile && isOfHost(name) ? null : fromEnv(env, [...ours, ...official])) ??
    fromProfile(name, profile) ??
    fromDefault(name)
  );
}

/** The sandbox has a host and keys of its own. */
function isOfHost(name: SettingName): boolean {
  return name === 'base-url' || credentialNames.includes(name);
}

function fromEnv(env: Env, names: readonly string[]): Resolved | null {
  const name = names.find((candidate) => env[candidate]);
  return name === undefined ? null : { value: env[name] ?? '', origin: `environment ${name}` };
}

function fromProfile(name: SettingName, { name: profile, values }: Sources['profile']): Resolved | null {
  const value = values[name];
  return value === undefined ? null : { value, origin: `profile ${profile}` };
}

function fromDefault(name: SettingName): Resolved | null {
  const value = setting(name).default;
  return value === undefined ? null : { value, origin: 'built-in default' };
}

const kinds = [
  { names: ['access-token'], make: ([accessToken = '']) => ({ kind: 'access-token', accessToken }) },
  {
    names: ['client-id', 'client-secret'],
    make: ([clientId = '', clientSecret = '']) => ({ kind: 'service-account', clientId, clientSecret }),
  },
  {
    names: ['public-key', 'private-key'],
    make: ([publicKey = '', privateKey = '']) => ({ kind: 'api-key', publicKey, privateKey }),
  },
] as const satisfies readonly { names: readonly SettingName[]; make: (values: readonly string[]) => Credentials }[];

const credentialNames: readonly SettingName[] = kinds.flatMap(({ names }) => [...names]);

/**
 * The credentials that win: our environment names, then the official clients', then the profile; of each the first kind
 * that is there whole. The halves of a pair come from one source, so that keys of two accounts are never mixed.
 * Throws where half a pair is missing, where there are none, and where a profile's would go to a host they weren't
 * saved for.
 */
export function resolveCredentials(sources: Sources): { credentials: Credentials; origin: string } {
  const places: ((name: SettingName) => Resolved | null)[] = [
    (name) => fromEnv(sources.env, setting(name).env.ours ?? []),
    (name) => fromEnv(sources.env, setting(name).env.official ?? []),
    (name) => fromProfile(name, sources.profile),
  ];
  for (const place of places) {
    for (const { names, make } of kinds) {
      const found = names.map(place);
      const there = found.filter((part) => part !== null);
      const [first] = there;
      if (!first) continue;
      if (there.length < names.length) {
        const missing = names[found.indexOf(null)] ?? '';
        throw new CliError('notAllowed', `The ${missing} is missing; the other half came from ${first.origin}.`, {
          hint: 'Set both in the same place, or neither.',
        });
      }
      const values = names.map((name, index) => checked(name, found[index] ?? first).value);
      if (first.origin.startsWith('profile')) checkHost(sources);
      return { credentials: make(values), origin: first.origin };
    }
  }
  throw new CliError('notAllowed', 'Not signed in: there are no credentials.', {
    hint:
      'Set ATLAS_PE_PUBLIC_KEY and ATLAS_PE_PRIVATE_KEY, or ATLAS_PE_CLIENT_ID and ATLAS_PE_CLIENT_SECRET, ' +
      'or keep them with atlas-pe config set; without an account, try --sandbox.',
  });
}

/** Credentials belong to the host they were saved for: an environment variable must not send them elsewhere. */
function checkHost(sources: Sources): void {
  const used = resolve('base-url', sources);
  const saved = resolve('base-url', { ...sources, flags: {}, env: {} });
  if (used?.value === saved?.value) return;
  throw new CliError(
    'notAllowed',
    `The credentials of profile ${sources.profile.name} belong to ${saved?.value}, not to ${used?.value} (${used?.origin}).`,
    { hint: 'Give credentials for that host in the environment too, or save both in another profile.' },
  );
}
