import { UsageError } from '../../base/errors.js';
import { knownRegions } from '../../clouds/regions.js';
import { parseCidr } from '../aws/cidr.js';
import {
  asciiText,
  choice,
  keysOf,
  type Read,
  type Readers,
  several,
  shown,
  type Values,
  whole,
} from '../read-keys.js';

/* How the Google projects differ from the usual one, as the faults file says. Everything is optional. */

const gcpSubnetKeys = {
  name: asciiText,
  region: choice(knownRegions('GCP')),
  range: readRange4,
  purpose: asciiText,
  stackType: asciiText,
} satisfies Readers;

/** Without `subnets`, a network has a subnet in each region, with its own name. */
const gcpNetworkKeys = { name: asciiText, subnets: several(keysOf(gcpSubnetKeys, 'name', 'region')) } satisfies Readers;

/** The user's Google Cloud, where it is not the usual one. */
export const gcpKeys = {
  /** The project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject: asciiText,
  projects: several(asciiText),
  networks: several(keysOf(gcpNetworkKeys, 'name')),
  /* Of all networks, as Google describes them. */
  firewalls: several(anyKeys),
  firewallPolicies: several(anyKeys),
  /** The permissions that the user does not have. */
  without: several(asciiText),
  /** Their limits, by metric: `INTERNAL_ADDRESSES`. */
  quotas: (value, key) => mapValues(anyKeys(value, key), whole(0, 1_000_000)),
  /** The APIs that are not enabled: `compute`. */
  disabledApis: several(choice(['compute', 'cloudresourcemanager', 'servicedirectory'])),
} satisfies Readers;

export type GcpSetup = Partial<Values<typeof gcpKeys>>;

function anyKeys(value: unknown, key: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`'${key}' has no keys.`);
}

function mapValues<T>(object: Record<string, unknown>, read: Read<T>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, read(value, key)]));
}

function readRange4(value: unknown, key: string): string {
  if (parseCidr(shown(value))) return shown(value);
  throw new UsageError(`'${shown(value)}' is not a valid value of '${key}'.`, 'Example: 10.0.0.0/24');
}
