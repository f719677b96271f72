import type { Atlas } from './atlas/client.js';
import type { Patience } from './atlas/http.js';
import { isAtlasId } from './atlas/ids.js';
import type { Resolved } from './config/resolve.js';
import { UsageError } from './base/errors.js';
import { mostListed } from './base/listed.js';
import { didYouMean } from './base/suggest.js';

/** The id that a setting gives, or undefined where it gives a name. */
export function projectIdOf({ value }: Resolved): string | undefined {
  const id = value.toLowerCase();
  return isAtlasId(id) ? id : undefined;
}

/** The error where a project is needed and none was chosen. */
export function noProject(commandLine: (command: string) => string): UsageError {
  const error = new UsageError('No project is named.');
  error.advise('Name it with --project or ATLAS_PE_PROJECT, or list those there are and choose one for good:', [
    commandLine('projects'),
    commandLine('config set project ID'),
  ]);
  return error;
}

/** Looks a project up by its name. Throws a usage error where no project that the key can see has it. */
export async function findProject(
  atlas: Atlas,
  { value: name, origin }: Resolved,
  patience?: Patience,
): Promise<string> {
  if (!/^[^/\\\p{C}]{1,64}$/u.test(name) || /^\.+$/.test(name)) {
    throw new UsageError(`'${name}' is neither a project id nor a project name (${origin}).`, 'Ids are 24 hex digits.');
  }
  const project = await atlas.findProject(name, patience);
  if (project) return project.id;
  const names = (await atlas.listProjects()).map((each) => each.name);
  throw new UsageError(
    `'${name}' is not a project id, and no project of that name is visible to this key (${origin}).`,
    names.length > 0 ? `${didYouMean(name, names, mostListed)} Ids are 24 hex digits.` : 'Ids are 24 hex digits.',
  );
}
