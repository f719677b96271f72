import { type Json, text, texts } from '../base/json.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import type { RegionNames } from '../clouds/facts.js';
import type { Fields } from './errors.js';
import { createdOn } from './ids.js';

/* The keys of JSON output. They have a file of their own because every start of a command reads them. */

/** A private endpoint service as Atlas returns it, and what is known from the request or follows from it. */
interface Source {
  answer: Fields;
  id: string;
  projectId: string;
  provider: Provider;
  names: RegionNames;
}

/** The keys of every endpoint, in the order of the output, and how each is read. Each cloud adds its own to these. */
export const sharedKeys = {
  id: ({ id }: Source): string => id,
  projectId: ({ projectId }: Source): string => projectId,
  provider: ({ provider }: Source): Provider => provider,
  /** In the cloud's spelling: `us-east-1`, `eastus2`, `us-central1`. */
  region: ({ names }: Source): string => names.region,
  /** In Atlas's spelling: `US_EAST_1`, `US_EAST_2`, `CENTRAL_US`. */
  atlasRegion: ({ names }: Source): string => names.atlasRegion,
  /** One of the API's statuses, or a newer one. `DELETED` if the service no longer exists. */
  status: ({ answer }: Source): string => text(answer.status) ?? 'UNKNOWN',
  /** The name of the AWS PrivateLink service; null while it is being created. */
  endpointServiceName: ({ answer }: Source): string | null => text(answer.endpointServiceName),
  interfaceEndpoints: ({ answer, provider }: Source): string[] => texts(answer[clouds[provider].service.attached]),
  errorMessage: ({ answer }: Source): string | null => text(answer.errorMessage),
  /** ISO 8601, precise to the second. Null if the id does not contain a time. */
  createdAt: ({ id }: Source): string | null => createdOn(id),
} as const satisfies Readonly<Record<string, (source: Source) => Json>>;

export type SharedKeys = { -readonly [Key in keyof typeof sharedKeys]: ReturnType<(typeof sharedKeys)[Key]> };

export const endpointKeys: readonly string[] = [
  ...Object.keys(sharedKeys),
  ...new Set(providers.flatMap((provider) => Object.keys(clouds[provider].service.keys))),
];

/** The columns of a table of endpoints that are not keys, each with the key that has its value. */
const columns = {
  interfaces: 'interfaceEndpoints',
  age: 'createdAt',
  service: 'endpointServiceName',
  project: 'projectId',
};

/** The columns that --fields and --sort accept besides these keys. Only tables of private endpoints have any. */
export function columnsBeside(keys: readonly string[]): Record<string, string> {
  if (!keys.includes(columns.age)) return {};
  return Object.fromEntries(Object.entries(columns).filter(([, key]) => keys.includes(key)));
}

export const interfaceKeys: readonly string[] = [
  ...['id', 'projectId', 'endpointId', 'provider', 'region', 'atlasRegion', 'status', 'errorMessage'],
  ...new Set(providers.flatMap((provider) => Object.keys(clouds[provider].interfaces.keys))),
];
