import type { Json } from '../base/json.js';
import type { Words } from '../base/shell.js';
import type { Provider } from '../clouds/all.js';
import type { RegionNames } from '../clouds/cloud.js';
import type { KindOptions } from './options.js';

/** A request for a new endpoint, as it was typed. */
interface Creation extends KindOptions {
  provider: Provider;
  place: RegionNames | undefined;
  /** The content of --file. */
  content: Readonly<Record<string, unknown>>;
  /** Reads a region of this provider. Throws usage errors. */
  readRegion(text: string): RegionNames;
}

export type KindBody = Readonly<Record<string, unknown>>;

/** A private endpoint that is not of clusters, as every output format shows it. */
export interface KindEndpoint {
  kind: string;
  id: string;
  projectId: string;
  provider: Provider | null;
  region: string | null;
  atlasRegion: string | null;
  status: string;
  errorMessage: string | null;
  createdAt: string | null;
  /** Each kind adds its own keys, named as in the API. */
  [key: string]: Json;
}

/** Everything that differs by kind. */
export interface Kind {
  name: string;
  /** What messages call one. */
  noun: string;
  /** The date of the API version. */
  version: string;
  /** The list, below the path of the project. `{provider}`: each cloud has a list. */
  path: string;
  /** The clouds that have this kind. The first one is the default. */
  providers: readonly Provider[];
  /** The names of these fields in the API. */
  fields: Readonly<Record<'id' | 'status' | 'region', string>>;
  /** The statuses in their order, and what they mean: it is the user's turn, it is being deleted, … */
  statuses: Readonly<Record<string, 'pending' | 'needsUser' | 'ready' | 'failed' | 'leaving'>>;
  /** The keys that only this kind has, and how each is read. */
  keys: Readonly<Record<string, (value: unknown) => Json>>;
  /** Of these, the columns of a table. */
  columns: readonly string[];
  /** How long one usually takes, if that is known. */
  usual?(endpoint: KindEndpoint): string | undefined;
  /** The roles that Atlas requires, as a sentence. */
  roles: string;
  /** What the user has to do at a status that needs the user, or when the endpoint is ready. */
  steps: { [phase in 'needsUser' | 'ready']?: (endpoint: KindEndpoint) => { text: string; command?: Words } };
  create: {
    options: readonly (keyof KindOptions)[];
    /** The cloud that the options imply. */
    provider?(options: KindOptions & Pick<Creation, 'content'>): Provider | undefined;
    /** Makes the body of the request. Throws usage errors. */
    body(creation: Creation): KindBody;
    /** Whether an endpoint is what the request asks for. There is never a second one. */
    isSame(endpoint: KindEndpoint, body: KindBody): boolean;
  };
}
