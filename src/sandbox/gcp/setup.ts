import { knownRegions } from '../../clouds/regions.js';
import {
  anyKeys,
  asciiText,
  choice,
  ipRange,
  keysOf,
  type Readers,
  several,
  type Values,
  whole,
} from '../read-keys.js';

/* How the Google projects differ from the usual one, as the faults file says. Everything is optional. */

const subnetKeys = {
  name: asciiText,
  region: choice(knownRegions('GCP')),
  range: ipRange,
  purpose: asciiText,
  stackType: asciiText,
} satisfies Readers;
const readSubnet = keysOf(subnetKeys, 'name', 'region');
export type SubnetSetup = ReturnType<typeof readSubnet>;

/** Without `subnets`, a network has a subnet in each region, with its own name. */
const networkKeys = { name: asciiText, subnets: several(readSubnet) } satisfies Readers;

export const gcpApis = ['compute', 'cloudresourcemanager', 'servicedirectory'] as const;

const limit = whole(0, 1_000_000);

export const gcpKeys = {
  /** The project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject: asciiText,
  projects: several(asciiText),
  networks: several(keysOf(networkKeys, 'name')),
  /* Of all networks, as Google describes them. */
  firewalls: several(anyKeys),
  firewallPolicies: several(anyKeys),
  without: several(asciiText),
  quotas: keysOf({ INTERNAL_ADDRESSES: limit, PSC_INTERNAL_LB_FORWARDING_RULES: limit }),
  /** The APIs that are not enabled: `compute`. */
  disabledApis: several(choice(gcpApis)),
} satisfies Readers;

export type GcpSetup = Partial<Values<typeof gcpKeys>>;
