import { ApiError } from '../atlas/errors.js';
import type { Project } from '../atlas/model.js';
import { hintText } from '../base/errors.js';
import { credentialNames, publicIdOf, titleOf } from '../config/credential-kinds.js';
import { originText } from '../config/precedence.js';
import { matchProject, projectIdOf } from '../config/project.js';
import { saveValues } from '../config/secrets.js';
import type { Context } from '../context.js';
import { checkKeepsSettings, endSignIn, otherOrigin } from './saving.js';

/** Shows the credentials in use, where they come from, and what they can access. */
export async function whoAmI(context: Context): Promise<void> {
  const { credentials, origin, baseUrl } = await context.signIn();
  const atlas = await context.atlas();
  let onAccessList = true;
  const projects = await atlas.listProjects().catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.errorCode !== 'IP_ADDRESS_NOT_ON_ACCESS_LIST') throw error;
    onAccessList = false;
    context.io.warn(`${error.message} ${hintText(error.hint)}`);
    return null;
  });
  const isTable = ['table', 'tsv'].includes(context.io.format);
  const shown = ({ id, name }: Project) => (isTable ? `${id} ${name}` : { id, name });
  const set = (await context.setting('project'))?.value;
  const [only, ...others] = projects ?? [];
  const known = matchProject(projects ?? [], set ?? (await context.usualProject()) ?? '');
  const used = known ?? (set === undefined && others.length === 0 ? only : undefined);
  if (set === undefined && used && others.length === 0 && !context.profile.isSandbox)
    context.io.note(`No project is set. Commands use ${used.name}, the only one that the credentials can access.`);
  const projectId = used?.id ?? projectIdOf(set ?? '') ?? null;
  const row = {
    profile: context.profile.name,
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
  await context.io.print({ single: true, rows: [row], brief, id: 'id' });
}

/** Lists the projects that the credentials can access. */
export async function listProjects({ io, atlas }: Context): Promise<void> {
  const rows = (await (await atlas()).listProjects()).map(({ id, name }) => ({ id, name }));
  await io.print({ single: false, rows, id: 'id', empty: 'No projects.' });
}

/** Removes the credentials of the profile in use, and revokes the token of a service account. */
export async function signOut(context: Context): Promise<void> {
  const { io, profile, keychain } = context;
  checkKeepsSettings(context);
  await context.removeLeftovers();
  const config = await context.config();
  const values = config.profiles[profile.name] ?? {};
  const saved = credentialNames.filter((name) => values[name] !== undefined);
  const removed = Object.fromEntries(saved.map((name) => [name, undefined]));
  if (saved.length === 0) {
    io.note(`Profile ${profile.name} has no credentials.`);
  } else {
    await endSignIn(context, profile.name, values);
    await saveValues(config, keychain, profile.name, removed);
    io.note(`Removed ${saved.join(' and ')} from profile ${profile.name}.`);
  }
  const other = await otherOrigin(context, profile.name, { ...values, ...removed });
  if (other) io.note(`You are still signed in with credentials from ${other}.`);
}
