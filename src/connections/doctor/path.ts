import { isIPv6 } from 'node:net';
import pLimit from 'p-limit';
import { isWithin } from '../../base/cidr.js';
import type { Clock } from '../../base/clock.js';
import { orNone } from '../../base/errors.js';
import { isLoopbackAddress } from '../../base/loopback.js';
import { onceByKey } from '../../base/once.js';
import { grouped } from '../../base/words.js';
import type { Context } from '../../endpoints/context.js';
import { bad, type CheckFault, warning } from './check.js';
import { connectAsDriver, type Seeds } from './driver.js';
import {
  type ClientCertificate,
  mostHosts,
  type Reached,
  reach,
  socksProxyOf,
  type Target,
  trustOf,
} from './reach.js';
import { openResolver } from './resolver.js';
import {
  type HostSubject,
  hostsIn,
  type NodeAddress,
  nodesOf,
  optionsOf,
  parseNode,
  type StringSubject,
} from './strings.js';

export interface Vantage {
  /** Names are looked up at this DNS server; default: those of this machine. */
  dnsServer: string | undefined;
  /** The certificate authority of the nodes, as PEM; default: those that Node trusts. */
  authority: string | undefined;
  /** Of this machine, if a server asks for one. */
  certificate?: ClientCertificate | undefined;
  ownAddresses: readonly string[];
  isLocalAtlas: boolean;
  hasNetwork: boolean;
  /** The user says that this machine must reach the nodes, wherever it seems to be. */
  isHere: boolean;
}

/** How long all checks together take at most, if not everything is slow at once, and what of that is for the connections. */
const budgetMs = 9000;
const networkMs = 3000;
const driverMs = 5000;
/** So that a long list of nodes opens no more sockets than this at a time. */
const mostSockets = 16;

/** Returns a share of the time that is left, without what is kept for later checks: milliseconds, between these limits. */
export function startBudget({ monotonic }: Pick<Clock, 'monotonic'>) {
  const deadline = monotonic() + budgetMs;
  return (most: number, least: number, share = 1, kept = networkMs) =>
    Math.max(least, Math.min(most, (deadline - kept - monotonic()) * share));
}

const untried: Reached = { failed: 'untried', reason: 'not tried, because no time was left', hello: null };

export type PathFacts = ReturnType<typeof openPath>;

export function openPath(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  vantage: Vantage,
  strings: () => Promise<readonly StringSubject[]>,
  part = startBudget(clock),
) {
  const { dnsServer } = vantage;
  const inTurn = pLimit(mostSockets);
  // It has a socket for each of usually three nodes, and one more.
  const inDriver = pLimit(mostSockets / 4);
  const reached = onceByKey();
  return {
    ...vantage,
    strings,
    resolver: openResolver(dnsServer, { timeoutMs: () => part(3000, 900), clock, signal }),
    reach: (target: Target) =>
      reached(JSON.stringify(target), () =>
        inTurn(async () => {
          const timeoutMs = part(networkMs, 0, 1, 0);
          if (timeoutMs === 0) return untried;
          return reach(target, { clock, signal, timeoutMs: Math.max(1000, timeoutMs) });
        }),
      ),
    /** What the driver says of a string. */
    verdict: (key: string, seeds: Seeds) =>
      reached(`driver ${key}`, () =>
        inDriver(() => connectAsDriver(seeds, { clock, signal, timeoutMs: part(driverMs, 1500, 1, 0) })),
      ),
    /** The addresses that Atlas has on record for the interface endpoints of a host. Empty if it has none. */
    recorded: async (_: Pick<StringSubject, 'services' | 'endpointIds'>): Promise<readonly string[]> => [],
  };
}

export type Tried = Reached & NodeAddress & { address: string };

export async function reachAll({ host, ports, strings }: HostSubject, facts: PathFacts) {
  const { resolver, reach } = facts;
  const options = await Promise.all(strings.map((string) => optionsOf(string, facts)));
  const asked = {
    isLoadBalanced: options.some((each) => each.get('loadbalanced') === 'true'),
    trust: trustOf(options, facts.authority, facts.certificate),
    hasFile: options.some((each) => each.has('tlscafile')),
  };
  const named = socksProxyOf(strings);
  if (named && !named.node) return [];
  const proxy = named?.node && { ...named.node, user: named.user };
  const tryPorts = (address: string) =>
    ports.map(async (port) => {
      const reached = await reach({ host, address, port, proxy, ...asked });
      return { host, address: proxy ? host : address, port, ...reached };
    });
  const addresses = await resolver.addresses(proxy?.host ?? host);
  const firsts = grouped(addresses, familyOf).map(([first]) => first);
  // So that many addresses of one host leave time for the other hosts.
  const tried = await Promise.all(firsts.flatMap(tryPorts));
  const others = await Promise.all(addresses.filter((each) => !firsts.includes(each)).flatMap(tryPorts));
  const families = grouped([...tried, ...others], ({ address }) => familyOf(address));
  // Drivers try both, so one suffices.
  return families.find((all) => all.every(({ failed }) => failed === null)) ?? families.flat();
}

function familyOf(address: string) {
  return isIPv6(address) ? 'IPv6' : 'IPv4';
}

/**
 * What the driver says of a string. Undefined: it is not asked, because no node answers as MongoDB does. Those that answer come
 * first, because it gets only some of very many. It has no limit of bytes, and a host that is no host makes it throw aside.
 */
export async function verdictOn(string: StringSubject, facts: PathFacts) {
  if (!facts.hasNetwork) return undefined;
  const tried = await triedAt(({ strings }) => strings.includes(string), facts);
  const answering = tried.filter(({ hello }) => hello !== null);
  const members = answering.flatMap(({ hello }) => hello?.hosts ?? []);
  if (answering.length === 0 || members.length >= mostHosts * answering.length || !members.every(parseNode))
    return undefined;
  const open = answering.map(({ host, port }) => `${host}:${port}`);
  const isFirst = ({ host, port }: NodeAddress) => Number(open.includes(`${host}:${port}`));
  const [nodes, options] = await Promise.all([nodesOf(facts, string), optionsOf(string, facts)]);
  return facts.verdict(`${string.key} ${options}`, {
    nodes: nodes.toSorted((one, other) => isFirst(other) - isFirst(one)),
    options,
    trust: trustOf([options], facts.authority, facts.certificate),
    addresses: facts.resolver.addresses,
  });
}

/** A warning if the driver connects with each of these strings, whatever is broken; otherwise an error. */
export async function judged(fault: CheckFault, strings: readonly StringSubject[], facts: PathFacts) {
  const verdicts = await Promise.all(strings.map((string) => verdictOn(string, facts)));
  return verdicts.every((verdict) => verdict?.node) ? warning({ blocks: true, ...fault }) : bad(fault);
}

/** Connects to these hosts. Those that can't be looked up are left out, which another check says. */
export async function triedAt(isWanted: (host: HostSubject) => boolean, facts: PathFacts) {
  const hosts = (await hostsIn(facts)).filter(isWanted);
  return (await Promise.all(hosts.map((host) => orNone(reachAll(host, facts), [])))).flat();
}

export function isOpen({ failed }: Reached) {
  return failed === null || failed === 'tls' || failed === 'hello';
}

export async function addressesIn(facts: PathFacts) {
  const hosts = await hostsIn(facts);
  const all = await Promise.all(hosts.map(({ host }) => orNone(facts.resolver.addresses(host), [])));
  return [...new Set(all.flat())];
}

/** Whether this machine reaches the network of the private endpoint: some port is open, or it may be in the same network. */
export async function isInside(facts: PathFacts) {
  const remote = await addressesIn(facts);
  if (facts.isLocalAtlas && remote.every(isLoopbackAddress)) return true;
  return remote.some((each) => isNear(each, facts)) || (await triedAt(() => true, facts)).some(isOpen);
}

/** IPv4 ranges that are not routed on the internet. RFC 6598's are for carriers, but networks in clouds may use them too. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** A VPC of AWS is not larger than this prefix. */
const networkBits = 16;

export function isNear(address: string, { ownAddresses }: Pick<PathFacts, 'ownAddresses'>) {
  return ownAddresses.some((own) => isWithin(withoutNat64(address), `${own}/${networkBits}`));
}

/** Atlas's nodes have IPv4 addresses. IPv6 leads to a tunnel of the user's own, unless it stands for one of those. */
export function isPrivate(address: string) {
  const own = withoutNat64(address);
  return isIPv6(own) || privateRanges.some((range) => isWithin(own, range));
}

/** The IPv4 address inside an IPv6 address of a network that has only IPv6 (RFC 6052, 2.1); any other address as it is. */
export function withoutNat64(address: string) {
  const [, high, low] = /^64:ff9b::([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  return Buffer.from(high.padStart(4, '0') + low.padStart(4, '0'), 'hex').join('.');
}
