import type { AnswerBody } from '../clouds/all.js';
import { type CloudRoute, cloudChange, existing, newLifetime, readFailure, visible, withOne } from '../collection.js';
import { ensure } from '../frontend.js';
import { tellAtlasOfDelete } from '../services.js';
import { briefly, hex, type World, withAccount } from '../world.js';
import { type GcpOperation, type GcpResource, gcpNetworks, partsOf, subnetworksOf } from './account.js';
import { aggregatedList, findIn, listRoutes } from './lists.js';
import { bodyOf, checkField, type GcpRequest, inGlobal, inRegion, withUrls } from './request.js';

type Update = (request: GcpRequest, one: GcpResource) => GcpResource['body'];

export interface Collection {
  name: string;
  isGlobal?: boolean;
  hasLabels?: boolean;
  /** Ends the names of its permissions to create and delete. */
  suffix?: string;
  /** What else answers say of one at this time. */
  status?(request: GcpRequest, one: GcpResource): AnswerBody;
  create(request: GcpRequest): Pick<GcpResource, 'body' | 'uses'> & { failure?: GcpOperation['error'] };
  /** Reads the request to change one. */
  update?: Update;
  checkDelete(request: GcpRequest, one: GcpResource): void;
}

export function collectionRoutes(collection: Collection): CloudRoute<GcpRequest>[] {
  const { name, status, update, isGlobal = false, hasLabels = false, suffix = '' } = collection;
  const path = `${isGlobal ? inGlobal : inRegion}/${name}`;
  const one = `${path}/{name}`;
  const may = (verb: string) => `compute.${name}.${verb}`;
  const answer = (request: GcpRequest, one: GcpResource): AnswerBody => ({
    id: one.id,
    name: partsOf(one.path).name,
    creationTimestamp: new Date(one.createdAt).toISOString(),
    ...one.body,
    ...status?.(request, one),
    // Clients send it with new labels. It is not checked.
    ...(hasLabels && { labelFingerprint: 'AAAAAAAAAAA=' }),
    ...(!isGlobal && { region: partsOf(one.path).place }),
    selfLink: one.path,
  });
  const all = (request: GcpRequest) => resourcesIn(request, name).map((one) => answer(request, one));
  const change = (request: GcpRequest, type: string, bodyFor: Update) => {
    const found = findIn(request, name, resourcesIn(request, name));
    return operate(request, type, { ...found, body: bodyFor(request, found) });
  };
  const setLabels = (request: GcpRequest) => change(request, 'setLabels', withLabels);
  return [
    ...listRoutes(path, name, all),
    gcpChange('POST', path, may(`create${suffix}`), (request) => create(request, collection)),
    gcpChange('DELETE', one, may(`delete${suffix}`), (request) => remove(request, collection)),
    ...(isGlobal ? [] : [aggregatedList(name, name, all)]),
    ...(hasLabels ? [gcpChange('POST', `${one}/setLabels`, may('setLabels'), setLabels)] : []),
    ...(update ? [gcpChange('PATCH', one, may('update'), (request) => change(request, 'patch', update))] : []),
  ];
}

const withLabels: Update = (request, { body }) => ({ ...body, labels: bodyOf(request).labels });

/** Those of a project or region that Google returns. At first, it does not find a new one. */
export function resourcesIn(request: GcpRequest, collection: string): GcpResource[] {
  const { world, place, project } = request;
  const isHere = ({ path }: GcpResource) => path.startsWith(`${place}/`) && path.includes(`/${collection}/`);
  const usual = gcpNetworks(world, project).filter(({ createdAt }) => createdAt === 0);
  return [...usual, ...subnetworksOf(world, project), ...visible('GCP', request)].filter(isHere);
}

function create(request: GcpRequest, collection: Collection) {
  const { world, fate, place, random } = request;
  const { body, uses, failure } = collection.create(request);
  const { name, description = '', ...others } = body;
  const path = `${place}/${collection.name}/${name}`;
  const isName = typeof name === 'string' && /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
  checkField(body, 'name', isName, "Must be a match of regex '[a-z]([-a-z0-9]{0,61}[a-z0-9])?'");
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
  const resource = findIn(request, name, resourcesIn(request, name));
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

/** The operations of a project or region. */
export function operationsIn(request: GcpRequest): AnswerBody[] {
  const { GCP } = request.world.clouds;
  const here = GCP.operations.filter(({ path }) => path.startsWith(`${request.place}/`));
  return here.map((each) => operationAnswer(request, each));
}

/** A route that starts an operation. */
function gcpChange(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  action: string,
  act: (request: GcpRequest) => { world: World; operation: GcpOperation },
): CloudRoute<GcpRequest> {
  return cloudChange(method, path, action, (request) => {
    const { world, operation } = act(request);
    return { world, answer: { body: withUrls(request, operationAnswer(request, operation)) } };
  });
}

function operationMs({ options }: World) {
  return Math.min(1000, briefly(options));
}

function operate(request: GcpRequest, type: string, resource: GcpResource, error?: GcpOperation['error']) {
  const { place, now, random } = request;
  const world = error ? request.world : withOne(request, 'GCP', resource);
  const operation: GcpOperation = {
    path: `${place}/operations/operation-${now}-${hex(8, random)}`,
    createdAt: now,
    readyAt: Math.max(resource.readyAt, now + operationMs(world)),
    operationType: type,
    target: resource.path,
    targetId: resource.id,
    error,
  };
  const recent = world.clouds.GCP.operations.filter(({ readyAt }) => now < readyAt + 3_600_000);
  return { world: withAccount(world, 'GCP', { ...world.clouds.GCP, operations: [...recent, operation] }), operation };
}

function operationAnswer({ now }: GcpRequest, operation: GcpOperation): AnswerBody {
  const { path, operationType, target: targetLink, targetId, createdAt, readyAt, error } = operation;
  const insertTime = new Date(createdAt).toISOString();
  const isDone = now >= readyAt;
  const httpErrorStatusCode = { QUOTA_EXCEEDED: 403, PERMISSIONS_ERROR: 403, INTERNAL_ERROR: 500 }[`${error?.code}`];
  return {
    name: partsOf(path).name,
    user: 'user@example.com',
    operationType,
    targetLink,
    targetId,
    insertTime,
    startTime: insertTime,
    progress: isDone ? 100 : 0,
    status: isDone ? 'DONE' : 'RUNNING',
    ...(isDone && { endTime: new Date(readyAt).toISOString() }),
    ...(isDone && error && { error: { errors: [error] }, httpErrorStatusCode: httpErrorStatusCode ?? 400 }),
    ...(partsOf(path).region !== '' && { region: partsOf(path).place }),
    selfLink: path,
  };
}
