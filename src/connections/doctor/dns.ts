import { isLoopbackAddress } from '../../atlas/base-url.js';
import { counted, listed } from '../../base/listed.js';
import { clouds } from '../../clouds/all.js';
import { bad, type Category, type Check, checksOver, good, warning } from './check.js';
import type { Facts } from './facts.js';
import { isPrivate } from './network.js';
import { type HostSubject, hostsIn, type StringSubject, srvOf, stringsIn } from './strings.js';
import { itemsOf, mostNames } from './summary.js';

const srv: Check<Facts, StringSubject> = {
  id: 'dns-srv',
  title: 'SRV record',
  needs: ['cluster-string'],
  run: async ({ srvName }, { resolver, isLocalAtlas, hasDnsServer }) => {
    if (srvName === null) return good('not needed: the connection string has a list of hosts');
    const nodes = await resolver.services(srvOf(srvName));
    if (nodes.length > 0) return good(placesOf(nodes), ['SRV']);
    return bad({
      brief: `${srvName} does not resolve`,
      detail: `the DNS server has no record ${srvOf(srvName)}`,
      hint:
        isLocalAtlas && !hasDnsServer
          ? "Only the sandbox's own DNS server knows its names. Start it with sandbox serve --dns-port, and use --dns-server."
          : 'Use a DNS server that resolves public names, or wait a few minutes if the connection string is new.',
    });
  },
};

type HostCheck = Check<Facts, HostSubject>;

const address: HostCheck = {
  id: 'dns-address',
  title: 'Addresses',
  needs: ['dns-srv'],
  run: async ({ host }, { resolver }) => {
    const addresses = await resolver.addresses(host);
    if (addresses.length > 0) return good(listed(addresses), addresses);
    return bad({
      brief: `${host} has no address`,
      detail:
        'the SRV record exists, but its host has no address. The DNS server probably removes private addresses from answers',
      hint: 'Allow private addresses for mongodb.net at the DNS server (its DNS rebinding protection), or use the DNS server of the network that the interface endpoint is in. To try another one, use --dns-server.',
    });
  },
};

const privacy: HostCheck = {
  id: 'dns-private',
  title: 'Private addresses',
  needs: ['dns-address'],
  run: async ({ host }, { resolver, isLocalAtlas }) => {
    const isFine = (each: string) => isPrivate(each) || (isLocalAtlas && isLoopbackAddress(each));
    const open = (await resolver.addresses(host)).filter((each) => !isFine(each));
    if (open.length === 0) return good('yes');
    return bad({
      brief: `${host} has a public address`,
      detail: `${listed(open)} is public, so clients do not use the private endpoint`,
      hint: 'Check which DNS server this machine uses, and whether a private DNS zone overrides the name.',
    });
  },
};

const endpoint: HostCheck = {
  id: 'dns-endpoint',
  title: 'Resolves to the interface endpoint',
  needs: ['dns-address'],
  run: async (subject, facts) => {
    const { host, endpointIds } = subject;
    const id = await endpointIn(subject, facts);
    if (id === undefined) {
      const names = await facts.resolver.aliases(host);
      const shown = names.length === 0 ? 'it has an A record and no CNAME' : `it is an alias of ${listed(names)}`;
      const hint = 'Check whether a private DNS zone overrides the name.';
      const brief = `cannot tell which interface endpoint ${host} resolves to`;
      return warning({ brief, detail: `unknown interface endpoint: ${shown}`, hint });
    }
    if (endpointIds.includes(id)) return good(id, [id]);
    return bad({
      brief: `${host} resolves to ${id}`,
      detail: `it resolves to ${id}, but the connection string is for ${listed(endpointIds)}`,
      hint: 'If the interface endpoint was replaced, wait a few minutes until DNS has changed. Otherwise check which DNS server this machine uses.',
    });
  },
};

/** The interface endpoint that a host is an alias of; undefined if the name doesn't tell. */
export async function endpointIn({ host, services }: HostSubject, { resolver }: Facts): Promise<string | undefined> {
  const patterns = services.flatMap(({ provider }) => clouds[provider].interfaces.inHostName ?? []);
  if (patterns.length === 0) return undefined;
  const names = await resolver.aliases(host);
  return names.flatMap((name) => patterns.flatMap((pattern) => pattern.exec(name)?.[0] ?? []))[0];
}

/** The hosts whose names can tell which interface endpoint they lead to. */
async function namedHostsIn(facts: Facts): Promise<HostSubject[]> {
  const hosts = await hostsIn(facts);
  return hosts.filter(({ services }) =>
    services.some(({ provider }) => clouds[provider].interfaces.inHostName !== null),
  );
}

export const dnsCategory: Category<Facts> = {
  name: 'dns',
  title: 'DNS',
  groups: [
    checksOver(stringsIn, 'there is no private connection string', [srv]),
    checksOver(hostsIn, 'there is no host name', [address, privacy]),
    checksOver(namedHostsIn, null, [endpoint]),
  ],
  summary: (checks) => {
    const ids = listed(itemsOf(checks, 'dns-endpoint'), mostNames);
    const addresses = counted(itemsOf(checks, 'dns-address').length, 'address', 'addresses');
    return [...itemsOf(checks, 'dns-srv'), `${addresses}${ids === '' ? '' : ` of ${ids}`}`].join(', ');
  },
};

/** Each host with its ports. */
function placesOf(nodes: readonly { host: string; port: number }[]): string {
  const hosts = [...new Set(nodes.map(({ host }) => host))];
  const portsOf = (name: string) => {
    const ports = nodes.filter(({ host }) => host === name).map(({ port }) => port);
    return ports.sort((a, b) => a - b).join(',');
  };
  return listed(hosts.map((host) => `${host}:${portsOf(host)}`));
}
