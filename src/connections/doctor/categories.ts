import type { Category } from './check.js';
import { cloudChecks } from './cloud.js';
import { clusterChecks } from './clusters.js';
import { dnsChecks } from './dns.js';
import type { Facts } from './facts.js';
import { interfaceChecks } from './interface.js';
import { keyChecks } from './key.js';
import { networkChecks } from './network.js';
import { serviceChecks } from './service.js';

/** The checks in the order in which things break. */
export function categoriesOf({ hasCloud, hasNetwork }: { hasCloud: boolean; hasNetwork: boolean }): Category<Facts>[] {
  return [
    keyChecks,
    serviceChecks,
    interfaceChecks,
    clusterChecks,
    dnsChecks,
    ...(hasCloud ? [cloudChecks] : []),
    ...(hasNetwork ? [networkChecks] : []),
  ];
}
