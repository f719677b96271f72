import type { Atlas } from '../atlas/client.js';
import type { Statuses } from '../atlas/model.js';
import type { Hint } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { RequestLimits } from '../http/ask.js';
import type { Row } from '../ui/view.js';
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

export interface Family<E extends AnyEndpoint = AnyEndpoint> {
  /** What messages call one. Its plural ends in `s`. */
  noun: string;
  statuses: Statuses;
  list(atlas: Atlas, place: Pick<E, 'projectId' | 'provider'>, limits?: RequestLimits): Promise<E[]>;
  read(atlas: Atlas, endpoint: E, limits?: RequestLimits): Promise<E>;
  /** Resolves as soon as Atlas has accepted the request. The endpoint disappears some time later. */
  remove(atlas: Atlas, endpoint: E): Promise<void>;
  isMissing(error: unknown): boolean;
  unknown: Row;
  toCreate(context: Pick<Context, 'settings'>, name: Named, filter: Filter, project?: string): Hint;
  toReplace(context: Pick<Context, 'io' | 'settings'>, endpoint: E, reference: string): Hint;
}

/* The older kind of service, without port mapping. Atlas will disable it. */

export function isOlder({ provider, portMappingEnabled }: AnyEndpoint) {
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
