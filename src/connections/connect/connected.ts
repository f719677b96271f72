import { deleted, isLeaving } from '../../atlas/model.js';
import { CliError, isFailure } from '../../base/errors.js';
import { hasId, shortName } from '../../clouds/shapes.js';
import { readAgain } from '../../endpoints/await.js';
import type { Context } from '../../endpoints/context.js';
import { readAttached } from '../../endpoints/interfaces.js';
import { secondLookMs } from '../../wait/wait.js';
import type { ConnectSides } from './sides.js';

export const mayBeRemoved = 'Another program may have removed it.';

/** Why clients can't use the interface endpoint, as Atlas has it now; undefined if they can. `connect` never ends well without one. */
export async function whyNotConnected(context: Context, sides: ConnectSides) {
  try {
    const first = await readStatus(context, sides);
    if (first === 'AVAILABLE') return undefined;
    // One read may be wrong.
    await context.clock.sleep(secondLookMs, context.signal);
    const status = await readStatus(context, sides);
    return status === 'AVAILABLE' ? undefined : lostError(sides.attached?.id ?? '', status);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error;
  }
}

async function readStatus(context: Context, { service, attached }: ConnectSides) {
  const now = service && (await readAgain(context, service));
  const id = attached?.id ?? '';
  const isListed = now && hasId(now.interfaceEndpoints, id);
  return isListed ? (await readAttached(context, { service: now, id })).status : deleted;
}

function lostError(id: string, status: string) {
  if (isLeaving(status)) {
    const what = `${id} was removed from Atlas, so it cannot connect.`;
    return new CliError('endpointFailed', what, { hint: mayBeRemoved });
  }
  const what = `${id} is ${status} in Atlas, so it cannot connect.`;
  return new CliError('endpointFailed', what, { hint: `${shortName(id)} was not deleted.`, reason: 'cannotConnect' });
}
