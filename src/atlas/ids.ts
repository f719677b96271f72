import { UsageError } from '../base/errors.js';
import { providers } from '../clouds/all.js';

/** Atlas ids are 24 hex digits. The first 8 are seconds since 1970, the rest is random. */
export function isAtlasId(text: string) {
  return /^[0-9a-f]{24}$/.test(text);
}

/** Reads `{project_id}-{private_link_id}[-{provider}-{region}]`. The second id may have another form, as in Terraform's docs. */
export function parseImportId(text: string) {
  const match = /^([0-9a-f]{24})-([0-9a-z]{1,64})(?:-([a-z]+)-([0-9a-z_-]+))?$/i.exec(text);
  if (!match) return undefined;
  const [, projectId = '', id = '', cloud, region] = match;
  const provider = providers.find((name) => name === cloud?.toUpperCase());
  if (cloud !== undefined && !provider) return undefined;
  return {
    projectId: projectId.toLowerCase(),
    id,
    ...(provider && { provider }),
    ...(region !== undefined && { region }),
  };
}

/** A URL path, of which the parts can't change the structure. Throws a usage error for `.` and what can't be encoded. */
export function path(literals: TemplateStringsArray, ...parts: readonly string[]): string {
  return literals.reduce((url, literal, index) => {
    const part = parts[index - 1] ?? '';
    if (part === '' || /^\.{1,2}$|[\ud800-\udfff]/u.test(part))
      throw new UsageError(`'${part}' is not a valid id or name.`, 'Check the ids.');
    return `${url}${encodeURIComponent(part)}${literal}`;
  });
}

/** `createdAt` in ISO 8601, in the form that `fromdate` of jq reads. Null for any other id. */
export function createdOn(id: string) {
  const at = createdAt(id);
  return at === undefined ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}

/** When this was created: milliseconds since 1970, precise to the second. Undefined for other ids. */
export function createdAt(id: string) {
  return isAtlasId(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : undefined;
}
