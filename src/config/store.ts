import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Conf from 'conf';
import { CliError, reasonOf } from '../errors.js';
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
  const conf = existsSync(file) ? await load(dir, file) : undefined;
  const profiles = conf ? profilesOf(conf.get('profiles'), file) : {};

  const write = async (profile: string, values: Values) => {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const open = conf ?? (await load(dir, file));
      open.set('profiles', { ...profiles, [profile]: values });
    } catch (error) {
      throw unusable(file, 'written', error);
    }
  };
  return {
    file,
    profiles,
    set: (profile, name, value) => write(profile, { ...profiles[profile], [name]: value }),
    unset: async (profile, name) => {
      const { [name]: before, ...rest } = profiles[profile] ?? {};
      if (before !== undefined) await write(profile, rest);
      return before !== undefined;
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
    throw unusable(file, 'read', error);
  }
}

/** Takes what a person may have edited by hand: unknown keys are left alone, values of a wrong type are an error. */
function profilesOf(stored: unknown, file: string): Record<string, Values> {
  const profiles = isObject(stored) ? stored : {};
  for (const [profile, values] of Object.entries(profiles)) {
    const wrong = isObject(values)
      ? settingNames.find((name) => !['string', 'undefined'].includes(typeof values[name]))
      : 'the profile';
    if (wrong) throw unusable(file, 'read', new Error(`${wrong} of ${profile} has a wrong type`));
  }
  return profiles as Record<string, Values>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(file: string, what: 'read' | 'written', cause: unknown): CliError {
  // A JSON parser may quote what it stumbled over, and that may be a key.
  const reason = cause instanceof SyntaxError ? 'it is not valid JSON' : reasonOf(cause);
  return new CliError('usage', `The configuration can't be ${what}: ${file} (${reason}).`, {
    hint: 'Correct or remove that file; it was left as it is.',
    cause,
  });
}
