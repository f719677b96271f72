import { UsageError } from '../../base/errors.js';
import { didYouMean } from '../../base/suggest.js';
import { type NetworkFault, networkFaultNames, networkFaults } from '../../sandbox/network/faults.js';
import { parsePort } from './options.js';

export interface NetworkFlags {
  dnsPort?: string | undefined;
  mongoPorts?: boolean | undefined;
  networkFault?: readonly string[] | undefined;
}

/** What `startNetwork` takes. */
interface Network {
  dnsPort: number | null;
  mongo: 'own' | false;
  faults: readonly NetworkFault[];
}

/** For each part of the network: the option that starts it. */
const options = { dns: '--dns-port', mongo: '--mongo-ports' } as const;

/** Reads the options. Null if no part of the network is wanted. Throws usage errors. */
export function readNetworkFlags({ dnsPort, mongoPorts = false, networkFault = [] }: NetworkFlags): Network | null {
  const faults = networkFault.map(parseFault);
  const has = { dns: dnsPort !== undefined, mongo: mongoPorts };
  for (const fault of faults) {
    const { needs } = networkFaults[fault];
    if (!has[needs]) throw new UsageError(`The fault ${fault} requires ${options[needs]}.`, `Add ${options[needs]}.`);
  }
  if (!has.dns && !has.mongo) return null;
  return { dnsPort: dnsPort === undefined ? null : parsePort(dnsPort), mongo: mongoPorts && 'own', faults };
}

function parseFault(text: string): NetworkFault {
  const fault = networkFaultNames.find((name) => name === text.trim().toLowerCase());
  if (fault) return fault;
  throw new UsageError(`'${text}' is not a valid network fault.`, didYouMean(text, networkFaultNames));
}
