import type { Clock } from '../base/clock.js';

const quietMs = 60_000;

/**
 * Shows a message at most once a minute, because many requests may have the same problem. Messages with the same
 * `cause` count as the same. Pass it if the text varies, for example with the time of the next retry.
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
