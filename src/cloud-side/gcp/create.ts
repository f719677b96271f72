import { randomUUID } from 'node:crypto';
import type { Json } from '../../base/json.js';
import { pollUntilFound } from '../../base/poll-until-found.js';
import type { RequestLimits } from '../../base/request-limits.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError, hasCode, isLost } from '../errors.js';
import type { Collection } from './compute.js';
import { takenError } from './existing.js';

const retryMs = 3000;

/**
 * Creates something, and never two: Google takes a name only once, and a create whose answer was lost is looked for before
 * it is sent again. What has the name must have the description. Returns it when it has its IP address.
 */
export async function createInGcp<T extends { ip: string; description: string }>(
  { clock, io, signal, left = () => Number.POSITIVE_INFINITY }: CloudContext,
  { what, get, create }: Collection<T>,
  body: { name: string; description: string; [key: string]: Json },
): Promise<T> {
  const { name, description } = body;
  const find = async (limits?: RequestLimits) => {
    const found = await get(name, limits);
    if (found && found.description !== description) throw takenError(what, name);
    return found ?? undefined;
  };
  let requestId = randomUUID();
  for (let tries = 1; ; tries++) {
    try {
      await create(requestId, body);
      break;
    } catch (error) {
      const isEarly = hasCode(error, 'resourceNotReady') && left() > retryMs;
      if (isLost(error)) io.warn(`${error.message} Checking whether the ${what} was created.`);
      else if (!isEarly && !hasCode(error, 'alreadyExists', 'resourceAlreadyExists')) throw error;
      if (await pollUntilFound({ clock, io, signal }, find, error.message)) break;
      // Another id, because Google may keep the operation that failed.
      if (isEarly) requestId = randomUUID();
      else if (tries > 1) throw error;
    }
  }
  for (;;) {
    const found = await find();
    if (found && found.ip !== '') return found;
    if (left() <= 0) throw new CloudError(`The ${what} ${name} has no IP address yet.`, { exit: 'timedOut' });
    await clock.sleep(retryMs, signal);
  }
}
