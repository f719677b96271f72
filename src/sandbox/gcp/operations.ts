import { hex } from '../chance.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { briefly, type World, type WorldOptions } from '../world.js';
import type { GcpRequest } from './request.js';
import { gcpId, gcpUrl, type OperationError, type StoredOperation, withGcp } from './resources.js';

/* Operations: what takes some time, and can fail after that. */

/** Milliseconds. */
export function operationMs(options: WorldOptions): number {
  return Math.min(1000, briefly(options));
}

interface NewOperation {
  type: string;
  /** The path of the resource. */
  target: string;
  targetId: string;
  error?: OperationError | null;
  neverEnds?: boolean;
}

/** The world with a new operation. */
export function startOperation(
  request: GcpRequest,
  world: World,
  { error = null, neverEnds = false, ...about }: NewOperation,
): { world: World; operation: StoredOperation } {
  const { project, region, now, random, query } = request;
  const operation: StoredOperation = {
    ...about,
    project,
    region,
    name: `operation-${now}-${hex(13, random)}-${hex(8, random)}-${hex(8, random)}`,
    id: gcpId(request),
    createdAt: now,
    doneAt: neverEnds ? null : now + operationMs(world.options),
    requestId: query.get('requestId'),
    error,
  };
  return { world: withGcp(world, 'operations', operation), operation };
}

export function operationAnswer(request: GcpRequest, operation: StoredOperation): AnswerBody {
  const { project, region, name, id, type, target, targetId, createdAt, doneAt, error } = operation;
  const { now } = request;
  const isDone = doneAt !== null && now >= doneAt;
  const time = (at: number) => new Date(at).toISOString();
  const where = `projects/${project}/regions/${region}`;
  const { status = 0, ...content } = error ?? {};
  return {
    kind: 'compute#operation',
    id,
    name,
    operationType: type,
    targetLink: gcpUrl(request, target),
    targetId,
    status: isDone ? 'DONE' : now === createdAt ? 'PENDING' : 'RUNNING',
    user: 'user@example.com',
    progress: isDone ? 100 : 0,
    insertTime: time(createdAt),
    startTime: time(createdAt),
    ...(isDone && { endTime: time(doneAt) }),
    ...(isDone && error && { error: { errors: [content] }, httpErrorStatusCode: status, httpErrorMessage: error.code }),
    region: gcpUrl(request, where),
    selfLink: gcpUrl(request, `${where}/operations/${name}`),
  };
}
