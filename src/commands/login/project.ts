import type { Project } from '../../atlas/model.js';
import { UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import type { Context } from '../../context.js';

/** Asks for the default project. Returns undefined for none. */
export async function askProject(
  { io }: Pick<Context, 'io'>,
  projects: readonly Project[],
  isPiped: boolean,
): Promise<Project | undefined> {
  if (isPiped || projects.length === 0) return undefined;
  const items = projects.map(({ id, name }, index) => `${String(index + 1).padEnd(3)} ${name}  ${id}`);
  io.note('Choose a default project:', items);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Number, name or id (leave empty for none)', { isAgain });
    if (answer === '') return undefined;
    const chosen = projects[Number(answer) - 1] ?? match(projects, answer);
    if (chosen) return chosen;
    io.note('Not in the list. Try again.');
  }
}

/** The project given with --project. Throws a usage error if the credentials cannot access it. */
export function pickProject(projects: readonly Project[], text: string): Project {
  const found = match(projects, text);
  if (found) return found;
  throw new UsageError(`These credentials cannot access project '${text}'. Nothing was saved.`, names(projects));
}

function match(projects: readonly Project[], text: string): Project | undefined {
  return projects.find(({ id, name }) => id === text.toLowerCase() || name === text);
}

function names(projects: readonly Project[]): string {
  if (projects.length === 0) return 'They cannot access any project.';
  return `Available projects: ${listed(projects.map(({ name }) => name))}`;
}

/** Hints at how to choose a default project. */
export function hintProject(
  { io, commandLine }: Pick<Context, 'io' | 'commandLine'>,
  [only, ...others]: readonly Project[],
): void {
  if (!only) return;
  if (others.length > 0) {
    io.hint({ text: 'List the available projects:', commands: [commandLine(cmd`projects`)] });
  } else
    io.hint({
      text: `Use ${only.name} as the default project:`,
      commands: [commandLine(cmd`config set project ${only.id}`)],
    });
}
