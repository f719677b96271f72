import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/all.js';
import { type CloudRoute, cloudRead, hasPermission } from '../collection.js';
import type { GcpSetup } from '../faults-file.js';
import { ensure, Refusal, type RestRequest } from '../frontend.js';
import type { World } from '../world.js';
import { gcpPlace, gcpProjects, numberOf } from './account.js';

export interface GcpRequest extends RestRequest {
  project: string;
  /** `projects/a`, `projects/a/global`, or `projects/a/regions/b`. */
  place: string;
}

export const inProject = '/compute/v1/projects/{project}';
export const inRegion = `${inProject}/regions/{region}`;
export const inGlobal = `${inProject}/(?<scope>global)`;

export function gcpRead(path: string, action: string, reply: (request: GcpRequest) => AnswerBody, method = 'GET') {
  return cloudRead(path, action, (request: GcpRequest) => ({ body: withUrls(request, reply(request)) }), method);
}

/** An answer in which the paths of resources, from `projects/` on, are URLs, and in which each resource has its kind. */
export function withUrls({ root }: RestRequest, answer: AnswerBody): AnswerBody {
  const isPath = (value: unknown): value is string => typeof value === 'string' && /^projects\/\S+$/.test(value);
  const show = (key: string, value: unknown) => {
    if (isPath(value)) return key === 'description' || key === 'id' ? value : `${root}/compute/v1/${value}`;
    const { selfLink } = Object(value) as AnswerBody;
    return isPath(selfLink) ? { kind: kindOf(selfLink), id: numberOf(selfLink), ...Object(value) } : value;
  };
  return JSON.parse(JSON.stringify(answer, show));
}

/** `compute#address` for what is in `addresses/`. */
export function kindOf(path: string): string {
  return `compute#${path
    .split('/')
    .at(-2)
    ?.replace(/(?<=ss)es$|s$/, '')}`;
}

export function checkGcpRequest(request: RestRequest, { action }: CloudRoute<GcpRequest>): GcpRequest {
  const { world, parts } = request;
  const { project = '', region, scope } = parts;
  const place = region === undefined && !scope ? `projects/${project}` : gcpPlace(project, region ?? '');
  ensureFound(gcpProjects(world).includes(project), `projects/${project}`);
  checkApi(world, action.startsWith('compute.') ? 'compute' : 'cloudresourcemanager', project);
  ensureFound(region === undefined || knownRegions('GCP').includes(region), place);
  // Anyone may ask which permissions they have.
  if (!action.endsWith('.testIamPermissions')) requirePermissions(world, place, action);
  return { ...request, project, place };
}

type GcpApi = NonNullable<GcpSetup['disabledApis']>[number];

export function checkApi({ options: { gcp } }: World, api: GcpApi, project: string): void {
  const service = `${api}.googleapis.com`;
  const what = `${service} has not been used in project ${project} before or it is disabled.`;
  const details = [{ reason: 'SERVICE_DISABLED', metadata: { service } }];
  ensure(!gcp.disabledApis?.includes(api), 'accessNotConfigured', what, 403, { details });
}

export function requirePermissions({ options: { gcp } }: World, path: string, ...permissions: string[]): void {
  const missing = permissions.find((each) => !hasPermission(gcp.without, each));
  ensure(missing === undefined, 'forbidden', `Required '${missing}' permission for '${path}'`, 403);
}

/** The body, without what is null. */
export function bodyOf({ body }: RestRequest): AnswerBody {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  ensure(isObject, 'required', 'Required parameter is missing: resource');
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** Throws Google's refusal of other keys, unless they are empty, as SDKs send them. */
export function checkKeys(body: AnswerBody, keys: string): void {
  const isEmpty = (key: string) => ['""', '[]', '{}'].includes(JSON.stringify(body[key]));
  const other = Object.keys(body).find((each) => !keys.split(/\s+/).includes(each) && !isEmpty(each));
  checkField(body, `${other}`, other === undefined, 'It is unknown, or can not have a value here.');
}

export function checkField(body: AnswerBody, field: string, isFine: boolean, why: string): void {
  if (!isFine) throw invalidField(`resource.${field}`, body[field], why);
}

/** The path in a field, which may be a URL of any host. `shape`: what follows the project, where `*` is any name. */
export function pathIn(body: AnswerBody, field: string, shape: string): string {
  const path = String(body[field]).replace(/^https?:\/\/[^/]+\/.*?(?=projects\/)/, '');
  const pattern = new RegExp(`^projects/[^/]+/${shape.replaceAll('*', '[^/]+')}$`);
  checkField(body, field, pattern.test(path), 'The URL is malformed.');
  return path;
}

export function invalidField(field: string, value: unknown, why: string): Refusal {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return new Refusal(400, 'invalid', `Invalid value for field '${field}': '${shown}'. ${why}`);
}

export function ensureFound(found: unknown, path: string): asserts found {
  ensure(found, 'notFound', `The resource '${path}' was not found`, 404);
}
