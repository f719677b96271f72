import { backOff } from '../http/retries.js';
import { AnswerError, ApiError, SignInError } from './errors.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export const mostTries = 5;
const firstDelayMs = 300;
const retriedStatuses = [408, 429, 500, 502, 503, 504];

/**
 * Whether to send a failed request again. A harmless request is retried after every transient error. Any other is
 * retried only if it certainly never arrived, or if Atlas rejected it with 429 (RFC 6585 §4).
 */
export function isRepeatable(error: unknown, isHarmless: boolean): boolean {
  if (isLimit(error)) return true;
  if (error instanceof AnswerError) return error.transient && (isHarmless || !error.mayHaveArrived);
  return isHarmless && error instanceof ApiError && retriedStatuses.includes(error.status);
}

/** Retry-After in milliseconds; 0 if there is none. */
export function restMsOf(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}

/** Milliseconds until the next try. Retry-After wins if it is longer. */
export function retryDelay(error: unknown, tries: number, random: () => number): number {
  return Math.max(restMsOf(error), backOff(firstDelayMs, tries, random));
}

/**
 * Whether a retry may succeed later: network errors, Atlas errors, cut-off responses, too many requests. A response
 * that looks like another server's (HTML, an unknown certificate) counts as transient only if Atlas answered before.
 * Otherwise the address is wrong.
 */
function mayPass(error: Error, isKnown: boolean): boolean {
  if (error instanceof SignInError && error.cause instanceof Error) return mayPass(error.cause, isKnown);
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429 || error.status === 408;
  return error instanceof AnswerError && (error.transient || isKnown);
}

/** True if Atlas rejected the request because of the rate limit. */
export function isLimit(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}

/** How a wait classifies failed requests. */
export const faults = { mayPass, isAnswer: isLimit, delayMs: retryDelay };
