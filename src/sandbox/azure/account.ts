import { knownRegions } from '../../clouds/regions.js';
import type { Lifetime } from '../lifetime.js';
import * as read from '../read-keys.js';

/** After a failure, a PUT creates it again. */
export interface PrivateEndpoint extends Lifetime {
  /** As ARM returns it. Its name has the case of the first PUT. */
  id: string;
  location: string;
  tags: Readonly<Record<string, string>>;
  subnetId: string;
  /** The id of the Atlas service that it connects to. */
  serviceId: string;
  connection: { name: string; privateLinkServiceId: string; requestMessage: string };
  address: string;
  isAttached: boolean;
}

export interface AzureAccount {
  resources: readonly PrivateEndpoint[];
}

/* How the subscription differs from the usual one, as the faults file says. Everything is optional. */

/** Default: a rule that denies everything that comes in. */
const ruleKeys = {
  access: read.choice(['Allow', 'Deny']),
  direction: read.choice(['Inbound', 'Outbound']),
  source: read.lineOfText,
  ports: read.lineOfText,
  priority: read.whole(100, 4096),
} satisfies read.Readers;

const subnetKeys = {
  name: read.lineOfText,
  range: read.ipRange,
  delegation: read.lineOfText,
  policies: read.choice(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled']),
  /** No address is left. */
  full: read.yesOrNo,
  /** Those of its network security group. Default: it has no such group. */
  rules: read.several(read.keysOf(ruleKeys)),
} satisfies read.Readers;

const networkKeys = {
  name: read.lineOfText,
  region: read.choice(knownRegions('AZURE')),
  group: read.lineOfText,
  dnsServers: read.several(read.lineOfText),
  subnets: read.several(read.keysOf(subnetKeys, 'name')),
} satisfies read.Readers;

export const azureKeys = {
  /** Default: one in each region. */
  networks: read.several(read.keysOf(networkKeys, 'name', 'region')),
  without: read.several(read.lineOfText),
  lock: read.choice(['CanNotDelete', 'ReadOnly']),
  policy: read.lineOfText,
  registered: read.yesOrNo,
} satisfies read.Readers;

export type AzureSetup = Partial<read.Values<typeof azureKeys>>;
export type VnetSubnetSetup = Partial<read.Values<typeof subnetKeys>>;
export type RuleSetup = Partial<read.Values<typeof ruleKeys>>;
