import { knownRegions } from '../../clouds/regions.js';
import { digits, hex } from '../chance.js';
import type { AnswerBody } from '../clouds/all.js';
import { type CloudRoute, cloudChange, existing, newLifetime, readFailure, visible, withOne } from '../collection.js';
import { ensure } from '../frontend.js';
import { tellAtlasOfDelete } from '../services.js';
import { briefly, type World, withAccount } from '../world.js';
import { type GcpOperation, type GcpResource, gcpNetworks, gcpPlace, partsOf, subnetworksOf } from './account.js';
import {
  bodyOf,
  checkField,
  ensureFound,
  type GcpRequest,
  gcpRead,
  inGlobal,
  inProject,
  inRegion,
  invalidField,
  selected,
  withUrls,
} from './request.js';

export interface Collection {
  name: string;
  isGlobal?: boolean;
  /** Only some have labels. */
  permissions: { create: string; delete: string; setLabels?: string };
  status(request: GcpRequest, one: GcpResource): AnswerBody;
  create(request: GcpRequest): Pick<GcpResource, 'body' | 'uses'> & { failure: GcpOperation['error'] };
  checkDelete(request: GcpRequest, one: GcpResource): void;
}

export function collectionRoutes(collection: Collection): CloudRoute<GcpRequest>[] {
  const { name, permissions, status, isGlobal = false } = collection;
  const { setLabels: mayLabel } = permissions;
  const path = `${isGlobal ? inGlobal : inRegion}/${name}`;
  const answer = (request: GcpRequest, one: GcpResource): AnswerBody => ({
    id: one.id,
    name: partsOf(one.path).name,
    creationTimestamp: new Date(one.createdAt).toISOString(),
    ...one.body,
    ...status(request, one),
    ...(mayLabel !== undefined && { labelFingerprint: fingerprintOf(one) }),
    ...(!isGlobal && { region: partsOf(one.path).place }),
    selfLink: one.path,
  });
  const list = (request: GcpRequest) => {
    const all = resourcesIn(request, name).map((one) => answer(request, one));
    return selected(request, all);
  };
  const listAll = gcpRead(`${inProject}/aggregated/${name}`, `compute.${name}.list`, (request) => {
    const scopes = knownRegions('GCP').map((region) => {
      const its = list({ ...request, place: gcpPlace(request.project, region) });
      return [`regions/${region}`, { [name]: its }];
    });
    return { items: Object.fromEntries(scopes) };
  });
  const label = (request: GcpRequest) => setLabels(request, name);
  return [
    gcpRead(path, `compute.${name}.list`, (request) => ({ items: list(request) })),
    gcpRead(`${path}/{name}`, `compute.${name}.get`, (request) => answer(request, findNamed(request, name))),
    gcpChange('POST', path, permissions.create, (request) => create(request, collection)),
    gcpChange('DELETE', `${path}/{name}`, permissions.delete, (request) => remove(request, collection)),
    ...(isGlobal ? [] : [listAll]),
    ...(mayLabel === undefined ? [] : [gcpChange('POST', `${path}/{name}/setLabels`, mayLabel, label)]),
  ];
}

/** Those of a project or region that Google returns. At first, it does not find a new one. */
export function resourcesIn(request: GcpRequest, collection: string): GcpResource[] {
  const { world, place, project } = request;
  const isHere = ({ path }: GcpResource) => path.startsWith(`${place}/`) && path.includes(`/${collection}/`);
  const usual = gcpNetworks(world, project).filter(({ createdAt }) => createdAt === 0);
  return [...usual, ...subnetworksOf(world, project), ...visible('GCP', request)].filter(isHere);
}

function findNamed(request: GcpRequest, collection: string) {
  const path = `${request.place}/${collection}/${request.parts.name}`;
  const found = resourcesIn(request, collection).find((each) => each.path === path);
  ensureFound(found, path);
  return found;
}

function create(request: GcpRequest, collection: Collection) {
  const { world, fate, place, random } = request;
  const { body, uses, failure } = collection.create(request);
  const { name, description = '', ...others } = body;
  const path = `${place}/${collection.name}/${name}`;
  const isName = typeof name === 'string' && /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
  checkField(body, 'name', isName, "Must be a match of regex '[a-z]([-a-z0-9]{0,61}[a-z0-9])?'");
  checkField(body, 'description', typeof description === 'string', 'Must be a text.');
  const isNew = existing('GCP', request).every((each) => each.path !== path);
  ensure(isNew, 'alreadyExists', `The resource '${path}' already exists`, 409);
  const id = String(Math.floor(random() * Number.MAX_SAFE_INTEGER));
  const times = newLifetime(request, operationMs(world));
  const resource = { path, body: { description, ...others }, id, uses, ...times };
  // The faults file may have another reason.
  const fault = fate?.kind === 'failed' ? readFailure(fate.reason, 'INTERNAL_ERROR') : failure;
  return operate(request, 'insert', resource, fault);
}

function remove(request: GcpRequest, { name, checkDelete }: Collection) {
  const resource = findNamed(request, name);
  checkDelete(request, resource);
  checkReady(request, resource);
  const goneAt = request.now + operationMs(request.world);
  const { world, operation } = operate(request, 'delete', { ...resource, goneAt });
  if (!resource.acceptedBy) return { world, operation };
  const { service, endpoint } = resource.acceptedBy;
  return { world: tellAtlasOfDelete(world, 'forwarding rule', endpoint, request.now, service), operation };
}

export function checkReady({ now }: GcpRequest, { path, readyAt, goneAt }: GcpResource): void {
  ensure(now >= readyAt && goneAt === null, 'resourceNotReady', `The resource '${path}' is not ready`);
}

function setLabels(request: GcpRequest, collection: string) {
  const resource = findNamed(request, collection);
  const { labels, labelFingerprint } = bodyOf(request, 'RegionSetLabelsRequest');
  checkField({ labels }, 'labels', typeof labels === 'object' && labels !== null, 'Must be an object.');
  const isCurrent = labelFingerprint === fingerprintOf(resource);
  const what = 'Labels fingerprint either invalid or resource labels have changed';
  ensure(isCurrent, 'conditionNotMet', what, 412);
  return operate(request, 'setLabels', { ...resource, body: { ...resource.body, labels } });
}

function fingerprintOf({ body: { labels = {} } }: GcpResource) {
  return Buffer.from(digits(JSON.stringify(labels), 16), 'hex').toString('base64');
}

/** Also for `wait`: the real one waits up to two minutes, but may return earlier. This one returns at once. */
export function readOperation(request: GcpRequest): AnswerBody {
  const path = `${request.place}/operations/${request.parts.name}`;
  const found = request.world.clouds.GCP.operations.find((each) => each.path === path);
  ensureFound(found, path);
  return operationAnswer(request, found);
}

/** A route that starts an operation. A request with the id of an earlier one gets the operation of that one. */
function gcpChange(
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

function operationMs({ options }: World) {
  return Math.min(1000, briefly(options));
}

function operate(request: GcpRequest, type: string, resource: GcpResource, error?: GcpOperation['error']) {
  const { place, now, random, query } = request;
  const world = error ? request.world : withOne(request, 'GCP', resource);
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
    ...(partsOf(path).region !== '' && { region: partsOf(path).place }),
    selfLink: path,
  };
}
