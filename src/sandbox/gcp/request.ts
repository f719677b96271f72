import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { Refusal } from '../refusal.js';
import { type CloudRequest, type CloudRoute, cloudChange, cloudRead } from '../rest.js';
import type { World } from '../world.js';
import { gcpProjects } from './network.js';
import { operationAnswer } from './operations.js';
import { invalidField, notFound, unknownName } from './refusal.js';
import { type GcpOperation, isThere } from './resources.js';
import type { GcpSetup } from './setup.js';

/* Reads requests and checks them like Google does. */

export interface GcpRequest extends CloudRequest {
  project: string;
  /** `projects/a`, or `projects/a/regions/b`. */
  place: string;
  /** The URL of a path. */
  url(path: string): string;
}

export const inProject = '/compute/v1/projects/{project}';
export const inRegion = `${inProject}/regions/{region}`;

export function gcpRead(
  method: 'GET' | 'POST',
  path: string,
  action: string,
  reply: (request: GcpRequest) => AnswerBody,
): CloudRoute {
  return cloudRead(method, path, action, (request) => {
    const body = reply(checked(request, action));
    const fields = request.query.get('fields')?.split(',');
    return { body: Object.fromEntries(Object.entries(body).filter(([name]) => fields?.includes(name) ?? true)) };
  });
}

/** A route that starts an operation. A request with the id of an earlier one gets the operation of that one. */
export function gcpChange(
  method: string,
  path: string,
  action: string,
  act: (request: GcpRequest) => { world: World; operation: GcpOperation },
): CloudRoute {
  return cloudChange(method, path, action, (given) => {
    const request = checked({ ...given, world: withoutOld(given) }, action);
    const { place, world, query } = request;
    const requestId = query.get('requestId');
    if (requestId !== null && !/^(?!0{8}-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId))
      throw invalidField('requestId', requestId, 'Must be a valid UUID.');
    const isRepeat = (each: GcpOperation) => each.requestId === requestId && each.path.startsWith(`${place}/`);
    const operation = requestId === null ? undefined : world.gcp.operations.find(isRepeat);
    const done = operation ? { world, operation } : act(request);
    return { world: done.world, answer: { body: operationAnswer(request, done.operation) } };
  });
}

/** The world without resources that are gone, and without operations that ended an hour ago. */
function withoutOld({ world, now }: CloudRequest): World {
  const resources = world.gcp.resources.filter((each) => isThere(each, now - world.options.gcpLag));
  const operations = world.gcp.operations.filter(({ readyAt }) => now < readyAt + 3_600_000);
  return { ...world, gcp: { resources, operations } };
}

const listNames = ['filter', 'maxResults', 'pageToken', 'returnPartialSuccess', 'includeAllScopes', 'serviceProject'];
const queryNames = ['alt', 'fields', 'prettyPrint', 'requestId', ...listNames];

function checked(request: CloudRequest, action: string): GcpRequest {
  const { world, query, root, parts } = request;
  const { project = '', region } = parts;
  const place = region === undefined ? `projects/${project}` : `projects/${project}/regions/${region}`;
  if (!gcpProjects(world).includes(project)) throw notFound(`projects/${project}`);
  checkApi(world, action.startsWith('compute.') ? 'compute' : 'cloudresourcemanager', project);
  if (region !== undefined && !knownRegions('GCP').includes(region)) throw notFound(place);
  // Anyone may ask which permissions they have.
  if (!action.endsWith('.testIamPermissions')) requirePermissions(world, place, action);
  for (const name of query.keys()) if (!queryNames.includes(name)) throw unknownName(name);
  return { ...request, project, place, url: (path) => `${root}/compute/v1/${path}` };
}

type Api = NonNullable<GcpSetup['disabledApis']>[number];

export function checkApi({ options: { gcp } }: World, api: Api, project: string): void {
  const what = `${api}.googleapis.com has not been used in project ${project} before or it is disabled.`;
  if (gcp.disabledApis?.includes(api)) throw new Refusal(403, 'accessNotConfigured', what, [api]);
}

export function requirePermissions({ options: { gcp } }: World, path: string, ...permissions: string[]): void {
  const missing = permissions.find((each) => gcp.without?.includes(each));
  if (missing === undefined) return;
  throw new Refusal(403, 'forbidden', `Required '${missing}' permission for '${path}'`);
}

/** The body, which may have these keys. */
export function bodyOf({ body }: CloudRequest, keys: readonly string[]): AnswerBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'required', 'Required parameter is missing: resource');
  for (const name of Object.keys(body)) if (!keys.includes(name)) throw unknownName(name);
  return body as AnswerBody;
}

/** Throws for the first field of the body that is not fine. */
export function checkFields(body: AnswerBody, checks: Record<string, [isFine: boolean, why: string]>): void {
  for (const [field, [isFine, why]] of Object.entries(checks))
    if (!isFine) throw invalidField(`resource.${field}`, body[field], why);
}

/**
 * The path of a resource that a field names, from `projects/` on. It may be given as a URL of any host, or as a path in the
 * project. `shape`: what follows the project, where `*` is any name.
 */
export function pathIn({ project }: GcpRequest, body: AnswerBody, field: string, shape: string): string {
  const given = body[field];
  const path = String(given).replace(/^https?:\/\/[^/]+\/.*?(?=projects\/)/, '');
  const full = /^(regions|global)\//.test(path) ? `projects/${project}/${path}` : path;
  const isFine = new RegExp(`^projects/[^/]+/${shape.replaceAll('*', '[^/]+')}$`).test(full);
  if (typeof given !== 'string' || !isFine) throw invalidField(`resource.${field}`, given, 'The URL is malformed.');
  return full;
}
