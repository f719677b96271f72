/*
 * What can be wrong between a client and the nodes of a cluster. Each fault concerns all private connection strings.
 */

/** For each fault: the part of the network that it needs. */
export const networkFaults = {
  'no-srv': { needs: 'dns' },
  'no-address': { needs: 'dns' },
  'public-address': { needs: 'dns' },
  'other-endpoint': { needs: 'dns' },
  'failing-txt': { needs: 'dns' },
  'closed-port': { needs: 'mongo' },
  'silent-port': { needs: 'mongo' },
  certificate: { needs: 'mongo' },
  'expired-certificate': { needs: 'mongo' },
  'untrusted-certificate': { needs: 'mongo' },
  'not-mongodb': { needs: 'mongo' },
  'no-primary': { needs: 'mongo' },
  'other-cluster': { needs: 'mongo' },
} as const satisfies Record<string, { needs: 'dns' | 'mongo' }>;

export type NetworkFault = keyof typeof networkFaults;

export const networkFaultNames = Object.keys(networkFaults) as readonly NetworkFault[];

export type NetworkFaults = ReadonlySet<NetworkFault>;
