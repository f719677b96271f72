/** What can be wrong with the names and ports of private connection strings. */
export const networkFaultNames = [
  'no-srv',
  'no-address',
  'public-address',
  'other-endpoint',
  'failing-txt',
  'closed-port',
  'silent-port',
  'certificate',
  'expired-certificate',
  'untrusted-certificate',
  'not-mongodb',
  'no-primary',
  'other-cluster',
] as const;

export type NetworkFault = (typeof networkFaultNames)[number];

export type NetworkFaults = ReadonlySet<NetworkFault>;
