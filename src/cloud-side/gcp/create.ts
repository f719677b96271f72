import type { Json } from '../../base/json.js';
import type { RequestLimits } from '../../base/request-limits.js';
import { untilKnown } from '../call.js';
import type { CloudContext } from '../cloud-side.js';
import { createOnce } from '../create-once.js';
import { CloudError, hasCode } from '../errors.js';
import type { Collection } from './compute.js';
import { takenError } from './existing.js';

/** Creates something, and never two. What has its name must have its description. Returns it when it has an IP address. */
export async function createInGcp<T extends { ip: string; description: string }>(
  line: CloudContext,
  { what, get, create }: Collection<T>,
  body: { name: string; description: string; [key: string]: Json },
): Promise<T> {
  const { name, description } = body;
  const notReady = 'resourceNotReady';
  const isEarly = (error: unknown) => hasCode(error, notReady);
  const find = async (limits?: RequestLimits) => {
    const found = await get(name, limits);
    if (found && found.description !== description) throw takenError(what, name);
    return found ?? undefined;
  };
  const ready = async () => {
    const found = await find();
    if (found && found.ip !== '') return found;
    throw new CloudError(`The ${what} ${name} has no IP address yet.`, { errorCode: notReady });
  };
  const taken = ['alreadyExists', 'resourceAlreadyExists'];
  const send = () => untilKnown(line, isEarly, () => create(body));
  await createOnce<unknown>(line, { what, send, taken, find });
  return untilKnown(line, isEarly, ready);
}
