import { UsageError } from '../base/errors.js';
import { type Json, text } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import type { Endpoint } from './model.js';
import { fields } from './read.js';
import { deleted, isLeaving } from './status.js';

/** An interface endpoint that is attached to a private endpoint service, as this tool shows it in every format. */
export interface InterfaceEndpoint {
  /** AWS `vpce-…`, the resource id of an Azure private endpoint, the name of a GCP endpoint group. */
  id: string;
  projectId: string;
  /** The private endpoint service that it is attached to. */
  endpointId: string;
  provider: Provider;
  /** The region of the service, in the cloud's own spelling. */
  region: string;
  /** What AWS calls connectionStatus, the others status; `DELETED` where it is gone. */
  status: string;
  errorMessage: string | null;
  /** Azure and GCP add keys of their own, named as in the API. */
  [key: string]: Json;
}

/** Every key an interface endpoint can have, those of all clouds included. */
export const interfaceKeys: readonly string[] = [
  ...['id', 'projectId', 'endpointId', 'provider', 'region', 'status', 'errorMessage'],
  ...new Set(providers.flatMap((provider) => Object.keys(clouds[provider].interfaces.keys))),
];

/** Turns an answer of the API into the model. `id` is the one that was asked for: each cloud has another key for it. */
export function toInterface(
  { id: endpointId, projectId, provider, region }: Endpoint,
  id: string,
  answer: unknown,
): InterfaceEndpoint {
  const found = fields(answer, 'interface endpoint');
  const cloud = providers.find((name) => name === found.cloudProvider) ?? provider;
  return {
    id,
    projectId,
    endpointId,
    provider: cloud,
    region,
    status: text(found.connectionStatus) ?? text(found.status) ?? 'UNKNOWN',
    errorMessage: text(found.errorMessage),
    ...Object.fromEntries(Object.entries(clouds[cloud].interfaces.keys).map(([key, read]) => [key, read(found[key])])),
  };
}

/** Whether nobody can connect through it any more: it failed, was refused, is being removed or is gone. */
export function hasEnded({ status }: Pick<InterfaceEndpoint, 'status'>): boolean {
  return isLeaving(status) || status === 'REJECTED' || status === 'FAILED';
}

/** An interface endpoint that Atlas no longer has. */
export function goneInterface(service: Endpoint, id: string): InterfaceEndpoint {
  return toInterface(service, id, { cloudProvider: service.provider, status: deleted });
}

/** The cloud whose interface endpoints have ids of this form; undefined for a name, which several clouds may have. */
export function interfaceKind(id: string): Provider | undefined {
  return providers.find((provider) => hasMark(provider, id) && clouds[provider].interfaces.shape.pattern.test(id));
}

/** The clouds that may have an interface endpoint of this id. */
export function interfaceClouds(id: string): Provider[] {
  const marked = providers.filter((provider) => hasMark(provider, id));
  return (marked.length > 0 ? marked : providers).filter((provider) =>
    clouds[provider].interfaces.shape.pattern.test(id),
  );
}

function hasMark(provider: Provider, id: string): boolean {
  return clouds[provider].interfaces.mark?.test(id) ?? false;
}

/** Checks what may be the id of an interface endpoint of any cloud. Throws a usage error. */
export function checkAnyInterfaceId(id: string): string {
  if (interfaceClouds(id).length > 0) return id;
  const examples = providers.map((provider) => clouds[provider].interfaces.shape.example);
  throw new UsageError(`'${id}' is not an interface endpoint.`, `For example ${examples.join(', ')}`);
}
