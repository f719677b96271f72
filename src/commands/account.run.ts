import { savedToken } from '../atlas/auth.js';
import { defaultBaseUrl } from '../atlas/base-url.js';
import { isOffAccessList } from '../atlas/errors.js';
import type { Project } from '../atlas/model.js';
import { advise, hintText, isFailure, NotFoundError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { authCacheOf } from '../config/cache.js';
import { checkProfileExists, checkProfileName } from '../config/open-settings.js';
import { originText, resolveSignIn } from '../config/precedence.js';
import {
  credentialKinds,
  credentialNames,
  inKeychain,
  parseSecretStore,
  parseSettingName,
  projectIdOf,
  publicIdOf,
  sandboxProfile,
  secretNames,
  setting,
  settingNames,
  titleOf,
} from '../config/settings.js';
import { moveSecrets, type ProfileValues, removeProfile, saveValues } from '../config/store.js';
import { matchProject } from '../context/project.js';
import type { Context } from '../context.js';
import type { configGet, configList, configSet, configUnset, profileDelete, profileUse } from './account.js';
import { approval, checkKeepsSettings, otherOrigin, profileSources, whereSaved } from './saving.js';

export async function whoAmI(context: Context) {
  const { io, settings } = context;
  const { profile } = settings;
  const { credentials, origin, baseUrl } = await settings.signIn();
  const atlas = await context.atlas();
  let onAccessList = true;
  const projects = await atlas.listProjects().catch((error: unknown) => {
    if (!isOffAccessList(error)) throw error;
    onAccessList = false;
    io.warn(`${error.message} ${hintText(error.hint)}`);
    return null;
  });
  const isTable = ['table', 'tsv'].includes(io.format);
  const shown = ({ id, name }: Project) => (isTable ? `${id} ${name}` : { id, name });
  const set = (await settings.get('project'))?.value;
  const [only, ...others] = projects ?? [];
  const known = matchProject(projects ?? [], set ?? (await settings.usualProject()) ?? '');
  const used = known ?? (set === undefined && others.length === 0 ? only : undefined);
  if (set === undefined && used && others.length === 0 && !profile.isSandbox)
    io.note(`No project is set. Commands use ${used.name}, the only one that the credentials can access.`);
  const projectId = used?.id ?? projectIdOf(set ?? '') ?? null;
  const row = {
    profile: profile.name,
    kind: credentials.kind,
    id: publicIdOf(credentials),
    origin: originText(origin),
    baseUrl,
    projectId,
    projectName: used?.name ?? (projectId === null ? (set ?? null) : null),
    onAccessList,
    projects: projects?.map(shown) ?? null,
  };
  const brief = { kind: () => titleOf(credentials), onAccessList: () => (onAccessList ? 'yes' : 'no') };
  await io.print({ single: true, rows: [row], brief, id: 'id' });
}

export async function listProjects({ io, atlas }: Context) {
  const rows = (await (await atlas()).listProjects()).map(({ id, name }) => ({ id, name }));
  await io.print({ single: false, rows, id: 'id', empty: 'No projects.' });
}

export async function signOut(context: Context) {
  const { io, settings } = context;
  const { profile } = settings;
  checkKeepsSettings(context);
  const config = await settings.config();
  const values = config.profiles[profile.name] ?? {};
  const saved = credentialNames.filter((name) => values[name] !== undefined);
  const removed = Object.fromEntries(saved.map((name) => [name, undefined]));
  if (saved.length === 0) {
    io.note(`Profile ${profile.name} has no credentials.`);
  } else {
    await endSignIn(context, profile.name, values);
    await saveValues(config, settings.keychain, profile.name, removed);
    io.note(`Removed ${saved.join(' and ')} from profile ${profile.name}.`);
  }
  const other = await otherOrigin(context, profile.name, { ...values, ...removed });
  if (other) io.note(`You are still signed in with credentials from ${other}.`);
}

export async function listProfiles({ io, settings }: Context) {
  const { profiles } = await settings.config();
  const theirs = (await settings.atlasCli.profiles()).filter((name) => !profiles[name]);
  const row = (name: string, from: string, values: ProfileValues) => ({
    name,
    current: name === settings.profile.name,
    from,
    credentials: credentialKinds.find(({ names: [first] }) => values[first])?.kind ?? null,
    secrets: whereOf(values),
    projectId: projectIdOf(values.project ?? '') ?? null,
    projectName: projectIdOf(values.project ?? '') ? null : (values.project ?? null),
    baseUrl: values['base-url'] ?? null,
  });
  const rows = [
    ...Object.entries(profiles).map(([name, values]) => row(name, 'atlas-pe', values)),
    ...(await Promise.all(theirs.map(async (name) => row(name, 'Atlas CLI', await settings.atlasCli.values(name))))),
    ...['default', sandboxProfile]
      .filter((name) => !profiles[name] && !theirs.includes(name))
      .map((name) => row(name, 'built in', {})),
  ];
  const columns = ['name', 'current', 'from', 'credentials', 'projectId', 'projectName'];
  await io.print({ single: false, rows, columns, id: 'name' });
}

function whereOf(values: ProfileValues) {
  const secrets = secretNames.flatMap((name) => values[name] ?? []);
  if (secrets.length === 0) return null;
  return secrets.includes(inKeychain) ? 'keychain' : 'file';
}

export async function useProfile({ io, settings }: Context, options: OptionsOf<typeof profileUse>) {
  const name = checkProfileName(options.name);
  const config = await settings.config();
  await checkProfileExists(name, config, settings.atlasCli);
  await config.change((content) => ({ ...content, profile: name }));
  io.note(`Profile ${name} is now the default. --profile and ATLAS_PE_PROFILE override it.`);
}

export async function deleteProfile(context: Context, { name, yes }: OptionsOf<typeof profileDelete>) {
  const { io, settings } = context;
  const config = await settings.config();
  const values = config.profiles[name];
  if (!values) {
    await checkProfileExists(name, config, settings.atlasCli);
    throw new UsageError(
      `Profile ${name} is built in or belongs to the Atlas CLI. atlas-pe cannot change it.`,
      advise(context, 'List the profiles:', cmd`profile list`),
    );
  }
  const approve = approval(context, { yes, undone: 'Nothing was deleted' });
  await approve(`Delete profile ${name} and its secrets?`);
  await endSignIn(context, name, values);
  await removeProfile(config, settings.keychain, name);
  io.note(`Deleted profile ${name}.`);
}

async function endSignIn(context: Context, profile: string, values: ProfileValues) {
  // An incomplete pair never got a token.
  if (!credentialKinds.some(({ names }) => names.every((name) => values[name] !== undefined))) return;
  try {
    // Only the credentials of this profile, not those in the environment.
    const old = await resolveSignIn(profileSources(context, profile, values, {}));
    const cacheFile = context.settings.cacheFile();
    await authCacheOf(old, cacheFile, context.clock, 'project')?.write(undefined);
    const cache = authCacheOf(old, cacheFile, context.clock);
    const token = savedToken(await cache?.read());
    await cache?.write(undefined);
    if (token) await (await context.atlas(old)).revokeToken(token.value);
  } catch (error) {
    if (!isFailure(error)) throw error;
    // A token that cannot be revoked expires within an hour.
    context.io.warn(`Could not revoke the access token at Atlas: ${error.message}`);
  }
}

export async function setSetting(context: Context, options: OptionsOf<typeof configSet>) {
  const { io, settings } = context;
  const { profile, keychain } = settings;
  const name = parseSettingName(options.name);
  const { secret = false, check } = setting(name);
  checkKeepsSettings(context);
  if (secret && options.value !== undefined) {
    const commands = [`${settings.commandLine(cmd`config set ${name}`)} < FILE`];
    throw new UsageError(
      `The ${name} is a secret and was not saved. Other users of this machine can read command-line arguments.`,
      { text: 'Omit the value to be prompted for it, or pipe it:', commands },
    );
  }
  if (!secret && options.value === undefined)
    throw new UsageError(`Missing value for ${name}.`, advise(context, 'Example:', cmd`config set ${name} VALUE`));
  if (options.value?.trim() === '')
    throw new UsageError('The value is empty.', advise(context, 'To remove the setting:', cmd`config unset ${name}`));
  const value = check(options.value ?? (await io.readSecret(name)));
  const config = await settings.config();
  if (name === 'base-url') checkHostStays(context, config.profiles[profile.name], value);
  const saved =
    name === 'secret-store'
      ? await moveSecrets(config, keychain, profile.name, parseSecretStore(value))
      : await saveValues(config, keychain, profile.name, { [name]: value });
  io.note(`Saved ${name} for profile ${profile.name} in ${whereSaved(saved, secret)}.`);
}

/** Throws if the credentials of a profile would be sent to a host other than the one they were saved for. */
function checkHostStays(context: Context, values: ProfileValues = {}, baseUrl: string) {
  const { profile } = context.settings;
  const before = values['base-url'] ?? defaultBaseUrl;
  if (before === baseUrl || !credentialNames.some((name) => values[name] !== undefined)) return;
  throw new UsageError(
    `Profile ${profile.name} has credentials for ${before}. They cannot be used with another host.`,
    advise(context, 'Use another profile, or remove them first:', cmd`logout`),
  );
}

export async function getSetting(context: Context, options: OptionsOf<typeof configGet>) {
  const name = parseSettingName(options.name);
  const found = await context.settings.get(name);
  if (!found) {
    const line = cmd`config set ${name} ${setting(name).secret ? [] : 'VALUE'}`;
    const hint = context.settings.profile.isSandbox ? undefined : advise(context, 'Set it:', line);
    throw new NotFoundError(`The setting '${name}' is not set.`, hint);
  }
  if (setting(name).secret) {
    throw new UsageError(
      `The ${name} comes from ${originText(found.origin)}. Secrets are never printed.`,
      advise(context, 'Replace it:', cmd`config set ${name}`),
    );
  }
  const row = { name, value: found.value, origin: originText(found.origin) };
  await context.io.print({ single: true, rows: [row], columns: ['value'], id: 'value', only: 'value' });
}

export async function unsetSetting(context: Context, options: OptionsOf<typeof configUnset>) {
  const { io, settings } = context;
  const { profile, keychain } = settings;
  const name = parseSettingName(options.name);
  const config = await settings.config();
  if (name === 'base-url') checkHostStays(context, config.profiles[profile.name], defaultBaseUrl);
  const isSet = config.profiles[profile.name]?.[name] !== undefined;
  if (isSet) await saveValues(config, keychain, profile.name, { [name]: undefined });
  const where = `profile ${profile.name} (${config.file})`;
  io.note(isSet ? `Removed ${name} from ${where}.` : `No change: ${name} is not set in ${where}.`);
}

export async function listSettings(context: Context, { showOrigin }: OptionsOf<typeof configList>) {
  const rows = await Promise.all(
    settingNames.map(async (name) => {
      const found = await context.settings.get(name).catch((error: unknown) => {
        // An invalid setting must not hide the others.
        if (!(error instanceof UsageError)) throw error;
        context.io.warn(error.message);
        return null;
      });
      const value = found && setting(name).secret ? '********' : (found?.value ?? null);
      return { name, value, ...(showOrigin && { origin: found ? originText(found.origin) : null }) };
    }),
  );
  await context.io.print({ single: false, rows, id: 'name' });
}

export async function printPath({ io, settings }: Context) {
  try {
    await settings.config();
  } catch (error) {
    if (!isFailure(error)) throw error;
    io.warn(error.message);
  }
  await io.print({ single: true, rows: [{ path: settings.configFile() }], id: 'path', only: 'path' });
}
