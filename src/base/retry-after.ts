/** A longer Retry-After is a mistake. */
const longestRestSeconds = 24 * 3600;

/**
 * Reads Retry-After (RFC 9110 §10.2.3: seconds, or a date) as seconds from `now`. Null if it is missing or not
 * plausible.
 */
export function retryAfterSeconds(header: string | string[] | undefined, now: number): number | null {
  const text = [header ?? ''].flat()[0]?.trim() ?? '';
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const seconds = isNumber ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds <= longestRestSeconds ? Math.max(0, Math.ceil(seconds)) : null;
}
