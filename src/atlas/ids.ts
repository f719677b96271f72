import { UsageError } from '../base/errors.js';
import { type Provider, providers } from '../clouds/all.js';

/** Atlas ids are 24 hex digits: seconds since 1970 in the first 8, random ones after. */
const atlasId = /^[0-9a-f]{24}$/;

export function isAtlasId(text: string): boolean {
  return atlasId.test(text);
}

/** What a Terraform import id names. */
export interface ImportId {
  projectId: string;
  id: string;
  provider?: Provider;
  region?: string;
}

/**
 * Reads `{project_id}-{private_link_id}` and `{project_id}-{private_link_id}-{provider}-{region}`, or returns undefined.
 * The second part need not be 24 hex digits: the documentation's own example isn't, so the API judges it.
 */
export function parseImportId(text: string): ImportId | undefined {
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

/**
 * A URL path whose inserted parts can't change its structure: each is encoded, and one that is empty, would climb (`.`,
 * `..`), or can't be encoded (half a surrogate pair) is refused.
 */
export function path(literals: TemplateStringsArray, ...parts: readonly string[]): string {
  return literals.reduce((url, literal, index) => {
    const part = parts[index - 1] ?? '';
    if (part === '' || /^\.{1,2}$|[\ud800-\udfff]/u.test(part))
      throw new UsageError(`'${part}' can't be part of an Atlas address.`, 'Check the ids that were given.');
    return `${url}${encodeURIComponent(part)}${literal}`;
  });
}

/** The same in ISO 8601, as jq's `fromdate` reads it; null of any other id. */
export function createdOn(id: string): string | null {
  const at = createdAt(id);
  return at === undefined ? null : new Date(at).toISOString().replace('.000Z', 'Z');
}

/** When the thing with this Atlas id was created, to the second; milliseconds since 1970. Undefined of any other id. */
export function createdAt(id: string): number | undefined {
  return isAtlasId(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : undefined;
}
