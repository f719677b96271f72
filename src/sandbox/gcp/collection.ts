import { knownRegions } from '../../clouds/regions.js';
import { digits } from '../chance.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { Refusal } from '../refusal.js';
import type { CloudRoute } from '../rest.js';
import { subnetworksOf } from './network.js';
import { gcpId, operate, operationMs } from './operations.js';
import { invalidField, notFound } from './refusal.js';
import { bodyOf, checkFields, type GcpRequest, gcpRead, inProject, inRegion } from './request.js';
import { type GcpResource, isThere, type OperationError, partsOf } from './resources.js';

/* What resources of all kinds have in common: how they are read, inserted and deleted, and their labels. */

/** `name` and `kind`: as in paths, and of one. `status`: what else answers say of one at this time. */
export function collectionReads(
  name: string,
  kind: string,
  status: (request: GcpRequest, one: GcpResource) => AnswerBody,
): CloudRoute[] {
  const answer = (request: GcpRequest, one: GcpResource): AnswerBody => {
    const links = Object.entries(one.body).filter(([key]) => ['network', 'subnetwork', 'target'].includes(key));
    return {
      kind: `compute#${kind}`,
      id: one.id,
      name: partsOf(one.path).name,
      creationTimestamp: new Date(one.createdAt).toISOString(),
      ...one.body,
      ...Object.fromEntries(links.map(([key, path]) => [key, request.url(String(path))])),
      ...status(request, one),
      region: request.url(partsOf(one.path).place),
      selfLink: request.url(one.path),
    };
  };
  const found = (request: GcpRequest) => {
    const answers = resourcesIn(request, name).map((one) => answer(request, one));
    return pageOfItems(request, answers);
  };
  return [
    gcpRead('GET', `${inRegion}/${name}`, `compute.${name}.list`, (request) => {
      return { kind: `compute#${kind}List`, ...found(request) };
    }),
    gcpRead('GET', `${inProject}/aggregated/${name}`, `compute.${name}.list`, (request) => {
      const { items, ...next } = found(request);
      return { kind: `compute#${kind}AggregatedList`, items: byScope(request, name, items), ...next };
    }),
    gcpRead('GET', `${inRegion}/${name}/{name}`, `compute.${name}.get`, (request) => {
      return answer(request, findNamed(request, name));
    }),
  ];
}

/** Those of a project or region that Google returns. At first, it does not find a new one. */
export function resourcesIn({ world, now, place, project }: GcpRequest, collection: string): GcpResource[] {
  const isFound = (each: GcpResource) => isThere(each, now) && now >= each.createdAt + world.options.gcpLag;
  const isHere = ({ path }: GcpResource) => path.startsWith(`${place}/`) && path.includes(`/${collection}/`);
  const all = [...subnetworksOf(world, project), ...world.gcp.resources.filter(isFound)];
  return all.filter(isHere);
}

/** The one that the path of the request names. */
export function findNamed(request: GcpRequest, collection: string): GcpResource {
  const path = `${request.place}/${collection}/${request.parts.name}`;
  const found = resourcesIn(request, collection).find((each) => each.path === path);
  if (found) return found;
  throw notFound(path);
}

function byScope({ url, place }: GcpRequest, collection: string, items: readonly AnswerBody[]): AnswerBody {
  const scopes = knownRegions('GCP').map((region) => {
    const its = items.filter((each) => each.region === url(`${place}/regions/${region}`));
    const warning = { code: 'NO_RESULTS_ON_PAGE', message: `There are no results for scope 'regions/${region}'.` };
    return [`regions/${region}`, its.length > 0 ? { [collection]: its } : { warning }];
  });
  return Object.fromEntries(scopes);
}

/** The page of the list that the query requests. */
export function pageOfItems({ query }: GcpRequest, all: readonly AnswerBody[]) {
  const found = all.filter(matcher(query.get('filter') ?? ''));
  const [size, token] = [query.get('maxResults') || '500', query.get('pageToken') || '0'];
  if (!/^\d+$/.test(size) || Number(size) > 500) throw invalidField('maxResults', size, 'Must be from 0 to 500.');
  if (!/^\d+$/.test(token)) throw invalidField('pageToken', token, 'The page token is not valid.');
  const to = Number(token) + (Number(size) || 500);
  return { items: found.slice(Number(token), to), ...(to < found.length && { nextPageToken: String(to) }) };
}

/** The sandbox compares one key with a regular expression, as gcloud does: `name eq ".*mine"`. */
function matcher(filter: string): (item: AnswerBody) => boolean {
  if (filter === '') return () => true;
  const [, key, value] = /^(\w+) *(?:=|\beq\b) *"?(.*?)"?$/.exec(filter) ?? [];
  try {
    const pattern = new RegExp(`^(?:${value})$`);
    if (key !== undefined) return (item) => pattern.test(String(item[key]));
  } catch {
    // The expression is not valid.
  }
  throw invalidField('filter', filter, 'Invalid list filter expression.');
}

/** Starts an insert. `failure`: why it fails. The faults file may have another reason. */
export function insert(
  request: GcpRequest,
  collection: string,
  operationType: string,
  { body, uses, failure }: Pick<GcpResource, 'body' | 'uses'> & { failure: OperationError | undefined },
) {
  const { world, now, fate, place } = request;
  const { name, description = '', ...others } = body;
  const path = `${place}/${collection}/${name}`;
  const shape = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';
  checkFields(body, {
    name: [typeof name === 'string' && new RegExp(`^${shape}$`).test(name), `Must be a match of regex '${shape}'`],
    description: [typeof description === 'string' && description.length <= 2048, 'Must be a text of 2048 characters.'],
    labels: [areLabels(body.labels), 'Label keys and values are not valid.'],
  });
  if (world.gcp.resources.some((each) => each.path === path && isThere(each, now)))
    throw new Refusal(409, 'alreadyExists', `The resource '${path}' already exists`);
  // A forwarding rule that never becomes ready exists, but its connection stays pending.
  const isStuck = fate?.kind === 'never-ready' && collection === 'addresses';
  const readyAt = isStuck ? Number.MAX_SAFE_INTEGER : now + operationMs(world);
  const times = { createdAt: now, readyAt, goneAt: null };
  const resource = { path, body: { description, ...others }, id: gcpId(request), ...times, fate, uses };
  return operate(request, operationType, resource, fate?.kind === 'failed' ? errorOf(fate.reason) : failure);
}

/** From the faults file: `CODE: message`, or only a message. */
function errorOf(reason: string): OperationError {
  const [, code = 'INTERNAL_ERROR', message = ''] = /^(?:([A-Z][A-Z_]+): )?(.*)$/s.exec(reason) ?? [];
  return { code, message };
}

export function remove(request: GcpRequest, collection: string, operationType: string) {
  const resource = findNamed(request, collection);
  checkReady(request, resource);
  return operate(request, operationType, { ...resource, goneAt: request.now + operationMs(request.world) });
}

/** Throws if it is still being created, or is being deleted. */
export function checkReady({ now }: GcpRequest, { path, readyAt, goneAt }: GcpResource): void {
  if (now >= readyAt && goneAt === null) return;
  throw new Refusal(400, 'resourceNotReady', `The resource '${path}' is not ready`);
}

export function setLabels(request: GcpRequest, collection: string) {
  const resource = findNamed(request, collection);
  const { labels, labelFingerprint } = bodyOf(request, ['labels', 'labelFingerprint']);
  checkFields({ labels }, { labels: [areLabels(labels), 'Label keys and values are not valid.'] });
  checkFingerprint(labelFingerprint, resource.body.labels);
  return operate(request, 'setLabels', { ...resource, body: { ...resource.body, labels } });
}

function areLabels(labels: unknown = {}): boolean {
  const isFine = ([key, value]: [string, unknown]) =>
    /^[a-z][a-z0-9_-]{0,62}$/.test(key) && typeof value === 'string' && /^[a-z0-9_-]{0,63}$/.test(value);
  return typeof labels === 'object' && labels !== null && Object.entries(labels).every(isFine);
}

/** Throws if the request is about an older state. */
export function checkFingerprint(given: unknown, current: unknown): void {
  if (given === fingerprintOf(current)) return;
  throw new Refusal(412, 'conditionNotMet', 'Fingerprint either invalid or resource has changed');
}

export function fingerprintOf(value: unknown = {}): string {
  return Buffer.from(digits(JSON.stringify(value), 16), 'hex').toString('base64');
}
