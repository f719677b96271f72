import { advise, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { checkProfileExists, checkProfileName } from '../config/choose.js';
import { credentialKinds } from '../config/credential-kinds.js';
import { projectIdOf } from '../config/project.js';
import { removeProfile } from '../config/secrets.js';
import { inKeychain, sandboxProfile, secretNames } from '../config/settings.js';
import type { ProfileValues } from '../config/store.js';
import type { Context } from '../context.js';
import { approval } from './approval.js';
import type { profileDelete, profileUse } from './profile.js';
import { endSignIn } from './saving.js';

/** Lists the profiles of atlas-pe, those of the Atlas CLI with other names, and the built-in ones. */
export async function listProfiles(context: Context): Promise<void> {
  const { profiles } = await context.config();
  const theirs = (await context.atlasCli.profiles()).filter((name) => !profiles[name]);
  const row = (name: string, from: string, values: ProfileValues) => ({
    name,
    current: name === context.profile.name,
    from,
    credentials: credentialKinds.find(({ names: [first] }) => values[first])?.kind ?? null,
    secrets: whereOf(values),
    projectId: projectIdOf(values.project ?? '') ?? null,
    projectName: projectIdOf(values.project ?? '') ? null : (values.project ?? null),
    baseUrl: values['base-url'] ?? null,
  });
  const rows = [
    ...Object.entries(profiles).map(([name, values]) => row(name, 'atlas-pe', values)),
    ...(await Promise.all(theirs.map(async (name) => row(name, 'Atlas CLI', await context.atlasCli.values(name))))),
    ...['default', sandboxProfile]
      .filter((name) => !profiles[name] && !theirs.includes(name))
      .map((name) => row(name, 'built in', {})),
  ];
  const columns = ['name', 'current', 'from', 'credentials', 'projectId', 'projectName'];
  await context.io.print({ single: false, rows, columns, id: 'name' });
}

function whereOf(values: ProfileValues): string | null {
  const secrets = secretNames.flatMap((name) => values[name] ?? []);
  if (secrets.length === 0) return null;
  return secrets.includes(inKeychain) ? 'keychain' : 'file';
}

/** Sets the default profile. */
export async function useProfile(context: Context, options: OptionsOf<typeof profileUse>): Promise<void> {
  const name = checkProfileName(options.name);
  const config = await context.config();
  await checkProfileExists(name, config, context.atlasCli);
  await config.change((content) => ({ ...content, profile: name }));
  context.io.note(`Profile ${name} is now the default. --profile and ATLAS_PE_PROFILE override it.`);
}

/** Deletes a profile and its secrets. Asks first in a terminal. Elsewhere it requires --yes. */
export async function deleteProfile(context: Context, { name, yes }: OptionsOf<typeof profileDelete>): Promise<void> {
  const { io } = context;
  const config = await context.config();
  const values = config.profiles[name];
  if (!values) {
    await checkProfileExists(name, config, context.atlasCli);
    throw new UsageError(
      `Profile ${name} is built in or belongs to the Atlas CLI. atlas-pe cannot change it.`,
      advise(context, 'List the profiles:', cmd`profile list`),
    );
  }
  const approve = approval(context, { yes, undone: 'Nothing was deleted' });
  await approve(`Delete profile ${name} and its secrets?`);
  await endSignIn(context, name, values);
  await removeProfile(config, context.keychain, name);
  io.note(`Deleted profile ${name}.`);
}
