import { isGone } from '../atlas/errors.js';
import { goneInterface, type InterfaceEndpoint } from '../atlas/interfaces.js';
import { isLeaving } from '../atlas/status.js';
import { ignoreFailure } from '../base/errors.js';
import { ofLook } from '../base/look-until-found.js';
import { orLook } from '../endpoints/lost-answer.js';
import { unlessUnknownTwice } from '../endpoints/second-look.js';
import type { Session } from '../endpoints/session.js';
import { type Attached, readAttached } from './find.js';

/** Asks Atlas to remove an interface endpoint and returns it with its new status. Repeating this does no harm. */
export async function detach(session: Session, attached: Attached): Promise<InterfaceEndpoint> {
  const { service, id } = attached;
  const atlas = await session.atlas();
  const request = async (): Promise<InterfaceEndpoint> => {
    await unlessUnknownTwice(session, () => atlas.removeInterface(service, id));
    return {
      ...((await readAttached(session, attached).catch(ignoreFailure)) ?? goneInterface(service, id)),
      status: 'DELETING',
    };
  };
  const look = async () => {
    const now = await readAttached(session, attached, ofLook).catch(ignoreFailure);
    return now && isLeaving(now.status) ? now : undefined;
  };
  const unknown = () => 'The interface endpoint may or may not have been removed. It is safe to try again.';
  try {
    return await orLook(request, { look, unknown });
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    throw error;
  }
}
