import { type CloudSetup, subnet, tag } from '../setup.js';

/** The user's end in Azure: a private endpoint. */
export const azureSetup = {
  network: {
    subnet,
    vnet: { kind: 'value', term: '<name>', help: 'Azure: virtual network of the subnet' },
    resourceGroup: { kind: 'value', term: '<name>', help: 'Azure: resource group of the virtual network' },
    tag,
  },
  signIn: { subscription: { kind: 'value', term: '<id>', help: 'Azure: id of the subscription' } },
  networkTitle: 'virtual network',
  placeholder: 'RESOURCE_ID',
  steps: [{ id: 'private-endpoint', title: 'Private endpoint' }],
  checks: [
    { id: 'cloud-target', title: 'Target of the private endpoint' },
    { id: 'cloud-nsg', title: 'Network security group' },
    { id: 'cloud-dns-servers', title: 'DNS servers of the virtual network' },
  ],
  load: async () => (await import('./access.js')).azureAccess,
} as const satisfies CloudSetup;
