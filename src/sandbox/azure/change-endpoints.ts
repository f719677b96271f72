import { uuid } from '../chance.js';
import { tellAtlasOfDelete } from '../linking.js';
import type { CloudAnswer, CloudRequest, CloudRoute } from '../rest.js';
import { briefly } from '../world.js';
import { freeAddress, readEndpointRequest } from './endpoint-request.js';
import { endpointResource, livingEndpoints, provisioningState, readyTime } from './endpoints.js';
import { isSame, networkId } from './ids.js';
import { findPlace } from './network.js';
import { AzureRefusal, azureError, ensure } from './refusal.js';
import { type PrivateEndpoint, withEndpoint } from './resources.js';
import { checkLock } from './rights.js';

/* Create, change and delete private endpoints, and the operations that do it. */

type Change = ReturnType<CloudRoute['reply']>;

const fixedKeys = ['location', 'subnetId', 'connection', 'customNetworkInterfaceName'] as const;

/** A PUT of what is there already changes nothing. Of an endpoint that did not fail, only the tags can change. */
export function putPrivateEndpoint(request: CloudRequest): Change {
  const { now, fate, parts } = request;
  const wanted = readEndpointRequest(request, parts, parts.name ?? '', request.body);
  const before = livingEndpoints(request).find(({ id }) => isSame(id, wanted.id));
  const state = before && provisioningState(request, before);
  ensure(state !== 'Deleting', 'AnotherOperationInProgress', `The resource ${wanted.id} is being deleted.`, 429);
  const kept = state === 'Failed' ? undefined : before;
  for (const key of fixedKeys) {
    const isSameValue = !kept || JSON.stringify(kept[key]) === JSON.stringify(wanted[key]);
    ensure(isSameValue, 'PropertyChangeNotAllowed', `Changing property '${key}' of ${wanted.id} is not allowed.`);
  }
  const address = before?.subnetId === wanted.subnetId ? before.address : freeAddress(request, wanted.subnetId);
  const made = { ...wanted, address, createdAt: now, goneAt: null, isAttached: false, fate };
  const endpoint = kept ? { ...kept, tags: wanted.tags } : made;
  const world = withEndpoint(request.world, endpoint, now);
  const body = endpointResource({ world, now }, endpoint);
  return {
    world,
    answer: { status: before ? 200 : 201, body, headers: operationHeaders(request, 'create', endpoint) },
  };
}

export function deletePrivateEndpoint(request: CloudRequest): Change {
  const { now, parts, world } = request;
  const place = findPlace(world, parts);
  const id = networkId(place, `privateEndpoints/${parts.name}`);
  checkLock(world, 'delete', id, place);
  const found = livingEndpoints(request).find((each) => isSame(each.id, id));
  if (!found) return { world, answer: { status: 204 } };
  const gone = { ...found, goneAt: found.goneAt ?? now + briefly(world.options) };
  const next = tellAtlasOfDelete(withEndpoint(world, gone, now), 'private endpoint', found.id, now);
  return { world: next, answer: { status: 202, headers: operationHeaders(request, 'delete', gone) } };
}

/** Checks a template with private endpoints as a PUT of each would, and creates nothing. */
export function validateDeployment(request: CloudRequest): CloudAnswer {
  const { parts } = request;
  const { properties } = Object(request.body) as { properties?: { template?: { resources?: unknown } } };
  const resources = properties?.template?.resources;
  ensure(Array.isArray(resources), 'InvalidRequestContent', 'The request content has no template with resources.');
  const details = resources.flatMap((resource) => {
    const { type, name, apiVersion, ...body } = Object(resource) as Record<string, unknown>;
    try {
      const isKnown = type === 'Microsoft.Network/privateEndpoints' && typeof apiVersion === 'string';
      ensure(isKnown, 'InvalidTemplate', `The sandbox does not validate a resource of type '${type}'.`);
      freeAddress(request, readEndpointRequest(request, parts, String(name), body).subnetId);
      return [];
    } catch (error) {
      if (!(error instanceof AzureRefusal)) throw error;
      return [azureError(error)];
    }
  });
  const what = `The template deployment '${parts.deployment}' is not valid according to the validation procedure.`;
  ensure(details.length === 0, 'InvalidTemplateDeployment', what, 400, { details });
  return { body: { name: parts.deployment, properties: { provisioningState: 'Succeeded' } } };
}

/* Operations. Each follows from its endpoint. */

const operationKinds = ['create', 'delete'] as const;
type OperationKind = (typeof operationKinds)[number];

const operationId = (kind: OperationKind, { id, createdAt }: PrivateEndpoint) => uuid(`${kind} ${id} ${createdAt}`);

/** The headers of a request that started an operation, or found it in progress. Empty if it is done. */
function operationHeaders(
  request: CloudRequest,
  kind: OperationKind,
  endpoint: PrivateEndpoint,
): Record<string, string> {
  const end = kind === 'delete' ? (endpoint.goneAt ?? Number.POSITIVE_INFINITY) : readyTime(request, endpoint);
  if (request.now >= end) return {};
  const { root, query, parts } = request;
  const path = `/subscriptions/${parts.subscription}/providers/Microsoft.Network/locations/${endpoint.location}/operations`;
  const url = `${root}${path}/${operationId(kind, endpoint)}?api-version=${query.get('api-version')}`;
  // Azure says 10 seconds.
  const pause = Math.min(10, Math.ceil((end - request.now) / 1000));
  return { 'Azure-AsyncOperation': url, 'Retry-After': String(pause) };
}

export function asyncOperationAnswer(request: CloudRequest): CloudAnswer {
  const { operation = '' } = request.parts;
  const all = request.world.azure.endpoints.flatMap((endpoint) => operationKinds.map((kind) => ({ kind, endpoint })));
  const found = all.find(({ kind, endpoint }) => isSame(operationId(kind, endpoint), operation));
  ensure(found, 'OperationNotFound', `The operation '${operation}' was not found.`, 404);
  const headers = operationHeaders(request, found.kind, found.endpoint);
  if ('Retry-After' in headers) return { body: { status: 'InProgress' }, headers };
  const { fate } = found.endpoint;
  if (found.kind === 'delete' || fate?.kind !== 'failed') return { body: { status: 'Succeeded' } };
  return { body: { status: 'Failed', error: failureOf(fate.reason) } };
}

/** The error of an operation. The faults file can name its code: `RetryableError: try again`. */
function failureOf(reason: string): Record<string, unknown> {
  const [, code = 'InternalServerError', message = reason] = /^([A-Z]\w+): (.*)$/.exec(reason) ?? [];
  // This error says only in its details what it is about.
  const details = code === 'RetryableError' ? [{ code: 'ReferencedResourceNotProvisioned', message }] : [];
  return { code, message, details };
}
