import { type CloudSetup, subnet, tag } from '../setup.js';

const vpcRegion = { kind: 'value', term: '<region>', from: 'awsRegions' } as const;

/** The user's end in AWS: a VPC endpoint and its security group. */
export const awsSetup = {
  network: {
    subnet,
    tag,
    vpc: { kind: 'value', term: '<id>', help: 'AWS: VPC (default: the only one), in all its zones' },
    securityGroup: { kind: 'values', term: '<id>', help: 'AWS: security groups (default: a new one)' },
    from: { kind: 'values', term: '<source>', help: 'AWS: what the new group lets in (default: the VPC)' },
    vpcRegion: { ...vpcRegion, help: 'AWS: region of the VPC, if not that of the service' },
  },
  search: {
    vpcRegion: {
      ...vpcRegion,
      help: 'also search this region for resources that connect created (needed if the service is gone)',
    },
  },
  signIn: { awsProfile: { kind: 'value', term: '<name>', help: 'AWS profile to use' } },
  elsewhere: 'vpcRegion',
  networkTitle: 'VPC',
  mayAsk: true,
  placeholder: 'VPCE_ID',
  steps: [
    { id: 'vpc-endpoint', title: 'VPC endpoint' },
    { id: 'security-group', title: 'Security group' },
  ],
  checks: [
    { id: 'cloud-ports', title: 'Security groups' },
    { id: 'cloud-dns', title: 'DNS in the VPC' },
    { id: 'cloud-zones', title: 'Availability zones' },
    { id: 'cloud-acl', title: 'Network ACLs' },
    { id: 'cloud-client', title: 'Client' },
    { id: 'cloud-routes', title: 'Route tables', needs: ['cloud-client'] },
    { id: 'cloud-egress', title: 'Outbound rules', needs: ['cloud-client'] },
    {
      id: 'cloud-path',
      title: 'Path from a client',
      needs: ['cloud-ports', 'cloud-acl', 'cloud-routes', 'cloud-egress'],
    },
  ],
  load: async () => (await import('./access.js')).awsAccess,
} as const satisfies CloudSetup;
