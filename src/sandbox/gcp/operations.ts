import { type Chance, hex } from '../chance.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { briefly, type World } from '../world.js';
import type { GcpRequest } from './request.js';
import { type GcpOperation, type GcpResource, type OperationError, partsOf, withGcp } from './resources.js';

/** How many milliseconds an operation takes. */
export function operationMs({ options }: World): number {
  return Math.min(1000, briefly(options));
}

/** Starts an operation that changes a resource, unless it fails. */
export function operate(request: GcpRequest, operationType: string, resource: GcpResource, error?: OperationError) {
  const { place, now, random, query } = request;
  const { path: targetLink, id: targetId } = resource;
  const world = error ? request.world : withGcp(request.world, resource);
  const path = `${place}/operations/operation-${now}-${hex(13, random)}-${hex(8, random)}-${hex(8, random)}`;
  const times = { createdAt: now, readyAt: Math.max(resource.readyAt, now + operationMs(world)) };
  const own = { path, id: gcpId(request), ...times, requestId: query.get('requestId') };
  const operation: GcpOperation = { ...own, operationType, targetLink, targetId, error };
  return { world: { ...world, gcp: { ...world.gcp, operations: [...world.gcp.operations, operation] } }, operation };
}

export function operationAnswer({ now, url }: GcpRequest, operation: GcpOperation): AnswerBody {
  const { path, id, operationType, targetLink, targetId, createdAt, readyAt, error } = operation;
  const isDone = now >= readyAt;
  const httpErrorStatusCode = { QUOTA_EXCEEDED: 403, PERMISSIONS_ERROR: 403, INTERNAL_ERROR: 500 }[`${error?.code}`];
  return {
    kind: 'compute#operation',
    id,
    name: partsOf(path).name,
    operationType,
    targetLink: url(targetLink),
    targetId,
    status: isDone ? 'DONE' : 'RUNNING',
    progress: isDone ? 100 : 0,
    insertTime: new Date(createdAt).toISOString(),
    ...(isDone && { endTime: new Date(readyAt).toISOString() }),
    ...(isDone && error && { error: { errors: [error] }, httpErrorStatusCode: httpErrorStatusCode ?? 400 }),
    region: url(partsOf(path).place),
    selfLink: url(path),
  };
}

/** An id of Google: a number of this many digits. */
export function gcpId({ random }: Chance, length = 19): string {
  const rest = Array.from({ length: length - 1 }, () => Math.floor(random() * 10));
  return `${1 + Math.floor(random() * 9)}${rest.join('')}`;
}
