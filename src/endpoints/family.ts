import type { ApiRequest, Atlas } from '../atlas/client.js';
import type { Endpoint, Statuses } from '../atlas/model.js';
import type { Hint } from '../base/errors.js';
import type { Json } from '../base/json.js';
import type { Words } from '../base/shell.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { ReadyTimes } from '../clouds/facts.js';
import type { RequestLimits } from '../http/ask.js';
import type { Row, View } from '../ui/view.js';
import type { Context } from './context.js';
import type { Filter, Named } from './name.js';

export interface AnyEndpoint {
  id: string;
  projectId: string;
  provider: Provider;
  region: string | null;
  atlasRegion: string | null;
  status: string;
  errorMessage: string | null;
  createdAt: string | null;
  [key: string]: Json;
}

interface Step {
  text: string;
  command?: Words;
}

/** What differs between the services of clusters and each other kind of private endpoints. */
export interface Family<E extends AnyEndpoint = AnyEndpoint> {
  /** The value of --kind. Undefined for services. */
  name: string | undefined;
  flags: readonly string[];
  /** What messages call one. Its plural ends in `s`. */
  noun: string;
  statuses: Statuses;
  view: Omit<View, 'single' | 'rows'>;
  providers: readonly Provider[];
  /** The name of the list that has those of a cloud: the cloud, or the first one if a list has all of them. */
  listOf(provider: Provider): Provider;
  list(atlas: Atlas, place: Pick<E, 'projectId' | 'provider'>, limits?: RequestLimits): Promise<E[]>;
  read(atlas: Atlas, endpoint: E, limits?: RequestLimits): Promise<E>;
  /** Resolves as soon as Atlas has accepted the request. The endpoint disappears some time later. */
  remove(atlas: Atlas, endpoint: E): Promise<void>;
  isMissing(error: unknown): boolean;
  unknown: Row;
  toCreate(context: Pick<Context, 'settings'>, name: Named, filter: Filter, project?: string): Hint;
  toReplace(context: Pick<Context, 'io' | 'settings'>, endpoint: E, reference: string): Hint;
  /** The recorded times until an endpoint with this status is ready. */
  readyTimes?(endpoint: E): ReadyTimes | undefined;
  /** How long it usually takes until ready, without records. */
  usual?(endpoint: E): string | undefined;
  /** What the user has to do at a status that needs the user, or when the endpoint is ready. */
  steps: { needsUser?(endpoint: E): Step; ready?(endpoint: E): Step | undefined };
  /** Adds what only another list has. A command that shows one endpoint calls it. */
  complete?(atlas: Atlas, endpoint: E): Promise<E>;
}

export function listsOf({ providers, listOf }: Family, clouds: readonly Provider[]): Provider[] {
  return [...new Set(clouds.filter((cloud) => providers.includes(cloud)).map(listOf))];
}

export function isService(endpoint: AnyEndpoint): endpoint is Endpoint {
  return 'interfaceEndpoints' in endpoint;
}

/** What to create, as it was typed. */
export interface Draft {
  request(projectId: string): ApiRequest;
  /** If it exists already, throws an error that names it, or with `orExisting` returns it. */
  create(orExisting: boolean): Promise<AnyEndpoint>;
}

/* The older kind of service, without port mapping. Atlas will disable it. */

export function isOlder({ provider, portMappingEnabled }: Endpoint) {
  return clouds[provider].older !== undefined && portMappingEnabled !== true;
}

/** Whether a new service has port mapping by default. Undefined for a cloud with only one kind of services. */
export function newPortMapping(provider: Provider): true | undefined {
  return clouds[provider].older ? true : undefined;
}

/** Whether Atlas has disabled the older kind of services of this cloud. `now` is that of `Clock.now()`. */
export function isOlderDisabled(provider: Provider, now: number) {
  const { older } = clouds[provider];
  return older !== undefined && now >= older.endsAt;
}
