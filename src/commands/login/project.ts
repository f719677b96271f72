import type { Project } from '../../atlas/model.js';
import { UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import type { Context } from '../../context.js';

/** Asks which project to use by default; undefined for none. */
export async function askProject(
  { io }: Pick<Context, 'io'>,
  projects: readonly Project[],
  isPiped: boolean,
): Promise<Project | undefined> {
  if (isPiped || projects.length === 0) return undefined;
  const items = projects.map(({ id, name }, index) => `${String(index + 1).padEnd(3)} ${name}  ${id}`);
  io.note('Default project', items);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Which (number, name or id; empty for none)', { isAgain });
    if (answer === '') return undefined;
    const chosen = projects[Number(answer) - 1] ?? match(projects, answer);
    if (chosen) return chosen;
    io.note('That is none of them.');
  }
}

/** The project that --project names. Throws a usage error where the credentials don't see it. */
export function pickProject(projects: readonly Project[], text: string): Project {
  const found = match(projects, text);
  if (found) return found;
  throw new UsageError(`These credentials see no project '${text}'. Nothing was saved.`, names(projects));
}

function match(projects: readonly Project[], text: string): Project | undefined {
  return projects.find(({ id, name }) => id === text.toLowerCase() || name === text);
}

function names(projects: readonly Project[]): string {
  return `They see ${projects.length === 0 ? 'none' : listed(projects.map(({ name }) => name))}.`;
}

/** The next step of whoever has chosen no project yet. */
export function hintProject(
  { io, commandLine }: Pick<Context, 'io' | 'commandLine'>,
  [only, ...others]: readonly Project[],
): void {
  if (!only) return;
  if (others.length > 0) {
    io.hint({ text: 'See which projects there are:', commands: [commandLine(cmd`projects`)] });
  } else
    io.hint({ text: `Use ${only.name} from now on:`, commands: [commandLine(cmd`config set project ${only.id}`)] });
}
