import type { Atlas } from '../atlas/client.js';
import { AnswerError, ApiError, isGoneBelow } from '../atlas/errors.js';
import { createdOn, path } from '../atlas/ids.js';
import { type Fields, fields } from '../atlas/read.js';
import { deleted } from '../atlas/status.js';
import { objects, text } from '../base/json.js';
import type { RequestLimits } from '../base/request-limits.js';
import { type Provider, providers } from '../clouds/all.js';
import { withBothNames } from '../clouds/regions.js';
import type { Kind, KindBody, KindEndpoint } from './kind.js';

/*
 * The requests of all kinds. A create may be answered with the whole list or with the request, so the answer is searched for
 * the new endpoint. The links in answers may lead to other hosts and are not followed.
 */

type Place = Pick<KindEndpoint, 'projectId' | 'provider'>;

function below({ path: list, version }: Kind, { projectId, provider }: Place, one = '') {
  return { projectId, version, path: list.replace('{provider}', provider ?? '') + one };
}

/** The clouds whose lists have the endpoints on these. A list of all clouds is read once. */
export function listsOf({ path: list, providers: own }: Kind, some: readonly unknown[] = own): readonly Provider[] {
  return list.includes('{provider}') ? own.filter((name) => some.includes(name)) : own.slice(0, 1);
}

export function readList(atlas: Atlas, kind: Kind, place: Place, limits?: RequestLimits): Promise<KindEndpoint[]> {
  const toItem = (item: unknown) => toKindEndpoint(kind, place, fields(item, kind.noun));
  return explained(kind, atlas.listBelow(below(kind, place), toItem, limits));
}

/** Reads an endpoint again. If it no longer exists, its status is DELETED. */
export async function readOne(atlas: Atlas, kind: Kind, endpoint: KindEndpoint, limits?: RequestLimits) {
  try {
    const answer = await atlas.sendBelow(below(kind, endpoint, path`/${endpoint.id}`), { method: 'GET' }, limits);
    return toKindEndpoint(kind, endpoint, fields(answer, kind.noun));
  } catch (error) {
    if (isGoneBelow(error)) return { ...endpoint, status: deleted };
    throw error;
  }
}

export async function sendCreate(atlas: Atlas, kind: Kind, place: Place, body: KindBody): Promise<KindEndpoint> {
  const request = atlas.sendBelow(below(kind, place), { method: 'POST', body });
  const answer = fields(await explained(kind, request), kind.noun);
  const all = answer.results === undefined ? [answer] : objects(answer.results);
  const created = all.map((item) => toKindEndpoint(kind, place, item)).find((each) => kind.create.isSame(each, body));
  if (created) return created;
  throw new AnswerError(`Atlas did not return the new ${kind.noun}.`);
}

/** Resolves as soon as Atlas has accepted the request. The endpoint disappears some time later. */
export async function sendDelete(atlas: Atlas, kind: Kind, endpoint: KindEndpoint): Promise<KindEndpoint> {
  await explained(kind, atlas.sendBelow(below(kind, endpoint, path`/${endpoint.id}`), { method: 'DELETE' }));
  return { ...endpoint, status: Object.keys(kind.statuses).find((name) => isLeft(kind, name)) ?? deleted };
}

/** Whether an endpoint with this status is being deleted or gone. */
export function isLeft({ statuses }: Kind, status: string): boolean {
  return status === deleted || statuses[status] === 'leaving';
}

function toKindEndpoint(kind: Kind, { projectId, provider: listed }: Place, answer: Fields): KindEndpoint {
  const id = text(answer[kind.fields.id]);
  if (!id) throw new AnswerError(`Atlas returned a ${kind.noun} without an id.`);
  // The answer to a create may have the spelling of the request.
  const cloud = (text(answer.cloudProvider) ?? text(answer.provider))?.toUpperCase();
  const provider = providers.find((name) => name === cloud) ?? listed;
  return {
    kind: kind.name,
    id,
    projectId,
    ...withBothNames({ provider, region: text(answer[kind.fields.region]) || null }),
    status: text(answer[kind.fields.status]) ?? 'UNKNOWN',
    errorMessage: text(answer.errorMessage) || null,
    createdAt: createdOn(id),
    ...Object.fromEntries(Object.entries(kind.keys).map(([key, read]) => [key, read(answer[key])])),
  };
}

/** An endpoint that was gone before it was read. */
export function goneKind(kind: Kind, projectId: string, id: string): KindEndpoint {
  const gone = { [kind.fields.id]: id, [kind.fields.status]: deleted };
  return toKindEndpoint(kind, { projectId, provider: null }, gone);
}

/** Whether Atlas refuses a request because of the roles of the credentials. */
export function isRefused(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.errorCode === 'IP_ADDRESS_NOT_ON_ACCESS_LIST') return false;
  return error.status === 403 || error.errorCode === 'USER_UNAUTHORIZED';
}

/** Adds to a refusal which roles the kind requires. */
function explained<T>({ roles }: Kind, request: Promise<T>): Promise<T> {
  return request.catch((error: unknown) => {
    throw isRefused(error) ? error.withHint(roles) : error;
  });
}
