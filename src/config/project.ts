import type { Atlas } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import { CliError, UsageError } from '../base/errors.js';
import { mostListed } from '../base/listed.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd, type Words } from '../base/shell.js';
import { didYouMean } from '../base/suggest.js';
import { originText, type Resolved } from './precedence.js';

/** The project id in a setting; undefined if the setting holds a name. */
export function projectIdOf({ value }: Resolved): string | undefined {
  const id = value.toLowerCase();
  return isAtlasId(id) ? id : undefined;
}

/** The error if a command needs a project and none is set. */
export function noProject(commandLine: (command: Words) => string): UsageError {
  return new UsageError('No project specified.', {
    text: 'Use --project or ATLAS_PE_PROJECT. Or list the projects and save a default:',
    commands: [commandLine(cmd`projects`), commandLine(cmd`config set project ID`)],
  });
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
