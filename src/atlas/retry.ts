import { AnswerError, ApiError, NetworkError, SignInError } from './errors.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export const mostTries = 5;
const firstDelayMs = 300;
const retriedStatuses = [408, 429, 500, 502, 503, 504];

/**
 * Whether a failed request may be sent once more: one that does no harm after every passing fault, one that changes
 * something only where it certainly never arrived, or was turned away at the door (RFC 6585 §4: 429).
 */
export function isRepeatable(error: unknown, method: Method, harmless: boolean): boolean {
  if (error instanceof NetworkError && !error.mayHaveArrived) return true;
  if (error instanceof ApiError && error.status === 429) return true;
  if (method !== 'GET' && !harmless) return false;
  if (error instanceof ApiError) return retriedStatuses.includes(error.status);
  return error instanceof NetworkError || (error instanceof AnswerError && error.transient);
}

/** Milliseconds until Atlas wants to be asked again, where it says so. */
export function restMsOf(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}

/**
 * Milliseconds until the next try: a doubling back-off of which a random half is taken, so that many clients don't come
 * back at once, or what Retry-After says, where that is longer.
 */
export function retryDelay(error: unknown, tries: number, random: () => number): number {
  const ceiling = firstDelayMs * 2 ** (tries - 1);
  return Math.max(restMsOf(error), ceiling / 2 + (random() * ceiling) / 2);
}

/**
 * Whether a request may go well a little later: faults of the network and of Atlas, cut answers, too many requests. What
 * answers like another server (a page of HTML, an unknown certificate) passes for a fault only of an Atlas that has
 * answered before; else it is a wrong address.
 */
function mayPass(error: Error, isKnown: boolean): boolean {
  if (error instanceof SignInError && error.cause instanceof Error) return mayPass(error.cause, isKnown);
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429 || error.status === 408;
  return error instanceof NetworkError || (error instanceof AnswerError && (error.transient || isKnown));
}

/** True where Atlas counts too many requests. */
export function isLimit(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}

/** How a wait takes what goes wrong with its requests. */
export const faults = { mayPass, isAnswer: isLimit, delayMs: retryDelay };

/** Nobody means to be left alone for longer. */
const longestRestSeconds = 24 * 3600;

/**
 * Reads Retry-After (RFC 9110 §10.2.3: seconds, or a date) as seconds from `now` on; null where there is none, or one that
 * can't be meant.
 */
export function retryAfterSeconds(header: string | string[] | undefined, now: number): number | null {
  const text = [header ?? ''].flat()[0]?.trim() ?? '';
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const seconds = isNumber ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds <= longestRestSeconds ? Math.max(0, Math.ceil(seconds)) : null;
}
