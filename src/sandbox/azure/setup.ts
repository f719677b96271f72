import { knownRegions } from '../../clouds/regions.js';
import { asciiText, choice, keysOf, like, type Readers, several, type Values, whole, yesOrNo } from '../read-keys.js';

/* How the subscriptions differ from the usual ones, as the faults file says. Everything is optional. */

const name = like(/^\w[\w.-]{0,79}$/, 'apps');

/** Default: a rule that denies everything that comes in. */
const ruleKeys = {
  access: choice(['Allow', 'Deny']),
  direction: choice(['Inbound', 'Outbound']),
  protocol: choice(['*', 'Tcp', 'Udp', 'Icmp']),
  source: asciiText,
  ports: like(/^\d+(?:-\d+)?$/, '1024-2524'),
  priority: whole(100, 4096),
} satisfies Readers;

const subnetKeys = {
  name,
  range: like(/^(?:\d{1,3}\.){3}\d{1,3}\/(?:[12]\d)$/, '10.0.1.0/24'),
  delegation: like(/^Microsoft\.\w+\/\w+$/, 'Microsoft.Web/serverFarms'),
  /** Its privateEndpointNetworkPolicies. */
  policies: choice(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled', 'RouteTableEnabled']),
  /** No address is left. */
  full: yesOrNo,
  /** Those of its network security group. Default: it has no such group. */
  rules: several(keysOf(ruleKeys)),
} satisfies Readers;

const networkKeys = {
  name,
  region: choice(knownRegions('AZURE')),
  group: name,
  subscription: like(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, '11111111-2222-3333-4444-555555555555'),
  dnsServers: several(like(/^(?:\d{1,3}\.){3}\d{1,3}$/, '10.0.0.53')),
  subnets: several(keysOf(subnetKeys)),
} satisfies Readers;

export const azureKeys = {
  /** Default: one in each region. */
  networks: several(keysOf(networkKeys)),
  /** The actions that the caller may not do. */
  without: several(like(/^Microsoft\.\w+(?:\/\w+)+$/i, 'Microsoft.Network/privateEndpoints/write')),
  /** A lock on every resource group. */
  lock: choice(['CanNotDelete', 'ReadOnly']),
  /** The name of a policy that denies private endpoints. */
  policy: name,
  /** Whether the resource provider Microsoft.Network is registered. */
  registered: yesOrNo,
} satisfies Readers;

export type NetworkSetup = Partial<Values<typeof networkKeys>>;
export type SubnetSetup = Partial<Values<typeof subnetKeys>>;
export type RuleSetup = Partial<Values<typeof ruleKeys>>;
