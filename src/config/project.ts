import type { Atlas } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import type { Project } from '../atlas/model.js';
import { CliError, UsageError } from '../base/errors.js';
import { mostListed } from '../base/lists.js';
import { didYouMean } from '../base/suggest.js';
import type { RequestLimits } from '../http/retries.js';
import { originText, type Resolved } from './precedence.js';

/** The project id in the value of the setting; undefined if it is a name. */
export function projectIdOf(value: string): string | undefined {
  const id = value.toLowerCase();
  return isAtlasId(id) ? id : undefined;
}

/** The project with this id or name; undefined if there is none, or several with this name. */
export function matchProject(projects: readonly Project[], text: string): Project | undefined {
  const [named, ...others] = projects.filter(({ name }) => name === text);
  return projects.find(({ id }) => id === text.toLowerCase()) ?? (others.length === 0 ? named : undefined);
}

/** The error for a project name that can't be looked up because there are no credentials. */
export function nameless({ value, origin }: Resolved, error: unknown): unknown {
  if (!(error instanceof CliError)) return error;
  return new UsageError(
    `'${value}' is not a project id (${originText(origin)}), and looking up a project by name requires credentials.`,
    error.hint,
  );
}

/** Looks up a project by name. Throws a usage error if the credentials can't access a project with this name. */
export async function findProject(
  atlas: Atlas,
  { value: name, origin }: Resolved,
  limits?: RequestLimits,
): Promise<string> {
  const hint = 'A project id has 24 hex digits.';
  if (!/^[^/\\\p{C}]{1,64}$/u.test(name) || /^\.+$/.test(name))
    throw new UsageError(`'${name}' is not a valid project id or project name (${originText(origin)}).`, hint);
  const project = await atlas.findProject(name, limits);
  if (project) return project.id;
  const names = (await atlas.listProjects()).map((each) => each.name);
  throw new UsageError(
    `Project '${name}' not found (${originText(origin)}): it is not a project id, and the credentials cannot access a project with this name.`,
    names.length > 0 ? `${hint} ${didYouMean(name, names, mostListed)}` : hint,
  );
}
