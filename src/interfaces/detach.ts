import { isGone, mayHaveTakenEffect } from '../atlas/errors.js';
import { goneInterface, type InterfaceEndpoint } from '../atlas/interfaces.js';
import { deleted } from '../atlas/status.js';
import type { Context } from '../context.js';
import { InterruptedError } from '../base/errors.js';
import { type Attached, readAttached } from './find.js';
import { ofLook } from '../endpoints/lost-answer.js';
import { unlessUnknownTwice } from '../endpoints/second-look.js';

/** Asks Atlas to remove an interface endpoint, and returns it as it is from then on; asking twice does no harm. */
export async function detach(context: Context, attached: Attached): Promise<InterfaceEndpoint> {
  const { service, id } = attached;
  const atlas = await context.atlas();
  try {
    await unlessUnknownTwice(context, () => atlas.removeInterface(service, id));
    return { ...(await readAttached(context, attached).catch(() => goneInterface(service, id))), status: 'DELETING' };
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    const unknown = 'Whether Atlas removes it is not known. Asking again does no harm.';
    if (error instanceof InterruptedError && error.mayHaveArrived) error.advise(unknown);
    if (mayHaveTakenEffect(error)) {
      const now = await readAttached(context, attached, ofLook).catch(() => undefined);
      if (now?.status === 'DELETING' || now?.status === deleted) return now;
      error.advise(unknown);
    }
    throw error;
  }
}
