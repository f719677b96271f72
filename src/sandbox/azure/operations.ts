import { uuid } from '../chance.js';
import type { CloudAnswer, CloudRequest } from '../rest.js';
import { readyTime } from './endpoints.js';
import { isSame } from './ids.js';
import { findPlace } from './network.js';
import { AzureRefusal, azureError } from './refusal.js';
import type { PrivateEndpoint } from './resources.js';

/* The operations that create and delete endpoints. Each follows from its endpoint. */

const kinds = ['create', 'delete'] as const;
type Kind = (typeof kinds)[number];

/** In seconds. */
const longestPause = 10;

const operationId = (kind: Kind, { id, createdAt }: PrivateEndpoint) => uuid(`${kind} ${id} ${createdAt}`);

/** Null if it is done. */
function secondsLeft(request: CloudRequest, kind: Kind, endpoint: PrivateEndpoint): string | null {
  const end = kind === 'delete' ? (endpoint.goneAt ?? Number.POSITIVE_INFINITY) : readyTime(request, endpoint);
  const seconds = Math.ceil((end - request.now) / 1000);
  return seconds <= 0 ? null : String(Math.min(longestPause, seconds));
}

/** The headers of a request that started an operation, or found it still in progress. */
export function operationHeaders(request: CloudRequest, kind: Kind, endpoint: PrivateEndpoint): Record<string, string> {
  const pause = secondsLeft(request, kind, endpoint);
  if (pause === null) return {};
  const { root, query, parts } = request;
  const path = `/subscriptions/${parts.subscription}/providers/Microsoft.Network/locations/${endpoint.location}/operations`;
  const url = `${root}${path}/${operationId(kind, endpoint)}?api-version=${query.get('api-version')}`;
  return { 'Azure-AsyncOperation': url, 'Retry-After': pause };
}

export function operationAnswer(request: CloudRequest): CloudAnswer {
  const { parts, world } = request;
  const { subscription } = findPlace(world, { subscription: parts.subscription ?? '' });
  const all = world.azure.endpoints.flatMap((endpoint) => kinds.map((kind) => ({ kind, endpoint })));
  const found = all.find(({ kind, endpoint }) => {
    const isHere =
      endpoint.id.startsWith(`/subscriptions/${subscription}/`) && isSame(endpoint.location, parts.location ?? '');
    return isHere && isSame(operationId(kind, endpoint), parts.operation ?? '');
  });
  if (!found) throw new AzureRefusal(404, 'OperationNotFound', `The operation '${parts.operation}' was not found.`);
  const pause = secondsLeft(request, found.kind, found.endpoint);
  if (pause !== null) return { body: { status: 'InProgress' }, headers: { 'Retry-After': pause } };
  const { fate } = found.endpoint;
  if (found.kind === 'delete' || fate?.kind !== 'failed') return { body: { status: 'Succeeded' } };
  return { body: { status: 'Failed', error: azureError(failureOf(fate.reason)) } };
}

/** The error of an operation. The faults file can name its code: `RetryableError: try again`. */
function failureOf(reason: string): AzureRefusal {
  const [, code = 'InternalServerError', message = reason] = /^([A-Z]\w+): (.*)$/.exec(reason) ?? [];
  // This error says only in its details what it is about.
  const details = code === 'RetryableError' ? [{ code: 'ReferencedResourceNotProvisioned', message }] : [];
  return new AzureRefusal(500, code, message, { details });
}
