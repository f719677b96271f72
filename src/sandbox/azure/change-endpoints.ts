import { tellAtlasOfDelete } from '../linking.js';
import type { CloudAnswer, CloudRequest } from '../rest.js';
import { briefly, type World } from '../world.js';
import { endpointResource, livingEndpoints, provisioningState } from './endpoints.js';
import { isSame, networkId } from './ids.js';
import { findPlace } from './network.js';
import { operationHeaders } from './operations.js';
import { AzureRefusal, azureError } from './refusal.js';
import { type PrivateEndpoint, withEndpoint } from './resources.js';
import { checkLock } from './rights.js';
import { freeAddress, readWanted, type Wanted } from './wanted.js';

/* Create, change and delete private endpoints. */

interface Change {
  world: World;
  answer: CloudAnswer;
}

/** A PUT of what is there already changes nothing. Of an endpoint that did not fail, only the tags can change. */
export function putEndpoint(request: CloudRequest): Change {
  const { now, fate, parts } = request;
  const wanted = readWanted(request, parts, parts.name ?? '', request.body);
  const before = livingEndpoints(request).find(({ id }) => isSame(id, wanted.id));
  const state = before && provisioningState(request, before);
  if (before && state === 'Deleting') {
    const what = `Another operation on the resource ${before.id} is in progress.`;
    throw new AzureRefusal(429, 'AnotherOperationInProgress', what);
  }
  if (before && state !== 'Failed') checkUnchanged(before, wanted);
  const address = before?.subnetId === wanted.subnetId ? before.address : freeAddress(request, wanted.subnetId);
  const made = { ...wanted, address, createdAt: now, goneAt: null, isAttached: false, fate };
  const endpoint = before && state !== 'Failed' ? { ...before, tags: wanted.tags } : made;
  const world = withEndpoint(withoutOld(request.world, now), endpoint);
  const body = endpointResource({ world, now }, endpoint);
  const headers = operationHeaders(request, 'create', endpoint);
  return { world, answer: { status: before ? 200 : 201, body, headers } };
}

function checkUnchanged(before: PrivateEndpoint, wanted: Wanted): void {
  for (const key of ['location', 'subnetId', 'connection', 'customNetworkInterfaceName'] as const) {
    if (JSON.stringify(before[key]) === JSON.stringify(wanted[key])) continue;
    const what = `Changing property '${key}' of the private endpoint ${before.id} is not allowed.`;
    throw new AzureRefusal(400, 'PropertyChangeNotAllowed', what);
  }
}

/** The world without endpoints that were deleted so long ago that nobody reads their operations. */
function withoutOld(world: World, now: number): World {
  const endpoints = world.azure.endpoints.filter(({ goneAt }) => now < (goneAt ?? now) + 3_600_000);
  return { ...world, azure: { endpoints } };
}

export function deleteEndpoint(request: CloudRequest): Change {
  const { now, parts, world } = request;
  const place = findPlace(world, parts);
  const id = networkId(place, `privateEndpoints/${parts.name}`);
  checkLock(world, 'delete', id, place);
  const found = livingEndpoints(request).find((each) => isSame(each.id, id));
  if (!found) return { world, answer: { status: 204 } };
  const gone = { ...found, goneAt: found.goneAt ?? now + briefly(world.options) };
  const next = tellAtlasOfDelete(withEndpoint(world, gone), 'private endpoint', found.id, now);
  return { world: next, answer: { status: 202, headers: operationHeaders(request, 'delete', gone) } };
}

/** Checks a template with private endpoints as a PUT of each would, and creates nothing. */
export function validateDeployment(request: CloudRequest): CloudAnswer {
  const { parts } = request;
  findPlace(request.world, parts);
  const { properties } = Object(request.body) as {
    properties?: { mode?: unknown; template?: { resources?: unknown } };
  };
  const resources = properties?.template?.resources;
  if (properties?.mode !== 'Incremental' || !Array.isArray(resources)) {
    const what = 'The sandbox validates only an incremental deployment of a template with resources.';
    throw new AzureRefusal(400, 'InvalidRequestContent', what);
  }
  const details = resources.flatMap((resource) => {
    const { type, name, apiVersion, ...body } = Object(resource) as Record<string, unknown>;
    try {
      if (type !== 'Microsoft.Network/privateEndpoints' || typeof apiVersion !== 'string') {
        throw new AzureRefusal(400, 'InvalidTemplate', `The sandbox does not validate a resource of type '${type}'.`);
      }
      freeAddress(request, readWanted(request, parts, String(name), body).subnetId);
      return [];
    } catch (error) {
      if (!(error instanceof AzureRefusal)) throw error;
      return [azureError(error)];
    }
  });
  if (details.length === 0) return { body: { name: parts.deployment, properties: { provisioningState: 'Succeeded' } } };
  const what = `The template deployment '${parts.deployment}' is not valid according to the validation procedure.`;
  throw new AzureRefusal(400, 'InvalidTemplateDeployment', `${what} See inner errors for details.`, { details });
}
