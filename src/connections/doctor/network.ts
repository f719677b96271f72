import { BlockList } from 'node:net';
import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { clouds } from '../../clouds/all.js';
import {
  bad,
  type Category,
  type Check,
  checksOnce,
  checksOver,
  good,
  type Subject,
  skipped,
  warning,
} from './check.js';
import type { Facts } from './facts.js';
import type { Reached } from './reach.js';
import { type HostSubject, hostsIn } from './strings.js';

/** The largest network of a VPC. */
const networkBits = 16;

const place: Check<Subject, Facts> = {
  id: 'network-place',
  title: 'Place of this machine',
  needs: ['cluster-string'],
  run: async (_, facts) => {
    const remote = await addressesIn(facts);
    if (remote.length === 0) return skipped('the private endpoint has no address');
    if (remote.every(isOfThisMachine)) return good('the private endpoint is on this machine');
    const own = listed(facts.ownAddresses) || 'no address';
    if (await isInside(facts)) return good(`in the network of the private endpoint (${own})`);
    return warning({
      brief: 'outside the VPC',
      detail: `its address (${own}) is not in the network of the private endpoint (${listed(remote)}): outside the VPC and the networks that are connected to it, nothing can connect`,
      hint: 'Run doctor on a machine in the VPC, or leave out these checks with --offline-network.',
    });
  },
};

type HostCheck = Check<HostSubject, Facts>;

const tcp: HostCheck = {
  id: 'network-tcp',
  title: 'TCP connections',
  needs: ['dns-address'],
  run: async (subject, facts) => {
    const all = await reachAll(subject, facts);
    const failed = all.filter(({ tcp }) => tcp !== 'open');
    if (failed.length === 0) return good(`${all.length} of ${all.length}: ${placesOf(all)}`);
    const detail = [...new Set(failed.map(({ tcp }) => tcp))]
      .map((kind) => `${meanings[kind]}: ${placesOf(failed.filter((each) => each.tcp === kind))}`)
      .join('; ');
    const fault = {
      brief: `cannot connect to ${subject.host}`,
      detail: `${failed.length} of ${all.length} failed. ${detail}`,
      hint: hintOf(subject, failed),
    };
    // Where nothing can connect, it is not the endpoint's fault.
    return (await isInside(facts)) ? bad(fault) : warning(fault);
  },
};

const tls: HostCheck = {
  id: 'network-tls',
  title: 'TLS certificates',
  needs: ['dns-address'],
  run: async (subject, facts) => {
    const open = (await reachAll(subject, facts)).filter(({ tcp }) => tcp === 'open');
    if (open.length === 0) return skipped('no TCP connection');
    const failed = open.filter(({ tls }) => tls !== null);
    if (failed.length === 0) return good(`valid for ${subject.host}`);
    const reasons = [...new Set(failed.map(({ tls }) => tls ?? ''))];
    const detail = reasons
      .map((reason) => `${reason}: ${placesOf(failed.filter(({ tls }) => tls === reason))}`)
      .join('; ');
    const hint =
      'Check whether a proxy or a firewall between this machine and Atlas intercepts TLS, and which host the name leads to. Trust another certificate authority with --tls-ca-file.';
    return bad({ brief: `TLS to ${subject.host} fails`, detail, hint });
  },
};

export const networkChecks: Category<Facts> = {
  name: 'network',
  title: 'Network',
  groups: [checksOnce([place]), checksOver(hostsIn, 'there is no host name', [tcp, tls])],
};

const meanings: Readonly<Record<Reached['tcp'], string>> = {
  open: 'open',
  silent: 'no response (a security group, a firewall or a route)',
  refused: 'refused (nothing listens on this port)',
  unreachable: 'unreachable (no route)',
};

function hintOf({ services }: HostSubject, failed: readonly Reached[]): string {
  if (failed.every(({ tcp }) => tcp === 'refused'))
    return 'Atlas changes ports. Use the SRV connection string, which has the current ones. If the name is new, wait some minutes.';
  const ranges = services.map((service) => clouds[service.provider].service.ports(service));
  const [from, to] = [Math.min(...ranges.map((each) => each.from)), Math.max(...ranges.map((each) => each.to))];
  return `Open TCP ${from}-${to} from this machine to the interface endpoint, in its security group and in each firewall between them, and check the routes. Atlas changes ports, so open the whole range.`;
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

function placesOf(all: readonly Tried[]): string {
  return listed(
    all.map(({ address, port }) => `${address}:${port}`),
    6,
  );
}

async function addressesIn(facts: Facts): Promise<string[]> {
  const hosts = await hostsIn(facts);
  const all = await Promise.all(hosts.map(({ host }) => facts.resolver.addresses(host).catch(ignoreFailure)));
  return [...new Set(all.flatMap((each) => each ?? []))];
}

/** Whether this machine is in a network that the private endpoint can be in too. */
async function isInside(facts: Facts): Promise<boolean> {
  const remote = await addressesIn(facts);
  const near = new BlockList();
  for (const own of facts.ownAddresses) near.addSubnet(own, networkBits);
  return remote.some((each) => isOfThisMachine(each) || near.check(each));
}

/** The sandbox listens on loopback. */
export function isOfThisMachine(address: string): boolean {
  return address.startsWith('127.');
}
