import { digits } from '../chance.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { CloudRoute } from '../rest.js';
import { collectionReads, createdOnes, findNamed } from './collection.js';
import { gcpId, operate, operationMs } from './operations.js';
import { GcpRefusal, notReady } from './refusal.js';
import { bodyOf, checkFields, type GcpRequest } from './request.js';
import { type GcpBody, type GcpResource, isThere, type OperationError } from './resources.js';

/* What addresses and forwarding rules have in common. */

export function findGcp(request: GcpRequest, collection: string): GcpResource {
  return findNamed(request, collection, createdOnes(request, collection));
}

/** `status`: what changes with time. */
export function gcpReads(
  name: string,
  kind: string,
  status: (request: GcpRequest, one: GcpResource) => AnswerBody,
): CloudRoute[] {
  return collectionReads<GcpResource>({
    name,
    kind,
    all: (request) => createdOnes(request, name),
    more: (request, one) => ({
      id: one.id,
      creationTimestamp: new Date(one.createdAt).toISOString(),
      labelFingerprint: fingerprintOf(one.body.labels),
      ...status(request, one),
    }),
  });
}

/** What is inserted, and why that fails. The faults file may have another reason. */
interface NewGcpResource extends Pick<GcpResource, 'body' | 'uses'> {
  failure: OperationError | undefined;
}

export function insertGcp(request: GcpRequest, collection: string, operationType: string, wanted: NewGcpResource) {
  const { world, now, fate, place } = request;
  const { name, description = '', labels, ...others } = wanted.body;
  const path = `${place}/${collection}/${name}`;
  const shape = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';
  checkFields(wanted.body, {
    name: [typeof name === 'string' && new RegExp(`^${shape}$`).test(name), `Must be a match of regex '${shape}'`],
    description: [typeof description === 'string' && description.length <= 2048, 'Must be a text of 2048 characters.'],
    labels: [areLabels(labels), 'Label keys and values are not valid.'],
  });
  if (world.gcp.resources.some((each) => each.path === path && isThere(each, now)))
    throw new GcpRefusal(409, 'alreadyExists', `The resource '${path}' already exists`);
  const times = { createdAt: now, readyAt: now + operationMs(world), goneAt: null };
  const body: GcpBody = { description, ...(labels && { labels }), ...others };
  const resource = { path, body, id: gcpId(request), ...times, fate, ...(wanted.uses && { uses: wanted.uses }) };
  return operate(request, operationType, resource, fate?.kind === 'failed' ? errorOf(fate.reason) : wanted.failure);
}

/** From the faults file: `CODE: message`, or only a message. */
function errorOf(reason: string): OperationError {
  const [, code = 'INTERNAL_ERROR', message = ''] = /^(?:([A-Z][A-Z_]+): )?(.*)$/s.exec(reason) ?? [];
  return { code, message };
}

export function deleteGcp(request: GcpRequest, collection: string, operationType: string) {
  const { world, now } = request;
  const resource = findGcp(request, collection);
  if (now < resource.readyAt || resource.goneAt !== null) throw notReady(resource.path);
  return operate(request, operationType, { ...resource, goneAt: now + operationMs(world) });
}

export function setGcpLabels(request: GcpRequest, collection: string) {
  const resource = findGcp(request, collection);
  const given: GcpBody = bodyOf(request, ['labels', 'labelFingerprint']);
  checkFields(given, { labels: [areLabels(given.labels), 'Label keys and values are not valid.'] });
  checkFingerprint(given.labelFingerprint, resource.body.labels);
  return operate(request, 'setLabels', { ...resource, body: { ...resource.body, labels: given.labels ?? {} } });
}

function areLabels(labels: unknown = {}): boolean {
  const isFine = ([key, value]: [string, unknown]) =>
    /^[a-z][a-z0-9_-]{0,62}$/.test(key) && typeof value === 'string' && /^[a-z0-9_-]{0,63}$/.test(value);
  return typeof labels === 'object' && labels !== null && Object.entries(labels).every(isFine);
}

/** Throws if the request is about an older state. */
export function checkFingerprint(given: unknown, current: unknown): void {
  if (given === fingerprintOf(current)) return;
  throw new GcpRefusal(412, 'conditionNotMet', 'Fingerprint either invalid or resource has changed');
}

export function fingerprintOf(value: unknown = {}): string {
  return Buffer.from(digits(JSON.stringify(value), 16), 'hex').toString('base64');
}
