import { randomUUID } from 'node:crypto';
import { pollUntilFound } from '../../base/poll-until-found.js';
import type { RequestLimits } from '../../base/request-limits.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError, hasCode, isLost } from '../errors.js';
import { takenError } from './existing.js';

interface NewThing<T> {
  what: string;
  name: string;
  description: string;
  /** Google creates nothing twice for one id. */
  send(requestId: string): Promise<void>;
  read(name: string, limits?: RequestLimits): Promise<T | null>;
}

const retryMs = 3000;

/**
 * Creates something, and never two: Google takes a name only once, and a create whose answer was lost is looked for before
 * it is sent again. What has the name must have the description. Returns it when it has its IP address.
 */
export async function createInGcp<T extends { ip: string; description: string }>(
  line: CloudContext,
  { what, name, description, send, read }: NewThing<T>,
): Promise<T> {
  const { clock, io, signal, left = () => Number.POSITIVE_INFINITY } = line;
  const find = async (limits?: RequestLimits) => {
    const found = await read(name, limits);
    if (found && found.description !== description) throw takenError(what, name);
    return found ?? undefined;
  };
  const create = async () => {
    let requestId = randomUUID();
    for (let tries = 1; ; tries++) {
      try {
        return await send(requestId);
      } catch (error) {
        const isEarly = hasCode(error, 'resourceNotReady') && left() > retryMs;
        if (isLost(error)) io.warn(`${error.message} Checking whether the ${what} was created.`);
        else if (!isEarly && !hasCode(error, 'alreadyExists', 'resourceAlreadyExists')) throw error;
        if (await pollUntilFound(line, find, error.message)) return;
        // Another id, because Google may keep the operation that failed.
        if (isEarly) requestId = randomUUID();
        else if (tries > 1) throw error;
      }
    }
  };
  await create();
  for (;;) {
    const found = await find();
    if (found && found.ip !== '') return found;
    if (left() <= 0) throw new CloudError(`The ${what} ${name} has no IP address yet.`, { exit: 'timedOut' });
    await clock.sleep(retryMs, signal);
  }
}
