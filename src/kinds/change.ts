import { isGoneBelow } from '../atlas/errors.js';
import { deleted } from '../atlas/status.js';
import { CliError, ignoreFailure } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { pollUntilFound } from '../base/poll-until-found.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import type { Provider } from '../clouds/all.js';
import { reconcile, requestRemoval } from '../endpoints/reconcile.js';
import type { Session } from '../endpoints/session.js';
import type { Kind, KindBody, KindEndpoint } from './kind.js';
import { isLeft, readList, readOne, sendCreate, sendDelete } from './requests.js';
import { nameOfKind } from './view.js';

/**
 * Creates an endpoint, and never two: it looks for the same one first, and again if the response is lost, instead of
 * sending the create a second time. If there is one, throws an error that names it; with `orExisting`, returns it.
 */
export async function createKindOnce(
  session: Session,
  kind: Kind,
  { provider, body, orExisting }: { provider: Provider; body: KindBody; orExisting: boolean },
): Promise<KindEndpoint> {
  const { io } = session;
  const place = { projectId: await session.projectId(), provider };
  const atlas = await session.atlas();
  const find = async (limits?: RequestLimits) => {
    const all = await readList(atlas, kind, place, limits);
    return all.find((each) => kind.create.isSame(each, body) && !isLeft(kind, each.status));
  };
  const existing = await find();
  if (existing) {
    const what = `${nameOfKind(existing)} already exists (${existing.status}).`;
    const hint = { text: 'To use it in a script:', commands: [session.again(cmd`--if-not-exists`)] };
    if (!orExisting) throw new CliError('conflict', what, { hint });
    io.note(what);
    return existing;
  }
  const created = await reconcile(() => sendCreate(atlas, kind, place, body), {
    check: async ({ message }) => {
      io.warn(`${message} Checking whether the endpoint was created.`);
      const found = await pollUntilFound(session, find, message);
      if (found) io.note(`${nameOfKind(found)} was created (${found.status}).`);
      return found;
    },
    unknown: () => {
      const text = 'The endpoint may or may not have been created. Check before you try again:';
      return advise(session, text, cmd`list --kind ${kind.name}`);
    },
  });
  // Some creates are answered without a status.
  const read = created.status === 'UNKNOWN' ? await readOne(atlas, kind, created).catch(ignoreFailure) : created;
  return read && read.status !== deleted ? read : created;
}

/** Asks Atlas to delete it. Returns it with its new status, or DELETED if it was already gone. */
export async function deleteKind(session: Session, kind: Kind, endpoint: KindEndpoint, yes: readonly string[]) {
  if (isLeft(kind, endpoint.status)) return endpoint;
  const atlas = await session.atlas();
  return requestRemoval(session, {
    send: () => sendDelete(atlas, kind, endpoint),
    read: (limits) => readOne(atlas, kind, endpoint, limits),
    gone: { ...endpoint, status: deleted },
    isMissing: isGoneBelow,
    isLeft: (status) => isLeft(kind, status),
    unknown: () => {
      const text = 'The endpoint may or may not have been deleted. It is safe to try again:';
      return advise(session, text, cmd`delete --kind ${kind.name} ${endpoint.id} ${yes}`);
    },
  });
}
