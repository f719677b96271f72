import { type Json, objects, text } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { AnswerError } from './errors.js';
import { isAtlasId } from './ids.js';
import { type SharedKeys, sharedKeys } from './keys.js';
import { type Fields, fields } from './read.js';
import { deleted } from './status.js';

/** A private endpoint service, as every output format shows it. Keys may be added but never removed. */
export interface Endpoint extends SharedKeys {
  /** Each cloud adds its own keys, named as in the API. */
  [key: string]: Json;
}

/** A project. The API also calls it a group. */
export type Project = ReturnType<typeof toProject>;

/**
 * Converts an API response to the model. Accepts unknown statuses and keys, and null or missing values. Throws an
 * answer error if the response is not a service.
 */
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

/** The same endpoint with the status `DELETED`. */
export function toDeleted(endpoint: Endpoint): Endpoint {
  return { ...endpoint, status: deleted };
}

export function toProject(answer: unknown) {
  const group = fields(answer, 'project');
  return { id: idOf(group, 'project'), name: text(group.name) ?? '' };
}

/** Reads the response of `GET /api/atlas/v2`. Null for other credentials than API keys. */
export function toApiKey(answer: unknown) {
  const { apiKey } = fields(answer, 'description of the API');
  if (typeof apiKey !== 'object' || apiKey === null) return null;
  const { roles, accessList } = apiKey as Record<string, unknown>;
  return {
    roles: objects(roles).map(({ roleName, groupId }) => ({
      name: text(roleName) ?? '',
      /** The project of the role; null if it is a role in an organization. */
      projectId: text(groupId),
    })),
    /** The addresses and ranges that can use it. If empty, all addresses can. */
    accessList: objects(accessList).flatMap(({ cidrBlock, ipAddress }) => text(cidrBlock) ?? text(ipAddress) ?? []),
  };
}

function idOf(answer: Fields, what: string): string {
  const id = text(answer.id);
  if (id !== null && isAtlasId(id)) return id;
  throw new AnswerError(`Atlas returned a ${what} without a valid id.`);
}
