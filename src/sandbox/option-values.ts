/* Values of options. The definitions of commands load them at every start, so nothing else is here. */

/** The statuses of a service that is ready. The documentation of the API says WAITING_FOR_USER, the live API returns AVAILABLE. */
export const readyStatuses = ['WAITING_FOR_USER', 'AVAILABLE'] as const;

export type ReadyStatus = (typeof readyStatuses)[number];

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
