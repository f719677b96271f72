import { isIPv6 } from 'node:net';
import { isWithin } from '../../base/cidr.js';
import { orNone } from './facts.js';
import type { PathFacts } from './open-facts.js';
import type { Reached } from './reach.js';
import { type HostSubject, hostsIn, type NodeAddress } from './strings.js';

/* How this machine reaches the hosts of the connection strings, for the checks of several categories. */

export type Tried = Reached & NodeAddress & { address: string };

export async function reachAll({ host, ports }: HostSubject, { resolver, reach }: PathFacts): Promise<Tried[]> {
  const tryPorts = (address: string) =>
    ports.map(async (port) => ({ host, address, port, ...(await reach({ host, address, port })) }));
  const [first, ...others] = await resolver.addresses(host);
  // So that many addresses of one host leave time for the other hosts.
  const tried = await Promise.all(first === undefined ? [] : tryPorts(first));
  return [...tried, ...(await Promise.all(others.flatMap(tryPorts)))];
}

/** Connects to these hosts. Those that can't be looked up are left out, which another check says. */
export async function triedAt(isWanted: (host: HostSubject) => boolean, facts: PathFacts): Promise<Tried[]> {
  const hosts = (await hostsIn(facts)).filter(isWanted);
  return (await Promise.all(hosts.map((host) => orNone(reachAll(host, facts))))).flat();
}

export function isOpen({ failed }: Reached): boolean {
  return failed === null || failed === 'tls' || failed === 'hello';
}

export async function addressesIn(facts: PathFacts): Promise<string[]> {
  const hosts = await hostsIn(facts);
  const all = await Promise.all(hosts.map(({ host }) => orNone(facts.resolver.addresses(host))));
  return [...new Set(all.flat())];
}

/** Whether this machine reaches the network of the private endpoint: some port is open, or it may be in the same network. */
export async function isInside(facts: PathFacts): Promise<boolean> {
  const remote = await addressesIn(facts);
  return remote.some((each) => isNear(each, facts)) || (await triedAt(() => true, facts)).some(isOpen);
}

/** IPv4 ranges that are not routed on the internet. RFC 6598's are for carriers, but networks in clouds may use them too. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** A VPC of AWS is not larger than this prefix. */
const networkBits = 16;

/** Whether an address may be in the network of this machine. */
export function isNear(address: string, { ownAddresses }: Pick<PathFacts, 'ownAddresses'>): boolean {
  return ownAddresses.some((own) => isWithin(address, `${own}/${networkBits}`));
}

/** Atlas's nodes have IPv4 addresses. IPv6 leads to a tunnel of the user's own. */
export function isPrivate(address: string): boolean {
  return isIPv6(address) || privateRanges.some((range) => isWithin(address, range));
}
