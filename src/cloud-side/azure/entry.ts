import { type CloudEntry, type CloudFlags, subnet, tag } from '../entry.js';

const network = {
  subnet,
  vnet: { kind: 'value', term: '<name>', help: 'Azure: virtual network of the subnet' },
  resourceGroup: { kind: 'value', term: '<name>', help: 'Azure: resource group of the virtual network' },
  tag,
} as const satisfies CloudFlags;

const signIn = {
  subscription: { kind: 'value', term: '<id>', help: 'Azure: id of the subscription' },
} as const satisfies CloudFlags;

/** The user's side in Azure: a private endpoint. */
export const azureEntry = {
  network,
  search: {},
  signIn,
  elsewhere: undefined,
  networkTitle: 'virtual network',
  mayAsk: false,
  placeholder: 'RESOURCE_ID',
  removals: [{ id: 'private-endpoint', title: 'Private endpoint' }],
  checks: [
    { id: 'cloud-target', title: 'Target of the private endpoint' },
    { id: 'cloud-nsg', title: 'Network security group' },
    { id: 'cloud-dns-servers', title: 'DNS servers of the virtual network' },
  ],
  load: () => import('./access.js'),
} as const satisfies CloudEntry;
