import { isGone } from '../atlas/errors.js';
import { secondLookMs } from '../wait/wait.js';
import type { Session } from './session.js';

/** Sends a request, and once more where Atlas does not know what it is about: that may be too new to be known everywhere. */
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
