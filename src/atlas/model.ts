import { type Json, text, texts } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { AnswerError } from './errors.js';
import { createdOn } from './ids.js';
import { fields, idOf } from './read.js';

import { deleted } from './status.js';

/** A private endpoint service, as every output format shows it. Keys may be added but never removed. */
export interface Endpoint {
  id: string;
  projectId: string;
  provider: Provider;
  /** In the cloud's spelling: `us-east-1`, `eastus2`, `us-central1`. */
  region: string;
  /** In Atlas's spelling: `US_EAST_1`, `US_EAST_2`, `CENTRAL_US`. */
  atlasRegion: string;
  /** One of the API's statuses, or a newer one. `DELETED` if the service no longer exists. */
  status: string;
  /** The name of the AWS PrivateLink service; null while it is being created. */
  endpointServiceName: string | null;
  /** The ids of the attached interface endpoints, whatever the cloud calls them. */
  interfaceEndpoints: string[];
  errorMessage: string | null;
  /** ISO 8601, precise to the second. Null if the id does not contain a time. */
  createdAt: string | null;
  /** Azure and GCP add their own keys, named as in the API. */
  [key: string]: Json;
}

/** A project. The API also calls it a group. */
export interface Project {
  id: string;
  name: string;
}

/**
 * Converts an API response to the model. Accepts unknown statuses and keys, and null or missing values. Throws an
 * answer error if the response is not a service.
 */
export function toEndpoint(projectId: string, provider: Provider, answer: unknown): Endpoint {
  const service = fields(answer, 'private endpoint service');
  const cloud = providers.find((name) => name === service.cloudProvider) ?? provider;
  const { region, atlasRegion } = regionNames(cloud, text(service.regionName) ?? text(service.region) ?? '');
  const id = idOf(service, 'private endpoint service');
  return {
    id,
    projectId,
    provider: cloud,
    region,
    atlasRegion,
    status: text(service.status) ?? 'UNKNOWN',
    endpointServiceName: text(service.endpointServiceName),
    interfaceEndpoints: texts(service[clouds[cloud].service.attached]),
    errorMessage: text(service.errorMessage),
    createdAt: createdOn(id),
    ...Object.fromEntries(Object.entries(clouds[cloud].service.keys).map(([key, read]) => [key, read(service[key])])),
  };
}

/** Converts an API response to a list of endpoints. Throws an answer error if the response is not a list. */
export function toEndpoints(projectId: string, provider: Provider, answer: unknown): Endpoint[] {
  if (!Array.isArray(answer)) throw new AnswerError('Atlas did not return a valid list of private endpoint services.');
  return answer.map((service) => toEndpoint(projectId, provider, service));
}

/** The same endpoint with the status `DELETED`. */
export function toDeleted(endpoint: Endpoint): Endpoint {
  return { ...endpoint, status: deleted };
}

export function toProject(answer: unknown): Project {
  const group = fields(answer, 'project');
  return { id: idOf(group, 'project'), name: text(group.name) ?? '' };
}
