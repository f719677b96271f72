import { type CloudSetup, subnet } from '../setup.js';

/** The user's end in GCP: an address and a forwarding rule. */
export const gcpSetup = {
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
} as const satisfies CloudSetup;
