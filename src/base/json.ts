export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/* Read a value of unknown type. A value of the wrong type counts as missing. */

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((item) => Object(item) as Record<string, unknown>) : [];
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function parseJson(text: string, revive?: Parameters<typeof JSON.parse>[1]): unknown {
  try {
    return JSON.parse(text, revive);
  } catch {
    return undefined;
  }
}

/** The claims of a JSON Web Token (RFC 7519); undefined if it is none. */
export function claimsOf(token: string): unknown {
  return parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (Object(found) as Record<string, unknown>)[key], value);
}
