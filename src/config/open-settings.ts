import { join } from 'node:path';
import { CliError, NotFoundError, UsageError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { once } from '../base/once.js';
import { didYouMean, mostListed } from '../base/words.js';
import { parseFormat, queryFormats } from '../ui/formats.js';
import { type AtlasCli, openAtlasCli } from './atlas-cli.js';
import { ownFolder } from './paths.js';
import { checkNotExpired, fromEnv, type Origin, originText, resolve, resolved, resolveSignIn } from './precedence.js';
import { type SettingName, sandboxProfile } from './settings.js';
import { type Content, type Keychain, openConfig } from './store.js';

type Chosen = { project?: string | true | undefined } & {
  [Name in 'profile' | 'output' | 'query']?: string | undefined;
} & { [Name in 'sandbox' | 'json']?: boolean | undefined };

interface SettingsOptions {
  globals: Chosen;
  env: Env;
  keychain: () => Promise<Keychain | null>;
  now: () => number;
  ownFormats: readonly string[];
  /** Whether the command works without the configuration, if that can't be read. */
  isTolerant: boolean;
}

export type OpenedSettings = Awaited<ReturnType<typeof openSettings>>;

export async function openSettings(options: SettingsOptions) {
  const { globals, env } = options;
  const configFile = () => join(ownFolder('config', env), 'config.json');
  const config = once(() => openConfig(configFile()));
  const chosen = <T>(choose: (content: () => Promise<Content>) => Promise<T>): Promise<T> =>
    choose(config).catch((error: unknown) => {
      if (!options.isTolerant) throw error;
      return choose(async () => ({ profiles: {} }));
    });
  const profile = await chosen((content) => chooseProfile(globals, env, content));
  const { name } = profile;
  // A command of `sandbox exec` leaves the user's keychain alone.
  const isInSandbox = Boolean(env.ATLAS_PE_SANDBOX_TLS_BASE_URL);
  const keychain = once(async () => (isInSandbox ? null : options.keychain()));
  const atlasCli = openAtlasCli(env, keychain);
  const flags = { ...(typeof globals.project === 'string' && { project: globals.project }) };
  const sources = (content: () => Promise<Content>) => {
    const values = async () => (await content()).profiles[name] ?? {};
    return { flags, env, profile: { name, values }, atlasCli, keychain };
  };
  const format = await chosen((content) => chooseFormat(globals, options.ownFormats, sources(content)));

  const checkExists = async () => checkProfileExists(name, await config(), atlasCli, profile.origin);
  const checked = async () => {
    if (profile.isNamed) await checkExists();
    return sources(config);
  };
  return {
    env,
    profile,
    format,
    get: async (setting: SettingName) => resolve(setting, await checked()),
    signIn: once(async () => {
      const found = await resolveSignIn(await checked()).catch(async (error: unknown) => {
        // Credentials may come from anywhere. If there are none and the profile doesn't exist, that is the reason.
        if (error instanceof CliError && error.reason === 'noCredentials') await checkExists();
        throw error;
      });
      checkNotExpired(found, options.now());
      return found;
    }),
    /** The path of config.json. The file may be missing or unreadable. Throws a usage error if there is no home folder. */
    configFile,
    config,
    keychain,
    atlasCli,
    /** The file for what can be learned again. Null in the sandbox, which ends with the process, and so do its challenges. */
    cacheFile: () => (profile.isSandbox ? null : join(ownFolder('cache', env), 'cache.json')),
  };
}

const official = 'MONGODB_ATLAS_PROFILE';

/** MONGODB_ATLAS_PROFILE may name a profile that doesn't exist, and never means the sandbox. */
async function chooseProfile(
  { profile, sandbox }: Pick<Chosen, 'profile' | 'sandbox'>,
  env: Env,
  content: () => Promise<Content>,
) {
  if (sandbox && profile !== undefined && profile !== sandboxProfile)
    throw new UsageError(
      '--sandbox and --profile cannot be combined. The sandbox is a profile.',
      'Use only one of them.',
    );
  const flag = sandbox
    ? resolved(sandboxProfile, { kind: 'flag', name: '--sandbox' })
    : resolved(profile, { kind: 'flag', name: '--profile' });
  const { value = 'default', origin } =
    flag ??
    fromEnv(env, ['ATLAS_PE_PROFILE', ...(env[official] === sandboxProfile ? [] : [official])]) ??
    resolved((await content()).profile, { kind: 'choice' }) ??
    {};
  const name = checkProfileName(value);
  const isBuiltIn = name === 'default' || name === sandboxProfile;
  const mayBeMissing = origin?.kind === 'environment' && origin.name === official;
  return {
    name,
    isSandbox: name === sandboxProfile,
    /** The user named it, so it is an error if it doesn't exist. */
    isNamed: !isBuiltIn && !mayBeMissing,
    origin: isBuiltIn ? undefined : origin,
  };
}

export function checkProfileName(name: string): string {
  // A name that begins with a dash would be read as an option, and one of dots looks like a folder.
  if (/^(?!\.+$)[\w.][\w.-]{0,63}$/.test(name) && name !== '__proto__') return name;
  throw new UsageError(
    `'${name}' is not a valid profile name.`,
    'Use up to 64 letters, digits, dots, dashes and underscores, with no dash at the start and not only dots.',
  );
}

/** Throws a not-found error if the profile is not built in, not ours and not in the Atlas CLI. `origin`: what names it. */
export async function checkProfileExists(name: string, { profiles }: Content, atlasCli: AtlasCli, origin?: Origin) {
  const known = ['default', sandboxProfile, ...Object.keys(profiles)];
  if (known.includes(name)) return;
  const all = [...new Set([...known, ...(await atlasCli.profiles())])];
  if (all.includes(name)) return;
  const from = origin ? ` (${originText(origin)})` : '';
  throw new NotFoundError(`Profile '${name}' not found${from}.`, didYouMean(name, all, mostListed));
}

/** With --query, JSON takes the place of a table. `own`: formats that only this command supports. */
async function chooseFormat(
  { output, json, query }: Chosen,
  own: readonly string[],
  sources: Parameters<typeof resolve>[1],
): Promise<string> {
  const given = output === undefined ? undefined : parseFormat(output, own);
  if (json && given !== undefined && given !== 'json')
    throw new UsageError(`--json and --output ${given} cannot be combined.`, 'Use only one of them.');
  const names: readonly (string | undefined)[] = queryFormats;
  if (query !== undefined && given !== undefined && !names.includes(given))
    throw new UsageError(
      `--query and --output ${given} cannot be combined.`,
      `Use one of: ${queryFormats.join(', ')}`,
    );
  const format = (json ? 'json' : given) ?? (await resolve('output', sources))?.value ?? '';
  return query === undefined || names.includes(format) ? format : 'json';
}
