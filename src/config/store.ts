import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CliError, codeOf, reasonOf, unwritable } from '../base/errors.js';
import { changeFile, hasLeftovers, removeLeftovers, withLock } from '../base/files.js';
import { listed } from '../base/lists.js';
import { readText } from '../base/read-text.js';
import { quote } from '../base/shell.js';
import { inKeychain, type SettingName, secretNames, settingNames } from './settings.js';

export type ProfileValues = { [name in SettingName]?: string | undefined };

export interface Content {
  profile?: string;
  profiles: Readonly<Record<string, ProfileValues>>;
}

export type ConfigStore = Awaited<ReturnType<typeof openConfig>>;

export async function openConfig(file: string) {
  const content = parse(read(file), file);
  return {
    ...content,
    file,
    warnings: [...exposedIn(content, file), ...unknownIn(content, file)],
    /** Changes the file under a lock. `edit` gets the current contents: another command may have written since. */
    change: (edit: (content: Content) => Content) =>
      changeFile(file, {
        read,
        edit: (text) => ({ write: (beside) => write(beside, edit(parse(text, file))), answer: undefined }),
      }).catch((error: unknown) => {
        const hint = 'Check who owns that directory, or set ATLAS_PE_CONFIG_DIR to another one.';
        throw codeOf(error) === undefined ? error : unwritable(`the configuration: ${file}`, error, hint);
      }),
    /** Removes temporary files that killed commands left behind. They may contain secrets. */
    removeLeftovers: async () => {
      if (hasLeftovers(file)) await withLock(file, async () => removeLeftovers(file));
    },
  };
}

async function write(file: string, content: Content) {
  const { default: Conf } = await import('conf');
  const conf = new Conf<Record<string, unknown>>({
    cwd: dirname(file),
    configName: basename(file),
    fileExtension: '',
    configFileMode: 0o600,
    clearInvalidConfig: false,
  });
  conf.store = { ...content };
}

export function withValues(content: Content, profile: string, values: ProfileValues): Content {
  const next = Object.entries({ ...content.profiles[profile], ...values }).filter(([, value]) => value !== undefined);
  return { ...content, profiles: { ...content.profiles, [profile]: Object.fromEntries(next) } };
}

/** Doesn't use conf, which takes longer to load than most commands take to run. */
function read(file: string) {
  try {
    return readText(file, { isPrivate: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return null;
    throw unreadable(file, error);
  }
}

function parse(text: string | null, file: string) {
  try {
    return contentOf(text === null ? {} : JSON.parse(text));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Validates the contents, because users may edit the file by hand. Keeps keys that a later version may have written. */
function contentOf(stored: unknown): Content {
  const { profile, profiles = {}, ...others } = objectIn(stored, 'the file');
  if (profile !== undefined && typeof profile !== 'string') throw new Error('profile is not a string');
  const all = Object.entries(objectIn(profiles, 'profiles')).map(([name, values]) => {
    const settings = objectIn(values, `profile ${name}`);
    const wrong = settingNames.find((key) => key in settings && typeof settings[key] !== 'string');
    if (wrong !== undefined) throw new Error(`${wrong} of profile ${name} is not a string`);
    return [name, settings as ProfileValues] as const;
  });
  // No prototype: otherwise `constructor` would look like a profile.
  return {
    ...others,
    ...(profile !== undefined && { profile }),
    profiles: Object.assign(Object.create(null), Object.fromEntries(all)),
  };
}

function objectIn(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is not an object`);
  return { ...value };
}

function unknownIn({ profile: _, profiles, ...others }: Content, file: string) {
  const known: readonly string[] = settingNames;
  const inProfiles = Object.entries(profiles).flatMap(([name, values]) =>
    Object.keys(values).flatMap((key) => (known.includes(key) ? [] : `${key} (profile ${name})`)),
  );
  const unknown = [...Object.keys(others), ...inProfiles];
  return unknown.length === 0 ? [] : [`${file} has unknown keys, which are ignored: ${listed(unknown)}.`];
}

/** Others who can only list the folder can't read the file, and a file of another owner is not accepted. */
function exposedIn({ profiles }: Content, file: string) {
  const secrets = Object.values(profiles).flatMap((values) => secretNames.map((name) => values[name]));
  if (process.platform === 'win32' || secrets.every((secret) => [undefined, inKeychain].includes(secret))) return [];
  const isOpen = ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0;
  return isOpen ? [`Other users can read ${file}. To correct it: chmod 600 ${quote(file)}`] : [];
}

function unreadable(file: string, cause: unknown) {
  // A JSON parser may quote the invalid text, and that may be a key.
  const reason = cause instanceof SyntaxError ? 'it is not valid JSON' : reasonOf(cause);
  return new CliError('usage', `Cannot read the configuration: ${file} (${reason}).`, {
    hint: 'Correct or remove that file, or set ATLAS_PE_CONFIG_DIR to another directory.',
    cause,
  });
}
