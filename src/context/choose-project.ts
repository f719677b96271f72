import type { Project } from '../atlas/model.js';
import { CliError, UsageError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import { matchProject } from '../config/project.js';
import type { Session } from '../endpoints/session.js';
import type { Io } from '../ui/io.js';

type Asking = Pick<Session, 'io' | 'commandLine'>;

/**
 * The id of the only one of these projects, or of the user's choice; an empty answer means `usual`. Throws if there is no
 * project, and if there are several but no terminal.
 */
export async function chooseProject(session: Asking, projects: readonly Project[], usual?: string): Promise<string> {
  const { io } = session;
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
    if (!usual) io.hint(advise(session, 'To make it the default:', cmd`config set project ${chosen.id}`));
    return chosen.id;
  }
  const names = projects.map(({ id, name }) => `${name} (${id})`);
  throw new UsageError(
    `No project specified. The credentials can access ${projects.length} projects: ${listed(names, 5)}.`,
    advise(session, 'Use --project, or save a default:', cmd`config set project ID`),
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
