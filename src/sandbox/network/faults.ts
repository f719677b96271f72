/** What can be wrong with private connection strings, by the part of the network that it needs. */
export const networkFaults = {
  'no-srv': 'dns',
  'no-address': 'dns',
  'public-address': 'dns',
  'other-endpoint': 'dns',
  'failing-txt': 'dns',
  'closed-port': 'mongo',
  'silent-port': 'mongo',
  certificate: 'mongo',
  'expired-certificate': 'mongo',
  'untrusted-certificate': 'mongo',
  'not-mongodb': 'mongo',
  'no-primary': 'mongo',
  'other-cluster': 'mongo',
} as const satisfies Record<string, 'dns' | 'mongo'>;

export type NetworkFault = keyof typeof networkFaults;

export const networkFaultNames = Object.keys(networkFaults) as readonly NetworkFault[];

export type NetworkFaults = ReadonlySet<NetworkFault>;
