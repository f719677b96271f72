import type { Fields, Roles } from '../../atlas/errors.js';
import type { Json } from '../../base/json.js';
import type { Provider } from '../../clouds/all.js';
import type { RegionNames } from '../../clouds/facts.js';
import { value } from '../../command.js';
import type { AnyEndpoint, Family } from '../family.js';

/** The options of `create` that only some kinds have. */
export const kindFlags = {
  endpoint: value('<id>', 'interface endpoint to register'),
  dnsName: value('<name>', 'its DNS name'),
  ip: value('<ip>', 'its IP address'),
  linkId: value('<id>', 'its link id'),
  comment: value('<text>', 'a note on it'),
  vpcRegion: value('<region>', 'region that it is used from', 'newRegions'),
  serviceName: value('<name>', 'Atlas service, if this version does not know it'),
  file: value('<file>', 'JSON file with the request', 'files'),
} as const;

export type KindOptions = { [Name in keyof typeof kindFlags]?: string | undefined };

interface Creation extends KindOptions {
  provider: Provider;
  place: RegionNames | undefined;
  content: Readonly<Record<string, unknown>>;
  /** Reads a region of this provider. Throws usage errors. */
  readRegion(text: string): RegionNames;
  /** In the sandbox, an error must not have a line of a cloud's CLI: it would act on a real account. */
  isSandbox: boolean;
}

export type KindBody = Readonly<Record<string, unknown>>;

/** A private endpoint that is not of clusters, as every output format shows it. Each kind adds its own keys, named as in the API. */
export interface KindEndpoint extends AnyEndpoint {
  kind: string;
}

/** Everything that differs by kind. The first provider is the default. */
export interface Kind extends Pick<Family<KindEndpoint>, 'noun' | 'statuses' | 'providers' | 'usual' | 'steps'> {
  name: string;
  /** The date of the API version. */
  version: string;
  /** The list, below the path of the project. `{provider}`: each cloud has a list. */
  path: string;
  fields: Readonly<Record<'id' | 'status' | 'region', string>>;
  /** The keys that only this kind has, and how each is read. */
  keys: Readonly<Record<string, (value: unknown) => Json>>;
  columns: readonly string[];
  /** One of the keys whose values another list has: its path below that of the project, and how to read an item. */
  extra?: { key: string; path: string; read(endpoint: KindEndpoint, item: Fields): string[] };
  /** Its resource in Terraform's provider for Atlas. `providers`: the clouds that it supports, if not all. */
  terraform?: {
    type: string;
    providers?: readonly Provider[];
    importId(endpoint: Pick<KindEndpoint, 'projectId' | 'provider' | 'id'>): string;
    /** Each with its name in the API: `cloud_provider=cloudProvider`. */
    attributes: string;
  };
  roles: Roles;
  create: {
    options: readonly (keyof KindOptions)[];
    provider?(options: KindOptions & Pick<Creation, 'content'>): Provider | undefined;
    /** Makes the body of the request. Throws usage errors. */
    body(creation: Creation): KindBody;
    /** Whether an endpoint is what the request asks for. There is never a second one. */
    isSame(endpoint: KindEndpoint, body: KindBody): boolean;
  };
}
