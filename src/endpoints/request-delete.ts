import { ApiError, isGone } from '../atlas/errors.js';
import { type Endpoint, toDeleted } from '../atlas/model.js';
import { isLeaving } from '../atlas/status.js';
import type { Advice } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { ofLook } from '../base/look.js';
import { cmd } from '../base/shell.js';
import { readAgain } from './await.js';
import { referTo } from './find.js';
import { orLook } from './lost-answer.js';
import { unlessUnknownTwice } from './second-look.js';
import type { Session } from './session.js';

/** Asks Atlas to delete it. Returns it with the status DELETING, or DELETED if it was already gone. */
export async function requestDelete(session: Session, endpoint: Endpoint, yes: readonly string[]): Promise<Endpoint> {
  const { projectId, provider, id } = endpoint;
  const atlas = await session.atlas();
  const request = async (): Promise<Endpoint> => {
    await unlessUnknownTwice(session, () => atlas.deleteService(projectId, provider, id));
    return { ...endpoint, status: 'DELETING' };
  };
  const look = async () => {
    const now = await readAgain(session, endpoint, ofLook).catch(() => endpoint);
    return isLeaving(now.status) ? now : undefined;
  };
  const unknown = async () => ({
    text: 'The endpoint may or may not have been deleted. It is safe to try again:',
    commands: [session.commandLine(cmd`delete ${await referTo(session, endpoint)} ${yes}`)],
  });
  try {
    return await orLook(request, { look, unknown });
  } catch (error) {
    if (isGone(error)) return toDeleted(endpoint);
    if (!(error instanceof ApiError) || error.errorCode !== 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS') throw error;
    throw error.withHint(await howToFree(session, await readAgain(session, endpoint).catch(() => endpoint), yes));
  }
}

/** The error that lists the interface endpoints in the way, with a hint on how to remove them. */
async function howToFree(session: Session, endpoint: Endpoint, yes: readonly string[]): Promise<Advice> {
  const { interfaceEndpoints } = endpoint;
  const reference = await referTo(session, endpoint);
  const cascade = session.commandLine(cmd`delete ${reference} --cascade ${yes}`);
  const [first] = interfaceEndpoints;
  if (first === undefined) return { text: 'Remove its interface endpoints too:', commands: [cascade] };
  const remove = session.commandLine(cmd`interface remove ${reference} ${first} --wait ${yes}`);
  return {
    text: `Remove its interface endpoints (${listed(interfaceEndpoints)}) first, or use --cascade:`,
    commands: [remove, cascade],
  };
}
