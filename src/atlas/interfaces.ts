import { UsageError } from '../base/errors.js';
import { type Json, text } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import { isSameId } from '../clouds/shapes.js';
import type { Endpoint } from './model.js';
import { fields } from './read.js';
import { deleted, isLeaving } from './status.js';

/**
 * An interface endpoint that is attached to a private endpoint service, as every output format shows it. Azure and GCP add
 * their own keys, named as in the API.
 */
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
    /** The id of the private endpoint service that it is attached to. */
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

/** Whether it can't be used for connections: it failed, was rejected, is being removed, or is gone. */
export function hasEnded({ status }: Pick<InterfaceEndpoint, 'status'>): boolean {
  return isLeaving(status) || status === 'REJECTED' || status === 'FAILED';
}

/** Whether it may be in this account of the user's cloud. Only GCP's says where it is, and may have the name of another. */
export function mayBeIn(account: string, { gcpProjectId = account }: Readonly<Record<string, unknown>>): boolean {
  return gcpProjectId === account;
}

/** The model of an interface endpoint that no longer exists. */
export function goneInterface(service: Endpoint, id: string): InterfaceEndpoint {
  return toInterface(service, id, { cloudProvider: service.provider, status: deleted });
}

/** The id, or the last part of a resource id of Azure. */
export function shortName(id: string): string {
  return id.split('/').at(-1) ?? id;
}

/** Those with this id, or else those that have it as the last part of their id. */
export function withName<T extends { id: string }>(all: readonly T[], name: string): T[] {
  const same = all.filter(({ id }) => isSameId(id, name));
  return same.length > 0 ? same : all.filter(({ id }) => isSameId(shortName(id), name));
}

/** The cloud whose interface endpoint ids have this form. Undefined for a plain name, which several clouds may use. */
export function interfaceKind(id: string): Provider | undefined {
  return providers.find((provider) => hasMark(provider, id) && clouds[provider].interfaces.shape.pattern.test(id));
}

function hasMark(provider: Provider, id: string): boolean {
  return clouds[provider].interfaces.mark?.test(id) ?? false;
}

/** A name in GCP, or the last part of a resource id of Azure. */
const plainName = /^[a-z0-9](?:[\w.-]{0,78}\w)?$/i;

/** Checks that the text can name an interface endpoint of some cloud. Throws a usage error. */
export function checkAnyInterfaceId(id: string): string {
  const marked = providers.find((provider) => hasMark(provider, id));
  if ((marked ? clouds[marked].interfaces.shape.pattern : plainName).test(id)) return id;
  const examples = providers.map((provider) => clouds[provider].interfaces.shape.example);
  throw new UsageError(`'${id}' is not a valid interface endpoint id.`, `Examples: ${examples.join(', ')}`);
}
