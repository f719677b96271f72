import type { Atlas } from '../atlas/client.js';
import type { Project } from '../atlas/model.js';
import { advise, CliError, orNone, UsageError } from '../base/errors.js';
import { once } from '../base/once.js';
import { cmd } from '../base/shell.js';
import { didYouMean, listed, mostListed } from '../base/words.js';
import { originText, type Resolved } from '../config/precedence.js';
import { projectIdOf } from '../config/settings.js';
import type { Context, Settings } from '../endpoints/context.js';
import type { RequestLimits } from '../http/ask.js';
import type { Io } from '../ui/io.js';

interface ProjectOptions extends Pick<Context, 'io' | 'clock' | 'atlas'> {
  settings: Pick<Settings, 'get' | 'profile' | 'signIn' | 'cacheFile' | 'commandLine'>;
  /** Whether --project was given without a value. */
  isAsked: boolean;
  isChange: boolean;
}

/** The project of a command: the one that is set, the only one, or the user's choice. */
export function openProject(options: ProjectOptions) {
  const { io, settings, atlas, clock, isChange } = options;
  const isAsked = options.isAsked && io.isInteractive;
  let choice: string | undefined;
  /** The only one, if it is used because none is set. */
  let only: { id: string; name: string } | undefined;

  const named = once(async (limits?: RequestLimits) => {
    const given = await settings.get('project');
    const id = given && projectIdOf(given.value);
    if (id) return id;
    // A name that isn't from the command line is a real project's.
    if (settings.profile.isSandbox && given?.origin.kind !== 'flag')
      return (await import('../sandbox/world.js')).defaultProject;
    if (!given) return undefined;
    await settings.signIn().catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      const what = `'${given.value}' is not a project id (${originText(given.origin)})`;
      throw new UsageError(`${what}, and looking up a project by name requires credentials.`, error.hint);
    });
    return findProject(await atlas(), given, limits);
  });
  const cache = once(async () => {
    const { authCacheOf } = await import('../config/cache.js');
    return authCacheOf(await settings.signIn(), settings.cacheFile(), clock, 'project');
  });
  const known = async (limits?: RequestLimits) => {
    const set = await named(limits);
    // There may be a second one since it was saved, so nothing is created or changed in that.
    if (set !== undefined || only || isChange) return set ?? only?.id;
    const { id, name } = Object(await (await cache())?.read());
    if (projectIdOf(String(id))) only = { id, name };
    return only?.id;
  };
  const usualProject = async (limits?: RequestLimits) => choice ?? orNone(known(limits));

  // Listed once, also if the user has to choose and can't, which is tried again.
  const projects = once(async (limits?: RequestLimits) => (await atlas()).listProjects(limits));
  const projectId = once(async (limits?: RequestLimits) => {
    const usual = await (isAsked ? usualProject(limits) : known(limits));
    if (only && !isAsked) io.note(`Using project ${only.name} (${only.id}).`);
    if (usual !== undefined && !isAsked) return usual;
    const all = await projects(limits);
    const id = await chooseProject(options, all, usual);
    [only] = all.length === 1 ? all : [];
    if (only) await (await cache())?.write(only);
    else choice = id;
    return id;
  });

  return {
    usualProject,
    projectId,
    choice: () => choice,
    dropAfter: async (error: unknown) => {
      const mayBeGone = error instanceof CliError && ['notFound', 'notAllowed'].includes(error.exit);
      if (only && mayBeGone) await (await cache())?.write(undefined);
    },
  };
}

async function chooseProject(asking: ProjectOptions, projects: readonly Project[], usual?: string) {
  const { io } = asking;
  const [only, ...others] = projects;
  if (!only) {
    const hint = 'Give them a role in a project (in Atlas: Access Manager), or use other credentials.';
    throw new CliError('notAllowed', 'The credentials cannot access any project.', { hint });
  }
  if (others.length === 0) {
    io.note(`Using project ${only.name} (${only.id}), the only one that the credentials can access.`);
    return only.id;
  }
  const marked = projects.find(({ id }) => id === usual);
  const question = `Project (number, name or id${marked ? `; default: ${marked.name}` : ''})`;
  // At the end of the input, each answer is empty. So the question is not repeated forever.
  for (let tries = 0; io.isInteractive && tries < 3; tries++) {
    const chosen = (await askProject(io, projects, 'Choose a project:', question)) ?? marked;
    if (!chosen) continue;
    if (!usual) io.hint(advise(asking, 'To make it the default:', cmd`config set project ${chosen.id}`));
    return chosen.id;
  }
  const names = projects.map(({ id, name }) => `${name} (${id})`);
  throw new UsageError(
    `No project specified. The credentials can access ${projects.length} projects: ${listed(names, 5)}.`,
    advise(asking, 'Use --project, or save a default:', cmd`config set project ID`),
  );
}

/** Shows these projects and asks for one. Returns undefined if the answer is empty. */
export async function askProject(io: Io, projects: readonly Project[], title: string, question: string) {
  const items = projects.map(({ id, name }, index) => `${String(index + 1).padEnd(3)} ${name}  ${id}`);
  io.note(title, items);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask(question, { isAgain });
    if (answer === '') return undefined;
    const chosen = projects[Number(answer) - 1] ?? matchProject(projects, answer);
    if (chosen) return chosen;
    io.note('Not in the list. Try again.');
  }
}

/** The project with this id or name; undefined if there is none, or several with this name. */
export function matchProject(projects: readonly Project[], text: string) {
  const [named, ...others] = projects.filter(({ name }) => name === text);
  return projects.find(({ id }) => id === text.toLowerCase()) ?? (others.length === 0 ? named : undefined);
}

async function findProject(atlas: Atlas, { value: name, origin }: Resolved, limits?: RequestLimits) {
  const hint = 'A project id has 24 hex digits.';
  if (!/^[^/\\\p{C}]{1,64}$/u.test(name) || /^\.+$/.test(name))
    throw new UsageError(`'${name}' is not a valid project id or project name (${originText(origin)}).`, hint);
  const project = await atlas.findProject(name, limits);
  if (project) return project.id;
  const names = (await atlas.listProjects()).map((each) => each.name);
  const isFlag = origin.kind === 'flag' && /^[a-z][a-z0-9-]+$/.test(name);
  const cloud = isFlag ? ' It is a project of Atlas; --gcp-project names one of Google.' : '';
  throw new UsageError(
    `Project '${name}' not found (${originText(origin)}): it is not a project id, and the ` +
      'credentials cannot access a project with this name.',
    names.length > 0 ? `${hint}${cloud} ${didYouMean(name, names, mostListed)}` : `${hint}${cloud}`,
  );
}
