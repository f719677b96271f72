import { uuid } from '../chance.js';
import { tellAtlasOfDelete } from '../linking.js';
import type { CloudAnswer, CloudRequest } from '../rest.js';
import { briefly, type World, type WorldView } from '../world.js';
import { livingEndpoints, privateEndpointAnswer, provisioningState, readyTime } from './endpoints.js';
import { groupId, isSame, networkId } from './ids.js';
import { findGroup } from './network.js';
import { AzureRefusal, azureError } from './refusal.js';
import { type PrivateEndpoint, withEndpoint } from './resources.js';
import { checkChange } from './rights.js';
import { freeAddress, readWanted, type Wanted } from './wanted.js';

/* Create and delete private endpoints, and the operations that do it. */

interface Change {
  world: World;
  answer: CloudAnswer;
}

const placeOf = ({ parts: { subscription = '', group = '', name = '' } }: CloudRequest) => ({
  subscription,
  group,
  name,
});

/** A second PUT with the same name and body changes nothing. Only the tags of an endpoint can change. */
export function putEndpoint(request: CloudRequest): Change {
  const { world, now, fate, body } = request;
  const { subnet, ...wanted } = readWanted(request, placeOf(request), body);
  const before = livingEndpoints(request).find(({ id }) => isSame(id, wanted.id));
  const state = before && provisioningState(request, before);
  if (state === 'Deleting') {
    const what = `Another operation on the resource ${before?.id} is in progress.`;
    throw new AzureRefusal(429, 'AnotherOperationInProgress', what, { details: [] });
  }
  if (before && state !== 'Failed') {
    checkUnchanged(before, wanted);
    return put(request, { ...before, tags: wanted.tags }, 200);
  }
  const others = forget(world, now, wanted.id);
  const address = before?.subnetId === subnet.id ? before.address : freeAddress({ world: others, now }, subnet);
  const made: PrivateEndpoint = { ...wanted, address, createdAt: now, goneAt: null, isAttached: false, fate };
  return put({ ...request, world: others }, made, before ? 200 : 201);
}

function put(request: CloudRequest, endpoint: PrivateEndpoint, status: number): Change {
  const world = withEndpoint(request.world, endpoint);
  const body = privateEndpointAnswer({ ...request, world }, endpoint);
  return { world, answer: { status, body, headers: operationHeaders(request, 'create', endpoint) } };
}

/** The world without the endpoint that had this id, and without those whose operations nobody reads any more. */
function forget(world: World, now: number, id: string): World {
  const isKept = (each: PrivateEndpoint) => !isSame(each.id, id) && now < (each.goneAt ?? now) + 3_600_000;
  return { ...world, azure: { endpoints: world.azure.endpoints.filter(isKept) } };
}

function checkUnchanged(before: PrivateEndpoint, wanted: Omit<Wanted, 'subnet'>): void {
  const changed = (['location', 'subnetId', 'connection', 'customNetworkInterfaceName'] as const).find(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(wanted[key]),
  );
  if (changed === undefined) return;
  const what = `Changing property '${changed}' of the private endpoint ${before.id} is not allowed.`;
  throw new AzureRefusal(400, 'PropertyChangeNotAllowed', what, { details: [] });
}

export function deleteEndpoint(request: CloudRequest): Change {
  const { now, parts } = request;
  const place = findGroup(request.world, placeOf(request));
  const id = networkId(place, `privateEndpoints/${parts.name}`);
  checkChange(request.world, 'delete', id, place);
  const found = livingEndpoints(request).find((each) => isSame(each.id, id));
  if (!found) return { world: request.world, answer: { status: 204 } };
  const gone = { ...found, goneAt: found.goneAt ?? now + briefly(request.world.options) };
  const world = tellAtlasOfDelete(withEndpoint(request.world, gone), 'private endpoint', found.id, now);
  return { world, answer: { status: 202, headers: operationHeaders(request, 'delete', gone) } };
}

/* Operations: what they are follows from their endpoint. */

type OperationKind = 'create' | 'delete';

const operationId = (kind: OperationKind, { id, createdAt }: PrivateEndpoint) => uuid(`${kind} ${id} ${createdAt}`);

function isDone({ world, now }: WorldView, kind: OperationKind, endpoint: PrivateEndpoint): boolean {
  if (kind === 'delete') return endpoint.goneAt !== null && now >= endpoint.goneAt;
  return now >= readyTime(world, endpoint) && endpoint.fate?.kind !== 'never-ready';
}

const longestPause = 10;

/** How many seconds to wait before the next look. */
function pause({ world, now }: WorldView, kind: OperationKind, endpoint: PrivateEndpoint): string {
  const end = kind === 'delete' ? (endpoint.goneAt ?? now) : readyTime(world, endpoint);
  return String(Math.min(longestPause, Math.max(1, Math.ceil((end - now) / 1000))));
}

/** Empty if it is done. */
function operationHeaders(
  request: CloudRequest,
  kind: OperationKind,
  endpoint: PrivateEndpoint,
): Record<string, string> {
  if (isDone(request, kind, endpoint)) return {};
  const { root, query, parts } = request;
  const path = `/subscriptions/${parts.subscription}/providers/Microsoft.Network/locations/${endpoint.location}/operations`;
  const url = `${root}${path}/${operationId(kind, endpoint)}?api-version=${query.get('api-version')}`;
  return { 'Azure-AsyncOperation': url, 'Retry-After': pause(request, kind, endpoint) };
}

export function operationAnswer(request: CloudRequest): CloudAnswer {
  const { operation = '', subscription = '', location = '' } = request.parts;
  const kinds = ['create', 'delete'] as const;
  const all = request.world.azure.endpoints.flatMap((endpoint) => kinds.map((kind) => ({ kind, endpoint })));
  const found = all.find(({ kind, endpoint }) => isSame(operationId(kind, endpoint), operation));
  const start = groupId({ subscription, group: '' });
  const isHere = found?.endpoint.id.toLowerCase().startsWith(start.toLowerCase());
  if (!found || !isHere || found.endpoint.location !== location.toLowerCase()) {
    throw new AzureRefusal(404, 'OperationNotFound', `The operation '${operation}' was not found.`, { details: [] });
  }
  const { kind, endpoint } = found;
  if (!isDone(request, kind, endpoint)) {
    return { body: { status: 'InProgress' }, headers: { 'Retry-After': pause(request, kind, endpoint) } };
  }
  const { fate } = endpoint;
  if (kind === 'delete' || fate?.kind !== 'failed') return { body: { status: 'Succeeded' } };
  return { body: { status: 'Failed', error: azureError(failureOf(fate.reason)) } };
}

/** The error of an operation. The faults file can name its code: `RetryableError: try again`. */
function failureOf(reason: string): AzureRefusal {
  const [, code = 'InternalServerError', message = reason] = /^([A-Z]\w+): (.*)$/.exec(reason) ?? [];
  // This error says only in its details what it is about.
  const details = code === 'RetryableError' ? [{ code: 'ReferencedResourceNotProvisioned', message }] : [];
  return new AzureRefusal(500, code, message, { details });
}
