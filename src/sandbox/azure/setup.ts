import { knownRegions } from '../../clouds/regions.js';
import { choice, ipRange, keysOf, like, type Readers, several, type Values, whole, yesOrNo } from '../read-keys.js';

/* How the subscription differs from the usual one, as the faults file says. Everything is optional. */

const name = like(/^\w[\w.-]{0,79}$/, 'apps');

/** Default: a rule that denies everything that comes in. */
const ruleKeys = {
  access: choice(['Allow', 'Deny']),
  direction: choice(['Inbound', 'Outbound']),
  source: like(/^\S+$/, '10.0.0.0/8'),
  ports: like(/^\d+(?:-\d+)?$/, '1024-2524'),
  priority: whole(100, 4096),
} satisfies Readers;

const subnetKeys = {
  name,
  range: ipRange,
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
  group: like(/^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,79}$/u, 'apps'),
  dnsServers: several(like(/^(?:\d{1,3}\.){3}\d{1,3}$/, '10.0.0.53')),
  subnets: several(keysOf(subnetKeys, 'name')),
} satisfies Readers;

export const azureKeys = {
  /** Default: one in each region. */
  networks: several(keysOf(networkKeys, 'name', 'region')),
  /** The actions that the caller may not do. */
  without: several(like(/^Microsoft\.\w+(?:\/\w+)+$/i, 'Microsoft.Network/privateEndpoints/write')),
  /** A lock on every resource group. */
  lock: choice(['CanNotDelete', 'ReadOnly']),
  /** The name of a policy that denies private endpoints. */
  policy: name,
  /** Whether the resource provider Microsoft.Network is registered. */
  registered: yesOrNo,
} satisfies Readers;

/** How the subscription differs from the usual one. */
export type AzureSetup = Partial<Values<typeof azureKeys>>;
export type VnetSubnetSetup = Partial<Values<typeof subnetKeys>>;
export type RuleSetup = Partial<Values<typeof ruleKeys>>;
