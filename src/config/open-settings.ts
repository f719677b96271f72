import { join } from 'node:path';
import { CliError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { once } from '../base/once.js';
import type { Words } from '../base/shell.js';
import { openAtlasCli } from './atlas-cli.js';
import { checkProfileExists, chooseFormat, chooseProfile } from './choose.js';
import { ownFolder } from './paths.js';
import { fromProfile, resolve, type Sources } from './precedence.js';
import type { Keychain } from './secrets.js';
import type { SettingName } from './settings.js';
import { checkNotExpired, resolveSignIn } from './sign-in.js';
import { type Content, openConfig } from './store.js';

interface SettingsOptions {
  /** The global options of the command line. */
  globals: {
    project?: string | true | undefined;
    profile?: string | undefined;
    sandbox?: boolean | undefined;
    output?: string | undefined;
    json?: boolean | undefined;
    query?: string | undefined;
  };
  env: Env;
  keychain: () => Promise<Keychain | null>;
  now: () => number;
  /** Output formats that only this command supports. */
  ownFormats: readonly string[];
  /** Whether the command works without the configuration, if that can't be read. */
  isTolerant: boolean;
  commandLine(command: Words): string;
  warn(message: string): void;
}

/** Reads which profile and output format to use. The rest is read when it is asked for. */
export async function openSettings(options: SettingsOptions) {
  const { globals, env } = options;
  const configFile = join(ownFolder('config', env), 'config.json');
  const config = once(async () => {
    const opened = await openConfig(configFile);
    // The sandbox uses nothing from the configuration.
    if (!globals.sandbox) for (const warning of opened.warnings) options.warn(warning);
    return opened;
  });
  const chosen = <T>(choose: (saved: () => Promise<Content>) => Promise<T>): Promise<T> =>
    choose(config).catch((error: unknown) => {
      if (!options.isTolerant) throw error;
      return choose(async () => ({ profiles: {} }));
    });
  const profile = await chosen((saved) => chooseProfile(globals, env, async () => (await saved()).profile));
  const { name } = profile;
  const format = await chosen((saved) =>
    chooseFormat({
      ...globals,
      own: options.ownFormats,
      env,
      commandLine: options.commandLine,
      saved: async () => fromProfile({ name, values: (await saved()).profiles[name] ?? {} }, 'output'),
    }),
  );

  const keychain = once(options.keychain);
  const atlasCli = openAtlasCli(env, keychain);
  const checkExists = async () => checkProfileExists(name, await config(), atlasCli, profile.origin);
  const sources = once(async (): Promise<Sources> => {
    const { profiles } = await config();
    if (profile.isNamed) await checkExists();
    const flags = { ...(typeof globals.project === 'string' && { project: globals.project }) };
    return { flags, env, profile: { name, values: profiles[name] ?? {} }, atlasCli, keychain };
  });
  return {
    env,
    profile,
    format,
    get: async (setting: SettingName) => resolve(setting, await sources()),
    signIn: once(async () => {
      const found = await resolveSignIn(await sources()).catch(async (error: unknown) => {
        // Credentials may come from anywhere. If there are none and the profile doesn't exist, that is the reason.
        if (error instanceof CliError && error.reason === 'noCredentials') await checkExists();
        throw error;
      });
      checkNotExpired(found, options.now());
      return found;
    }),
    configFile,
    config,
    keychain,
    atlasCli,
    // The sandbox ends with the process, and so do its challenges.
    cacheFile: profile.isSandbox ? null : join(ownFolder('cache', env), 'cache.json'),
  };
}
