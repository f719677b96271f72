import { type CloudEntry, subnet } from '../entry.js';

/** The user's side in GCP: an address and a forwarding rule. */
export const gcpEntry = {
  network: {
    subnet,
    network: { kind: 'value', term: '<name>', help: 'GCP: VPC network of the subnet' },
    globalAccess: { kind: 'flag', help: 'GCP: allow clients in other regions' },
  },
  signIn: { gcpProject: { kind: 'value', term: '<id>', help: 'GCP: project of the forwarding rule' } },
  networkTitle: 'VPC network',
  placeholder: 'RULE',
  steps: [
    { id: 'forwarding-rule', title: 'Forwarding rule' },
    { id: 'address', title: 'Address' },
  ],
  checks: [
    { id: 'cloud-target', title: 'Target of the forwarding rule' },
    { id: 'cloud-firewall', title: 'Egress firewall rules' },
    { id: 'cloud-global-access', title: 'Global access' },
  ],
  load: async () => (await import('./access.js')).gcpAccess,
} as const satisfies CloudEntry;
