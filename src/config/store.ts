import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Conf from 'conf';
import { CliError, codeOf, reasonOf } from '../errors.js';
import { withLock } from '../lock.js';
import { type SettingName, settingNames } from './settings.js';

/** The settings of one profile. */
export type Values = Partial<Record<SettingName, string>>;

/** The profiles of config.json. Reading is done once; each change is written at once. */
export interface ConfigStore {
  readonly file: string;
  readonly profiles: Readonly<Record<string, Values>>;
  set(profile: string, name: SettingName, value: string): Promise<void>;
  /** Returns whether it was set. */
  unset(profile: string, name: SettingName): Promise<boolean>;
}

/** Opens config.json in `dir`. Where there is none nothing is written, and conf not loaded, before the first `set`. */
export async function openConfig(dir: string): Promise<ConfigStore> {
  const file = join(dir, 'config.json');
  const profiles = existsSync(file) ? profilesOf((await load(dir, file)).get('profiles'), file) : {};

  /** Reads the file anew, under a lock: another command may have written since. */
  const change = (profile: string, edit: (values: Values) => Values) =>
    withLock(file, async () => {
      const conf = await load(dir, file);
      const current = profilesOf(conf.get('profiles'), file);
      conf.set('profiles', { ...current, [profile]: edit(current[profile] ?? {}) });
    }).catch((error: unknown) => {
      throw codeOf(error) === undefined ? error : unwritable(file, error);
    });

  return {
    file,
    profiles,
    set: (profile, name, value) => change(profile, (values) => ({ ...values, [name]: value })),
    unset: async (profile, name) => {
      if (profiles[profile]?.[name] === undefined) return false;
      await change(profile, ({ [name]: _, ...rest }) => rest);
      return true;
    },
  };
}

async function load(dir: string, file: string): Promise<Conf<Record<string, unknown>>> {
  const { default: ConfClass } = await import('conf');
  try {
    return new ConfClass({
      cwd: dir,
      configName: 'config',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
    });
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Takes what a person may have edited by hand: unknown keys are left alone, values of a wrong type are an error. */
function profilesOf(stored: unknown, file: string): Record<string, Values> {
  const profiles = isObject(stored) ? stored : {};
  for (const [profile, values] of Object.entries(profiles)) {
    const wrong = isObject(values)
      ? settingNames.find((name) => !['string', 'undefined'].includes(typeof values[name]))
      : 'the profile';
    if (wrong) throw unreadable(file, new Error(`${wrong} of ${profile} has a wrong type`));
  }
  return profiles as Record<string, Values>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(file: string, cause: unknown): CliError {
  // A JSON parser may quote what it stumbled over, and that may be a key.
  const reason = cause instanceof SyntaxError ? 'it is not valid JSON' : reasonOf(cause);
  return new CliError('usage', `The configuration can't be read: ${file} (${reason}).`, {
    hint: 'Correct or remove that file; it was left as it is.',
    cause,
  });
}

function unwritable(file: string, cause: unknown): CliError {
  return new CliError('unexpected', `The configuration can't be written: ${file} (${reasonOf(cause)}).`, {
    hint: 'Check who owns that folder, or name another one in ATLAS_PE_CONFIG_DIR.',
    cause,
  });
}
