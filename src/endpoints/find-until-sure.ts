import { createdAt } from '../atlas/ids.js';
import { deleted } from '../atlas/status.js';
import type { RequestLimits } from '../base/request-limits.js';
import type { Deadline } from '../wait/deadline.js';
import { newMs, secondLookMs } from '../wait/wait.js';
import type { FoundEndpoints } from './find.js';
import type { Session } from './session.js';

/**
 * The endpoints to wait for. If one is missing, reads them a second time, and more often if its id is so new that Atlas
 * may not list it yet. With `--until DELETED`, reads again only for such an id.
 */
export async function findUntilSure<F extends Pick<FoundEndpoints, 'named'> & { endpoints: readonly unknown[] }>(
  { io, clock, atlas }: Pick<Session, 'io' | 'clock' | 'atlas'>,
  deadline: Deadline,
  { until }: { until: string },
  find: (how: RequestLimits) => Promise<F>,
): Promise<F | undefined> {
  const started = clock.monotonic();
  for (let looks = 1; ; looks++) {
    const found = await deadline.retryUntilDeadline(find);
    if (!found || deadline.left() <= 0) return found;
    const now = (await atlas()).timeThere(clock.now());
    const isNew = found.named.some(({ id = '' }, index) => {
      const age = now - (createdAt(id) ?? 0);
      return !found.endpoints[index] && Math.abs(age) < newMs && clock.monotonic() - started < newMs;
    });
    const isMissing = found.endpoints.length === 0 || found.endpoints.some((endpoint) => !endpoint);
    const isDoubtful = until === deleted ? isNew && looks === 1 : isNew || (isMissing && looks === 1);
    if (!isDoubtful) return found;
    if (isNew && looks === 1) io.note('Atlas does not list the new private endpoint service yet. Checking again.');
    await deadline.pause(secondLookMs);
  }
}
