import { BlockList } from 'node:net';
import { listed } from '../../base/listed.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Category, type Check, checksOver, good, warning } from './check.js';
import type { Facts } from './facts.js';
import { type HostSubject, hostsIn, type StringSubject, srvOf, stringsIn } from './strings.js';

const srv: Check<StringSubject, Facts> = {
  id: 'dns-srv',
  title: 'SRV record',
  needs: ['cluster-string'],
  run: async ({ srvName }, { resolver, isLocalAtlas }) => {
    if (srvName === null) return good('not needed: the connection string has a list of hosts');
    const nodes = await resolver.services(srvOf(srvName));
    if (nodes.length > 0) return good(placesOf(nodes));
    return bad({
      brief: `${srvName} does not resolve`,
      detail: `${srvOf(srvName)} does not exist for the DNS server`,
      hint: isLocalAtlas
        ? "Only the sandbox's own DNS server knows its names. Start it with sandbox serve --dns-port, and use --dns-server."
        : 'Use a DNS server that resolves public names, or wait some minutes if the connection string is new.',
    });
  },
};

type HostCheck = Check<HostSubject, Facts>;

const address: HostCheck = {
  id: 'dns-address',
  title: 'Addresses',
  needs: ['dns-srv'],
  run: async ({ host }, { resolver }) => {
    const addresses = await resolver.addresses(host);
    if (addresses.length > 0) return good(listed(addresses));
    return bad({
      brief: `${host} has no address`,
      detail:
        'the SRV record exists, but its host has no address: the DNS server probably removes private addresses from answers',
      hint: 'Allow private addresses for mongodb.net at the DNS server (its DNS rebinding protection), or use the DNS server of the VPC. To try another one, use --dns-server.',
    });
  },
};

const privacy: HostCheck = {
  id: 'dns-private',
  title: 'Private addresses',
  needs: ['dns-address'],
  run: async ({ host }, { resolver }) => {
    const open = (await resolver.addresses(host)).filter((each) => !isPrivate(each));
    if (open.length === 0) return good('yes');
    return bad({
      brief: `${host} has a public address`,
      detail: `no: ${listed(open)} is public, so clients would not use the private endpoint`,
      hint: 'Check which DNS server answers, and whether a private zone or an entry in the hosts file overrides the name.',
    });
  },
};

const endpoint: HostCheck = {
  id: 'dns-endpoint',
  title: 'Leads to the interface endpoint',
  needs: ['dns-address'],
  run: async ({ host, services }, { resolver }) => {
    const names = await resolver.aliases(host);
    const patterns = services.flatMap(({ provider }) => clouds[provider].interfaces.inHostName ?? []);
    const [id] = names.flatMap((name) => patterns.flatMap((pattern) => pattern.exec(name)?.[0] ?? []));
    const attached = services.flatMap(({ interfaceEndpoints }) => interfaceEndpoints);
    if (id === undefined) {
      const shown = names.length === 0 ? 'the name has an address of its own' : `it leads to ${listed(names)}`;
      const hint = 'Check whether a private zone or an entry in the hosts file overrides the name.';
      return warning({ brief: `${host} does not name its endpoint`, detail: `unknown: ${shown}`, hint });
    }
    if (attached.includes(id)) return good(id);
    return bad({
      brief: `${host} leads to ${id}`,
      detail: `no: it leads to ${id}, which is not attached (${listed(attached)})`,
      hint: 'If the interface endpoint was replaced, wait some minutes until DNS has changed. Then check which DNS server answers.',
    });
  },
};

/** The hosts whose names can tell which interface endpoint they lead to. */
async function namedHostsIn(facts: Facts): Promise<HostSubject[]> {
  const hosts = await hostsIn(facts);
  return hosts.filter(({ services }) =>
    services.some(({ provider }) => clouds[provider].interfaces.inHostName !== null),
  );
}

export const dnsChecks: Category<Facts> = {
  name: 'dns',
  title: 'DNS',
  groups: [
    checksOver(stringsIn, 'there is no private connection string', [srv]),
    checksOver(hostsIn, 'there is no host name', [address, privacy]),
    checksOver(namedHostsIn, null, [endpoint]),
  ],
};

const ranges: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // Shared address space (RFC 6598), which VPCs may use too.
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
];

function isPrivate(address: string): boolean {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix);
  return list.check(address);
}

/** Each host with its ports. */
function placesOf(nodes: readonly { host: string; port: number }[]): string {
  const hosts = [...new Set(nodes.map(({ host }) => host))];
  const portsOf = (name: string) => nodes.filter(({ host }) => host === name).map(({ port }) => port);
  return listed(
    hosts.map(
      (host) =>
        `${host}:${portsOf(host)
          .sort((a, b) => a - b)
          .join(',')}`,
    ),
  );
}
