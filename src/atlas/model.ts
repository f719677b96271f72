import { UsageError } from '../base/errors.js';
import { at, type Json, objects, text } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { isSameId, shortName } from '../clouds/shapes.js';
import { type Fields, fields, unusable } from './errors.js';
import { isAtlasId } from './ids.js';
import { type SharedKeys, sharedKeys } from './keys.js';

/** The statuses of a private endpoint service in their order. The API may add some; those are shown unchanged. */
export const serviceStatuses = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE', 'FAILED', 'DELETING'] as const;

/** The live API may never show the first, but AVAILABLE at once. */
const readyStatuses: readonly string[] = ['WAITING_FOR_USER', 'AVAILABLE'];

/** Not a status of the API: the endpoint no longer exists. */
export const deleted = 'DELETED';

/** What --status takes, and --until. */
export const statusFilters = ['ready', ...serviceStatuses];
export const untils = [...statusFilters, deleted];

/** All statuses of services and interface endpoints, from creation to deletion. --sort uses this order. */
export const statusOrder: readonly string[] = [
  ...['INITIATING', 'PENDING_ACCEPTANCE', 'PENDING', 'VERIFIED'],
  ...readyStatuses,
  ...['REJECTED', 'FAILED', 'DELETING', deleted],
];

/** Whether the service waits for interface endpoints or has them. */
export function isReady(status: string) {
  return readyStatuses.includes(status);
}

export function isLeaving(status: string) {
  return status === deleted || status === 'DELETING';
}

export function isFailed(status: string) {
  return status === 'FAILED';
}

/** Whether a new endpoint gets this status, unless it fails. */
export function isAhead(until: string) {
  return !isLeaving(until) && !isFailed(until);
}

/** Whether a status is `until`, or a later one on the same way: to ready, or to deleted. */
export function hasReached(until: string, status: string) {
  if (until === 'ready') return isReady(status);
  const order = untils.filter((name) => isLeaving(name) === isLeaving(until));
  const isFinal = isFailed(status) || isFailed(until);
  return status === until || (!isFinal && order.indexOf(status) >= order.indexOf(until));
}

/** A private endpoint service, as every output format shows it. Keys may be added but never removed. */
export interface Endpoint extends SharedKeys {
  /** Each cloud adds its own keys, named as in the API. */
  [key: string]: Json;
}

export type Project = ReturnType<typeof toProject>;

/** Accepts unknown statuses and keys, and null or missing values. Throws if the response is not a service. */
export function toEndpoint(projectId: string, provider: Provider, answer: unknown): Endpoint {
  const service = fields(answer, 'private endpoint service');
  const cloud = providers.find((name) => name === service.cloudProvider) ?? provider;
  const names = regionNames(cloud, text(service.regionName) ?? text(service.region) ?? '');
  const id = idOf(service, 'private endpoint service');
  const source = { answer: service, id, projectId, provider: cloud, names };
  const shared = Object.entries(sharedKeys).map(([key, read]) => [key, read(source)]);
  const own = Object.entries(clouds[cloud].service.keys).map(([key, read]) => [key, read(service[key])]);
  return Object.fromEntries([...shared, ...own]);
}

export function toProject(answer: unknown) {
  const group = fields(answer, 'project');
  return { id: idOf(group, 'project'), name: text(group.name) ?? '' };
}

/** The roles of an API key in the response of `GET /api/atlas/v2`. Null for other credentials. */
export function toKeyRoles(answer: unknown) {
  const { apiKey } = fields(answer, 'description of the API');
  if (typeof apiKey !== 'object' || apiKey === null) return null;
  return objects(at(apiKey, 'roles')).map(({ roleName, groupId }) => ({
    name: text(roleName) ?? '',
    /** The project of the role; null if it is a role in an organization. */
    projectId: text(groupId),
  }));
}

function idOf(answer: Fields, what: string) {
  const id = text(answer.id);
  if (id !== null && isAtlasId(id)) return id;
  throw unusable(`Atlas returned a ${what} without a valid id.`);
}

export type InterfaceEndpoint = ReturnType<typeof toInterface> & Record<string, Json>;

/** Converts an API response to the model. `id` is the requested id: each cloud returns it under a different key. */
export function toInterface(
  { id: endpointId, projectId, provider, region, atlasRegion }: Endpoint,
  id: string,
  answer: unknown,
) {
  const found = fields(answer, 'interface endpoint');
  const cloud = providers.find((name) => name === found.cloudProvider) ?? provider;
  const own = Object.entries(clouds[cloud].interfaces.keys).map(([key, read]) => [key, read(found[key])] as const);
  return {
    /** The `vpce-…` id in AWS, the resource id of the private endpoint in Azure, or the name of the endpoint group in GCP. */
    id,
    projectId,
    endpointId,
    provider: cloud,
    /** The region of the service, in the cloud's spelling and in Atlas's. */
    region,
    atlasRegion,
    /** The API's `connectionStatus` for AWS and `status` for the other clouds. `DELETED` if it no longer exists. */
    status: text(found.connectionStatus) ?? text(found.status) ?? 'UNKNOWN',
    errorMessage: text(found.errorMessage),
    ...Object.fromEntries(own),
  };
}

/** Whether Atlas has yet to connect it. */
export function isConnecting({ status }: Pick<InterfaceEndpoint, 'status'>) {
  return ['NONE', 'INITIATING', 'PENDING_ACCEPTANCE', 'PENDING', 'VERIFIED'].includes(status);
}

export function hasEnded({ status }: Pick<InterfaceEndpoint, 'status'>) {
  return isLeaving(status) || status === 'REJECTED' || status === 'FAILED';
}

/** Whether it may be in this account of the user's cloud. Only GCP's says where it is, and may have the name of another. */
export function mayBeIn(account: string, { gcpProjectId = account }: Readonly<Record<string, unknown>>) {
  return gcpProjectId === account;
}

export function goneInterface(service: Endpoint, id: string): InterfaceEndpoint {
  return toInterface(service, id, { cloudProvider: service.provider, status: deleted });
}

export function withName<T extends { id: string }>(all: readonly T[], name: string): T[] {
  const same = all.filter(({ id }) => isSameId(id, name));
  return same.length > 0 ? same : all.filter(({ id }) => isSameId(shortName(id), name));
}

/** The cloud whose interface endpoint ids have this form. Undefined for a plain name, which several clouds may use. */
export function interfaceKind(text: string) {
  const id = interfaceId(text);
  return providers.find((provider) => hasStartOf(provider, id) && clouds[provider].interfaces.shape.pattern.test(id));
}

function hasStartOf(provider: Provider, id: string) {
  return clouds[provider].interfaces.mark?.test(id) ?? false;
}

/** The id, also of an ARN. */
export function interfaceId(text: string) {
  return providers.map((name) => clouds[name].interfaces.written?.exec(text)?.[1]).find(Boolean) ?? text;
}

/** A name in GCP, or the last part of a resource id of Azure. */
const plainName = /^[a-z0-9](?:[\w.-]{0,78}\w)?$/i;

/** Reads what can name an interface endpoint of some cloud. Throws a usage error. */
export function readAnyInterfaceId(text: string) {
  const id = interfaceId(text);
  const marked = providers.find((provider) => hasStartOf(provider, id));
  if ((marked ? clouds[marked].interfaces.shape.pattern : plainName).test(id)) return id;
  const examples = providers.map((provider) => clouds[provider].interfaces.shape.example).join(', ');
  throw new UsageError(`'${id}' is not a valid interface endpoint id.`, `Examples: ${examples}`, 'otherWord');
}
