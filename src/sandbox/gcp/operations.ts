import { hex } from '../chance.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { withOne } from '../lifetime.js';
import { type CloudRoute, cloudChange } from '../rest.js';
import { briefly, type World, withAccount } from '../world.js';
import { type GcpOperation, type GcpResource, partsOf } from './account.js';
import { type GcpRequest, invalidField, notFound, withUrls } from './request.js';

/* Each change is an operation that takes some time. */

/** The real one waits up to two minutes, but may return before the operation is done. This one returns at once. */
export function waitForOperation(request: GcpRequest): AnswerBody {
  const path = `${request.place}/operations/${request.parts.name}`;
  const found = request.world.clouds.GCP.operations.find((each) => each.path === path);
  if (found) return operationAnswer(request, found);
  throw notFound(path);
}

/** A route that starts an operation. A request with the id of an earlier one gets the operation of that one. */
export function gcpChange(
  method: 'POST' | 'DELETE',
  path: string,
  action: string,
  act: (request: GcpRequest) => { world: World; operation: GcpOperation },
): CloudRoute<GcpRequest> {
  return cloudChange(method, path, action, (request) => {
    const { place, world, query } = request;
    const requestId = query.get('requestId');
    if (requestId !== null && !/^(?!0{8}-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId))
      throw invalidField('requestId', requestId, 'Must be a valid UUID.');
    const isRepeat = (each: GcpOperation) => each.requestId === requestId && each.path.startsWith(`${place}/`);
    const operation = requestId === null ? undefined : world.clouds.GCP.operations.find(isRepeat);
    const done = operation ? { world, operation } : act(request);
    return { world: done.world, answer: { body: withUrls(request, operationAnswer(request, done.operation)) } };
  });
}

export function operationMs({ options }: World): number {
  return Math.min(1000, briefly(options));
}

/** Starts an operation that changes a resource, unless it fails. */
export function operate(request: GcpRequest, type: string, resource: GcpResource, error?: GcpOperation['error']) {
  const { place, now, random, query } = request;
  const world = error
    ? request.world
    : withAccount(request.world, 'GCP', withOne(request.world.clouds.GCP, resource, now));
  const operation: GcpOperation = {
    path: `${place}/operations/operation-${now}-${hex(8, random)}`,
    readyAt: Math.max(resource.readyAt, now + operationMs(world)),
    requestId: query.get('requestId'),
    operationType: type,
    target: resource.path,
    error,
  };
  const recent = world.clouds.GCP.operations.filter(({ readyAt }) => now < readyAt + 3_600_000);
  return { world: withAccount(world, 'GCP', { ...world.clouds.GCP, operations: [...recent, operation] }), operation };
}

function operationAnswer({ now }: GcpRequest, operation: GcpOperation): AnswerBody {
  const { path, operationType, target, readyAt, error } = operation;
  const isDone = now >= readyAt;
  const httpErrorStatusCode = { QUOTA_EXCEEDED: 403, PERMISSIONS_ERROR: 403, INTERNAL_ERROR: 500 }[`${error?.code}`];
  return {
    name: partsOf(path).name,
    operationType,
    targetLink: target,
    status: isDone ? 'DONE' : 'RUNNING',
    ...(isDone && error && { error: { errors: [error] }, httpErrorStatusCode: httpErrorStatusCode ?? 400 }),
    region: partsOf(path).place,
    selfLink: path,
  };
}
