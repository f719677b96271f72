import type { FaultOutcome } from '../faults.js';
import type { World } from '../world.js';
import { operationMs, startOperation } from './operations.js';
import { GcpRefusal, invalidField, notFound } from './refusal.js';
import { bodyOf, type GcpRequest } from './request.js';
import {
  fingerprintOf,
  type GcpAccount,
  type GcpKind,
  gcpPath,
  isThere,
  type OperationError,
  type StoredOperation,
  withGcp,
} from './resources.js';

/* What addresses and forwarding rules have in common. */

type ResourceOf<K extends GcpKind> = GcpAccount[K][number];

/** Whether Google returns a resource: at first, it does not find a new one. `region`: only those in it. */
export function isListed({ world, now, project }: GcpRequest, resource: ResourceOf<GcpKind>, region?: string): boolean {
  const isHere = resource.project === project && (region ?? resource.region) === resource.region;
  return isHere && isThere(resource, now) && now >= resource.createdAt + world.options.gcpLag;
}

/** The resource that the path of the request names. */
export function findGcp<K extends GcpKind>(request: GcpRequest, kind: K): ResourceOf<K> {
  const { project, region, parts, world } = request;
  const all: readonly ResourceOf<K>[] = world.gcp[kind];
  const isNamed = ({ name, id }: ResourceOf<K>) => [name, id].includes(parts.name ?? '');
  const found = all.find((each) => isListed(request, each, region) && isNamed(each));
  if (found) return found;
  throw notFound(`projects/${project}/regions/${region}/${kind}/${parts.name}`);
}

/** Starts a delete. The resource must not be about to change. */
export function removeGcp<K extends GcpKind>(request: GcpRequest, kind: K, resource: ResourceOf<K>, type: string) {
  const target = gcpPath(kind, resource);
  if (request.now < resource.readyAt || resource.goneAt !== null)
    throw new GcpRefusal(400, 'resourceNotReady', `The resource '${target}' is not ready`);
  const gone = { ...resource, goneAt: request.now + operationMs(request.world.options) };
  return startOperation(request, withGcp(request.world, kind, gone), { type, target, targetId: resource.id });
}

/** Why an insert fails, if the faults file says so: `CODE: message`, or only a message. */
export function insertError(fate: FaultOutcome | undefined): OperationError | null {
  if (fate?.kind !== 'failed') return null;
  const [, code = 'INTERNAL_ERROR', message = ''] = /^(?:([A-Z][A-Z_]+): )?(.*)$/s.exec(fate.reason) ?? [];
  return { status: code === 'INTERNAL_ERROR' ? 500 : 400, code, message };
}

export function readLabels(labels: unknown): Record<string, string> {
  if (labels === undefined) return {};
  const isFine = ([key, value]: [string, unknown]) =>
    /^[a-z][a-z0-9_-]{0,62}$/.test(key) && typeof value === 'string' && /^[a-z0-9_-]{0,63}$/.test(value);
  if (typeof labels !== 'object' || labels === null || !Object.entries(labels).every(isFine))
    throw invalidField('resource.labels', labels, 'Label keys and values are not valid.');
  return labels as Record<string, string>;
}

export function setLabels<K extends GcpKind>(
  request: GcpRequest,
  kind: K,
): { world: World; operation: StoredOperation } {
  const resource = findGcp(request, kind);
  const body = bodyOf(request, ['labels', 'labelFingerprint']);
  const labels = readLabels(body.labels);
  checkFingerprint(body.labelFingerprint, fingerprintOf(resource.labels), 'Labels fingerprint');
  const world = withGcp(request.world, kind, { ...resource, labels });
  return startOperation(request, world, {
    type: 'setLabels',
    target: gcpPath(kind, resource),
    targetId: resource.id,
  });
}

/** Throws if the request knows an older state. */
export function checkFingerprint(given: unknown, current: string, what: string): void {
  if (given === current) return;
  const message = `${what} either invalid or resource labels have changed`;
  throw new GcpRefusal(412, 'conditionNotMet', message);
}
