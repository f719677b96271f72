import { isLimit, isUnanswered, RequestError } from '../http/request-error.js';
import { backOff } from '../http/retries.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export const mostTries = 5;
const firstDelayMs = 300;

/** Whether to send a failed request again: if that may help, and does no harm. */
export function isRepeatable(error: unknown, isHarmless: boolean): boolean {
  if (!(error instanceof RequestError) || error.isSignIn) return false;
  return error.mayPass && (isHarmless || !error.mayHaveArrived);
}

/** Retry-After in milliseconds; 0 if there is none. */
export function restMsOf(error: unknown): number {
  return error instanceof RequestError ? error.retryAfterMs : 0;
}

/** Milliseconds until the next try. Retry-After wins if it is longer. */
export function retryDelay(error: unknown, tries: number, random: () => number): number {
  return Math.max(restMsOf(error), backOff(firstDelayMs, tries, random));
}

/**
 * Whether a retry may succeed later. A response that looks like another server's (HTML, an unknown certificate) counts as
 * transient only if Atlas answered before. Otherwise the address is wrong.
 */
function mayPass(error: Error, isKnown: boolean): boolean {
  return (error instanceof RequestError && error.mayPass) || (isKnown && isUnanswered(error));
}

/** How a wait classifies failed requests. */
export const faults = { mayPass, isAnswer: isLimit, delayMs: retryDelay };
