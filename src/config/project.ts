import type { Atlas } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import type { Effort } from '../base/effort.js';
import { CliError, UsageError } from '../base/errors.js';
import { mostListed } from '../base/listed.js';
import { cmd, type Words } from '../base/shell.js';
import { didYouMean } from '../base/suggest.js';
import { originText } from './origin.js';
import type { Resolved } from './precedence.js';

/** The id that a setting gives, or undefined where it gives a name. */
export function projectIdOf({ value }: Resolved): string | undefined {
  const id = value.toLowerCase();
  return isAtlasId(id) ? id : undefined;
}

/** The error where a project is needed and none was chosen. */
export function noProject(commandLine: (command: Words) => string): UsageError {
  return new UsageError('No project is named.', {
    text: 'Name it with --project or ATLAS_PE_PROJECT, or list those there are and choose one for good:',
    commands: [commandLine(cmd`projects`), commandLine(cmd`config set project ID`)],
  });
}

/** A project's name means nothing without credentials to look it up with: then it is a malformed id. */
export function nameless({ value, origin }: Resolved, error: unknown): unknown {
  if (!(error instanceof CliError)) return error;
  return new UsageError(
    `'${value}' is not a project id (${originText(origin)}), and looking a project up by its name takes credentials.`,
    error.hint,
  );
}

/** Looks a project up by its name. Throws a usage error where no project that the key can see has it. */
export async function findProject(atlas: Atlas, { value: name, origin }: Resolved, effort?: Effort): Promise<string> {
  if (!/^[^/\\\p{C}]{1,64}$/u.test(name) || /^\.+$/.test(name)) {
    throw new UsageError(
      `'${name}' is neither a project id nor a project name (${originText(origin)}).`,
      'Ids are 24 hex digits.',
    );
  }
  const project = await atlas.findProject(name, effort);
  if (project) return project.id;
  const names = (await atlas.listProjects()).map((each) => each.name);
  throw new UsageError(
    `'${name}' is not a project id, and no project of that name is visible to this key (${originText(origin)}).`,
    names.length > 0 ? `${didYouMean(name, names, mostListed)} Ids are 24 hex digits.` : 'Ids are 24 hex digits.',
  );
}
