import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { type CloudRequest, type CloudRoute, cloudChange, cloudRead } from '../rest.js';
import type { World } from '../world.js';
import { gcpProjects } from './network.js';
import { operationAnswer } from './operations.js';
import { apiDisabled, forbidden, GcpRefusal, invalidField, notFound } from './refusal.js';
import { isThere, type StoredOperation } from './resources.js';

/* Reads requests and checks them like Google does. */

/** A request in a project, and in a region unless that is empty. */
export interface GcpRequest extends CloudRequest {
  project: string;
  region: string;
}

export const inProject = '/compute/v1/projects/{project}';
export const inRegion = `${inProject}/regions/{region}`;

/** A route that reads. `names`: its query parameters, beside those of every request. */
export function gcpRead(
  path: string,
  action: string,
  reply: (request: GcpRequest) => AnswerBody,
  names: readonly string[] = [],
  method = 'GET',
): CloudRoute {
  return cloudRead(method, path, action, (request) => {
    const body = reply(checked(request, action, names));
    return { body: withFields(body, request.query.get('fields')) };
  });
}

/** A route that starts an operation. The same request id again gets the same operation. */
export function gcpChange(
  method: string,
  path: string,
  action: string,
  act: (request: GcpRequest) => { world: World; operation: StoredOperation },
): CloudRoute {
  return cloudChange(method, path, action, (given) => {
    const request = checked({ ...given, world: withoutOld(given) }, action, ['requestId']);
    const { project, region, world, query } = request;
    const requestId = query.get('requestId');
    if (requestId !== null && !/^(?!0{8}-0)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(requestId))
      throw invalidField('requestId', requestId, 'Must be a valid UUID.');
    const before = world.gcp.operations.find(
      (each) =>
        requestId !== null && each.requestId === requestId && each.project === project && each.region === region,
    );
    const done = before ? { world, operation: before } : act(request);
    return { world: done.world, answer: { body: operationAnswer(request, done.operation) } };
  });
}

const rememberedMs = 3_600_000;

/** The world without what was deleted, and without operations that ended long ago. */
function withoutOld({ world, now }: CloudRequest): World {
  const { addresses, forwardingRules, operations } = world.gcp;
  const isKept = (each: Parameters<typeof isThere>[0]) => isThere(each, now - world.options.gcpLag);
  return {
    ...world,
    gcp: {
      addresses: addresses.filter((each) => isKept(each)),
      forwardingRules: forwardingRules.filter((each) => isKept(each)),
      operations: operations.filter(({ doneAt }) => doneAt === null || now < doneAt + rememberedMs),
    },
  };
}

const usualNames = ['alt', '$alt', 'fields', 'key', 'prettyPrint', 'quotaUser'];

function checked(request: CloudRequest, action: string, names: readonly string[]): GcpRequest {
  const { project = '', region = '' } = request.parts;
  const { world, query } = request;
  const api = action.startsWith('resourcemanager.') ? 'cloudresourcemanager' : 'compute';
  if (!gcpProjects(world).includes(project)) throw notFound(`projects/${project}`);
  checkApi(world, api, project);
  if (region !== '' && !knownRegions('GCP').includes(region)) throw notFound(`projects/${project}/regions/${region}`);
  const own = { ...request, project, region };
  // Anyone may ask which permissions they have.
  if (!action.endsWith('.testIamPermissions')) requirePermissions(world, `projects/${project}`, [action]);
  for (const name of query.keys()) if (![...usualNames, ...names].includes(name)) throw unknownName(name, '');
  return own;
}

export function checkApi({ options: { gcp } }: World, api: string, project: string): void {
  if (gcp.disabledApis?.includes(api)) throw apiDisabled(api, project);
}

export function requirePermissions({ options: { gcp } }: World, path: string, permissions: readonly string[]): void {
  const missing = permissions.find((each) => gcp.without?.includes(each));
  if (missing !== undefined) throw forbidden(missing, path);
}

function unknownName(name: string, place: string): GcpRefusal {
  const where = place === '' ? 'Cannot bind query parameter.' : `at '${place}': Cannot find field.`;
  return new GcpRefusal(400, 'invalid', `Invalid JSON payload received. Unknown name "${name}" ${where}`);
}

/** The body, which may have these keys. */
export function bodyOf({ body }: CloudRequest, keys: readonly string[]): AnswerBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new GcpRefusal(400, 'required', 'Required parameter is missing: resource');
  for (const name of Object.keys(body)) if (!keys.includes(name)) throw unknownName(name, 'resource');
  return body as AnswerBody;
}

/** Only the keys that the query asks for. */
function withFields(body: AnswerBody, fields: string | null): AnswerBody {
  if (fields === null || fields === '*') return body;
  if (!/^\w+(,\w+)*$/.test(fields)) throw invalidField('fields', fields, 'The sandbox supports only names of keys.');
  return Object.fromEntries(Object.entries(body).filter(([name]) => fields.split(',').includes(name)));
}

/** The path of a resource, from `projects/` on. It may be given as a URL of any host, or as a path in the project. */
export function pathIn({ project }: GcpRequest, field: string, value: unknown, shape: RegExp): string {
  const text = typeof value === 'string' ? value : '';
  const path = text.replace(/^https?:\/\/[^/]+\/.*?(?=projects\/)/, '');
  const full = /^(regions|global)\//.test(path) ? `projects/${project}/${path}` : path;
  if (shape.test(full)) return full;
  throw invalidField(`resource.${field}`, value, 'The URL is malformed.');
}

const nameShape = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';

/** The name and the description of a new resource. */
export function readNamed(body: AnswerBody): { name: string; description: string } {
  const { name, description = '' } = body;
  if (typeof name !== 'string' || !new RegExp(`^${nameShape}$`).test(name))
    throw invalidField('resource.name', name, `Must be a match of regex '(?:${nameShape})'`);
  if (typeof description !== 'string' || description.length > 2048)
    throw invalidField('resource.description', description, 'Must be at most 2048 characters long.');
  return { name, description };
}
