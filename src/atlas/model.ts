import { type Json, text, texts } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import { regionNames } from '../clouds/regions.js';
import { AnswerError } from './errors.js';
import { createdOn } from './ids.js';
import { fields, idOf } from './read.js';

import { deleted } from './status.js';

/** A private endpoint service as this tool shows it, in every format. Keys are only ever added. */
export interface Endpoint {
  id: string;
  projectId: string;
  provider: Provider;
  /** In the cloud's own spelling: `us-east-1`, `eastus2`, `us-central1`. */
  region: string;
  /** In Atlas's spelling: `US_EAST_1`, `US_EAST_2`, `CENTRAL_US`. */
  atlasRegion: string;
  /** One of the API's statuses, or one that it has added since; `DELETED` where the service is gone. */
  status: string;
  /** The AWS PrivateLink service, null while it is being created. */
  endpointServiceName: string | null;
  /** The interface endpoints attached to it, whatever the cloud calls them. */
  interfaceEndpoints: string[];
  errorMessage: string | null;
  /** ISO 8601, to the second; null where the id doesn't tell. */
  createdAt: string | null;
  /** Azure and GCP add keys of their own, named as in the API. */
  [key: string]: Json;
}

/** A project (older word: group). */
export interface Project {
  id: string;
  name: string;
}

/** Every key an endpoint can have, those of all clouds included. */
export const endpointKeys: readonly string[] = [
  ...['id', 'projectId', 'provider', 'region', 'atlasRegion', 'status'],
  ...['endpointServiceName', 'interfaceEndpoints', 'errorMessage', 'createdAt'],
  ...new Set(providers.flatMap((provider) => Object.keys(clouds[provider].service.keys))),
];

/**
 * Turns an answer of the API into the model. Unknown statuses and keys are fine, null or missing values too; what is no
 * service at all throws an answer error.
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

/** Turns an answer that should be a list of services into endpoints. */
export function toEndpoints(projectId: string, provider: Provider, answer: unknown): Endpoint[] {
  if (!Array.isArray(answer)) throw new AnswerError('Atlas answered something else than a list of services.');
  return answer.map((service) => toEndpoint(projectId, provider, service));
}

/** The same endpoint after Atlas said that it is no longer there. */
export function toDeleted(endpoint: Endpoint): Endpoint {
  return { ...endpoint, status: deleted };
}

export function toProject(answer: unknown): Project {
  const group = fields(answer, 'project');
  return { id: idOf(group, 'project'), name: text(group.name) ?? '' };
}
