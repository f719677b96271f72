import { BlockList } from 'node:net';
import { isLoopbackAddress } from '../../atlas/base-url.js';
import { counted, listed } from '../../base/listed.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Category, type Check, checksOnce, checksOver, good, skipped, warning } from './check.js';
import { type Facts, orNone } from './facts.js';
import type { Reached } from './reach.js';
import { type HostSubject, hostsIn } from './strings.js';
import { itemsOf } from './summary.js';

const place: Check<Facts> = {
  id: 'network-place',
  title: 'Network location',
  needs: ['cluster-string'],
  run: async (_, facts) => {
    const remote = await addressesIn(facts);
    if (remote.length === 0) return skipped('the private endpoint has no address');
    const own = listed(facts.ownAddresses) || 'no address';
    if (facts.isLocalAtlas && remote.every(isLoopbackAddress)) return good('the sandbox is on this machine');
    if (await isInside(facts)) return good(`this machine (${own}) can reach the network of the private endpoint`);
    return warning({
      brief: 'this machine may be outside the network of the private endpoint',
      detail: `this machine (${own}) does not seem to be in the network of the private endpoint (${listed(remote)}). Connections may fail here`,
      hint: 'Run doctor on a machine in that network, or skip the connection checks with --no-network.',
    });
  },
};

type HostCheck = Check<Facts, HostSubject>;

const tcp: HostCheck = {
  id: 'network-tcp',
  title: 'TCP connections',
  needs: ['dns-address'],
  run: async (subject, facts) => {
    const all = await reachAll(subject, facts);
    const failed = all.filter(({ tcp }) => tcp !== 'open');
    if (failed.length === 0) {
      const nodes = subject.ports.map((port) => `${subject.host}:${port}`);
      return good(`${all.length} of ${all.length} open: ${placesOf(all)}`, nodes);
    }
    const fault = {
      brief: `cannot connect to ${subject.host}`,
      detail: `${failed.length} of ${all.length} connections failed: ${byReason(failed, reasonOf)}`,
      hint: hintOf(subject, failed),
    };
    // Outside of the network it is not the endpoint's fault.
    return (await isInside(facts)) ? bad(fault) : warning(fault);
  },
};

const tls: HostCheck = {
  id: 'network-tls',
  title: 'TLS certificates',
  needs: ['dns-address'],
  run: async (subject, facts) => {
    const open = (await reachAll(subject, facts)).filter(({ tcp }) => tcp === 'open');
    if (open.length === 0) return skipped('there is no TCP connection');
    const failed = open.filter(({ tls }) => tls !== null);
    if (failed.length === 0) return good(`valid for ${subject.host}`);
    return bad({
      brief: `TLS to ${subject.host} fails`,
      detail: byReason(failed, ({ tls }) => tls ?? ''),
      hint: 'Check whether a proxy or a firewall between this machine and Atlas intercepts TLS, and which host the name resolves to. To trust another certificate authority, use --tls-ca-file.',
    });
  },
};

export const networkCategory: Category<Facts> = {
  name: 'network',
  title: 'Network',
  groups: [checksOnce([place]), checksOver(hostsIn, 'there is no host name', [tcp, tls])],
  summary: (checks) => `${counted(itemsOf(checks, 'network-tcp').length, 'node')}: TCP, TLS`,
};

const meanings: Readonly<Record<Exclude<Reached['tcp'], 'open'>, string>> = {
  silent: 'no response (a firewall or a route)',
  refused: 'refused (nothing listens on this port)',
  unreachable: 'unreachable (no route)',
  failed: 'failed on this machine',
};

function reasonOf({ tcp, code }: Reached): string {
  return tcp === 'open' ? '' : `${meanings[tcp]}${tcp === 'failed' ? ` (${code})` : ''}`;
}

function hintOf({ services }: HostSubject, failed: readonly Reached[]): string {
  if (failed.every(({ tcp }) => tcp === 'refused'))
    return 'Atlas changes ports. Use the SRV connection string, which has the current ones. If the name is new, wait a few minutes.';
  const ranges = services.map((service) => clouds[service.provider].service.ports(service));
  const [from, to] = [Math.min(...ranges.map((each) => each.from)), Math.max(...ranges.map((each) => each.to))];
  const firewalls = listed([...new Set(services.map(({ provider }) => clouds[provider].firewalls))]);
  return `Allow TCP ${from}-${to} from this machine to the interface endpoint in each firewall between them (${firewalls}), and check the routes. Atlas changes ports, so allow the whole range.`;
}

interface Tried extends Reached {
  address: string;
  port: number;
}

async function reachAll({ host, ports }: HostSubject, { resolver, reach }: Facts): Promise<Tried[]> {
  const addresses = await resolver.addresses(host);
  const all = addresses.flatMap((address) => ports.map((port) => ({ address, port })));
  return Promise.all(all.map(async (at) => ({ ...at, ...(await reach({ ...at, host })) })));
}

/** Each reason once, with the places where it was found. */
function byReason(failed: readonly Tried[], reason: (tried: Tried) => string): string {
  const reasons = [...new Set(failed.map(reason))];
  return reasons.map((each) => `${each}: ${placesOf(failed.filter((tried) => reason(tried) === each))}`).join('; ');
}

function placesOf(all: readonly Tried[]): string {
  const places = all.map(({ address, port }) => `${address}:${port}`);
  return listed(places, 6);
}

async function addressesIn(facts: Facts): Promise<string[]> {
  const hosts = await hostsIn(facts);
  const all = await Promise.all(hosts.map(({ host }) => orNone(facts.resolver.addresses(host))));
  return [...new Set(all.flat())];
}

/** Whether this machine reaches the network of the private endpoint: some port is open, or it may be in the same network. */
async function isInside(facts: Facts): Promise<boolean> {
  const remote = await addressesIn(facts);
  if (remote.some((each) => facts.ownAddresses.some((own) => isWithin(each, [[own, networkBits]])))) return true;
  const hosts = await hostsIn(facts);
  const tried = await Promise.all(hosts.map((host) => orNone(reachAll(host, facts))));
  return tried.flat().some(({ tcp }) => tcp === 'open');
}

/** IPv4 ranges that are not routed on the internet. RFC 6598's are for carriers, but networks in clouds may use them too. */
const privateRanges: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
];

/** A VPC of AWS is not larger than this prefix. */
const networkBits = 16;

export function isPrivate(address: string): boolean {
  return isWithin(address, privateRanges);
}

function isWithin(address: string, ranges: readonly [string, number][]): boolean {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix);
  return list.check(address);
}
