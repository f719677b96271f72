import { isGone } from '../atlas/errors.js';
import { secondLookMs } from '../wait/wait.js';
import type { Session } from './session.js';

/**
 * Sends a request. If Atlas doesn't know its object, sends it once more later: a new object may not be known everywhere
 * yet.
 */
export async function unlessUnknownTwice<T>(
  { clock, signal }: Pick<Session, 'clock' | 'signal'>,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isGone(error)) throw error;
    await clock.sleep(secondLookMs, signal);
    return request();
  }
}
