import { ApiError, isGone } from '../atlas/errors.js';
import { goneInterface, hasEnded, type InterfaceEndpoint } from '../atlas/interfaces.js';
import type { Endpoint } from '../atlas/model.js';
import { deleted, isLeaving } from '../atlas/status.js';
import { type CliError, ignoreFailure } from '../base/errors.js';
import { ofLook, pollUntilFound } from '../base/poll-until-found.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import type { InterfaceRequest } from '../clouds/cloud.js';
import { referTo } from '../endpoints/find.js';
import { reconcile } from '../endpoints/reconcile.js';
import { unlessUnknownTwice } from '../endpoints/second-look.js';
import type { Session } from '../endpoints/session.js';
import { type Attached, readAttached } from './find.js';

/**
 * Attaches an interface endpoint, and never twice: if the response is lost, checks whether it was attached. If it is already attached, throws, or with
 * `orExisting` returns it.
 */
export async function attach(
  session: Session,
  service: Endpoint,
  request: InterfaceRequest,
  orExisting: boolean,
): Promise<InterfaceEndpoint> {
  const atlas = await session.atlas();
  const reference = await referTo(session, service);
  const look = async ({ message }: CliError) => {
    session.io.warn(`${message} Checking whether the interface endpoint was attached.`);
    const find = (how: RequestLimits) => staying(session, service, request.id, how);
    return pollUntilFound(session, find, message).catch(ignoreFailure);
  };
  const unknown = () => ({
    text: 'The interface endpoint may or may not have been attached. Check before you try again:',
    commands: [session.commandLine(cmd`interface list ${reference}`)],
  });
  try {
    return await reconcile(() => atlas.addInterface(service, request), { look, unknown });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.errorCode === 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS') {
      // An interface endpoint that failed or is being removed still exists. A read may not show it yet.
      const read = () => readAttached(session, { service, id: request.id });
      const find = async () => [await read()].find(({ status }) => status !== deleted);
      const there = orExisting ? await pollUntilFound(session, find) : undefined;
      if (there && !hasEnded(there)) return there;
      const get = session.commandLine(cmd`interface get ${reference} ${request.id}`);
      throw error.withHint(
        orExisting
          ? { text: 'It already exists, but it failed or is being removed. Check its status:', commands: [get] }
          : { text: 'To use the existing one:', commands: [session.again(cmd`--if-not-exists`)] },
      );
    }
    if (error.errorCode === 'PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS') {
      const wait = session.commandLine(cmd`wait ${reference}`);
      throw error.withHint({ text: 'Wait until the private endpoint service is ready:', commands: [wait] });
    }
    throw error;
  }
}

/** The interface endpoint, if it exists, has not failed and is not being removed. */
async function staying(
  session: Session,
  service: Endpoint,
  id: string,
  limits?: RequestLimits,
): Promise<InterfaceEndpoint | undefined> {
  const there = await readAttached(session, { service, id }, limits);
  return hasEnded(there) ? undefined : there;
}

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
    return await reconcile(request, { look, unknown });
  } catch (error) {
    if (isGone(error)) return goneInterface(service, id);
    throw error;
  }
}
