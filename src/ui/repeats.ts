import type { Clock } from '../base/clock.js';

const quietMs = 60_000;

/**
 * Says the same thing once a minute at most: many requests may meet the same trouble. `cause` is what is the same where
 * the message tells more, such as when it is tried again.
 */
export function withoutRepeats(
  say: (message: string) => void,
  clock: Pick<Clock, 'monotonic'>,
): (message: string, cause?: string) => void {
  const saidAt = new Map<string, number>();
  return (message, cause = message) => {
    const now = clock.monotonic();
    for (const [said, at] of saidAt) if (now - at >= quietMs) saidAt.delete(said);
    if (saidAt.has(cause)) return;
    saidAt.set(cause, now);
    say(message);
  };
}
