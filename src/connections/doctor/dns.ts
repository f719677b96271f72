import { orNone } from '../../base/errors.js';
import { isLoopbackAddress } from '../../base/loopback.js';
import { counted, listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import { shortName } from '../../clouds/shapes.js';
import { bad, type Category, checksOnce, checksOver, good, itemsOf, mostNames, skipped, warning } from './check.js';
import { adviceOn, adviceOnHidden, adviceOnZones, recordChecks } from './dns-records.js';
import { isNear, isOpen, isPrivate, judged, type PathFacts, reachAll, withoutNat64 } from './path.js';
import { socksProxyOf } from './reach.js';
import { literalAddress } from './resolver.js';
import { type HostSubject, hostsIn, isOfPeering, providersOf, type StringSubject } from './strings.js';

export const adviceOnReplaced =
  'If the interface endpoint was replaced, wait a few minutes until DNS has changed. ' +
  'Otherwise check which DNS server this machine uses.';
const adviceOnFilters =
  'The DNS server probably removes private addresses from answers. Allow private addresses ' +
  'for mongodb.net there (its DNS rebinding protection), or use the DNS server of the ' +
  'network that the interface endpoint is in. To try another one, use --dns-server.';

const adviceOnSearch =
  'In Kubernetes, set ndots to 1 in dnsConfig.options of the pod. Elsewhere, lower ndots or ' +
  'remove the search domain in resolv.conf.';

const proxied = 'the SOCKS5 proxy looks up the names';

function lookedUp(check: typeof checkEndpoint): typeof check {
  return async (subject, facts) => (socksProxyOf(subject.strings) ? good(proxied) : check(subject, facts));
}

async function checkAddress(subject: HostSubject, facts: PathFacts) {
  const { host, strings } = subject;
  const { resolver } = facts;
  const addresses = await resolver.addresses(host);
  if (!resolver.isAsked(host)) {
    const detail = 'nsswitch.conf of this machine has no dns for hosts, so programs look up no host in DNS';
    return bad({ brief: `this machine looks up ${host} nowhere`, detail, hint: 'Write hosts: files dns' });
  }
  const other = (await resolver.searched(host)).find(({ suffix, isFound }) => isFound && suffix !== '');
  if (other !== undefined) {
    const detail = `this machine looks up the name in ${other.suffix.slice(1)} first, and it exists there`;
    return bad({ brief: `this machine looks up another name than ${host}`, detail, hint: adviceOnSearch });
  }
  if (resolver.inHostsFile(host).length > 0) {
    const inDns: readonly string[] = await orNone(resolver.inDns(host), []);
    const isOther = inDns.length > 0 && !addresses.every((each) => inDns.includes(each));
    const file = 'the hosts file of this machine';
    const effect = isOther ? `but DNS says ${listed(inDns)}` : 'so DNS is not asked';
    const detail = `${file} says ${listed(addresses)}, ${effect}`;
    const common = `${file} has ${isOther ? 'another address than DNS' : 'the name, so DNS is not asked'}`;
    const hint = 'Remove it there, unless it is on purpose. Such an address stays when Atlas changes it.';
    const fault = { brief: `${host} is in the hosts file`, detail, common, hint };
    const isDead = isOther && facts.hasNetwork && !(await reachAll(subject, facts)).some(isOpen);
    return isDead && facts.isHere ? judged({ ...fault, blocks: false }, strings, facts) : warning(fault);
  }
  if (addresses.length > 0) return good(listed(addresses), addresses);
  const alias = (await orNone(resolver.aliases(host), [])).find((name) => /^vpce-[\da-f]{8,}-/.test(name));
  // A DNS server that removes private addresses still knows the name.
  if (alias !== undefined && (await resolver.isUnknown(alias))) {
    const detail = `it is an alias of ${alias}, which does not exist: the interface endpoint was deleted`;
    return judged(
      { brief: `the interface endpoint of ${host} was deleted`, detail, hint: adviceOnReplaced },
      strings,
      facts,
    );
  }
  const hasRecord = strings.some(({ srv }) => srv);
  const detail = `${hasRecord ? 'the SRV record exists, but its host' : 'the host'} has no address`;
  const isSrv = !hasRecord && (await orNone(resolver.services(`_mongodb._tcp.${host}`), [])).length > 0;
  const usual = (await resolver.isUnknown(host)) ? adviceOnHidden : adviceOnFilters;
  const withoutPort = `It is the name of an SRV record. Write it without the port: mongodb+srv://${host}`;
  const hint = adviceOn(host, subject, isSrv ? withoutPort : usual);
  return judged({ brief: `${host} has no address`, detail, hint }, strings, facts);
}

async function checkPrivacy(subject: HostSubject, facts: PathFacts) {
  const { host } = subject;
  const all = await facts.resolver.addresses(host);
  // A tunnel or a sandbox may be there.
  const tried = all.every(isLoopbackAddress) ? await reachAll(subject, facts) : [];
  const isLocal =
    facts.isLocalAtlas ||
    literalAddress(host) !== undefined ||
    tried.some(({ failed }) => failed === 'hello' || failed === null);
  const blocked = all.filter((each) => each === '0.0.0.0' || (isLoopbackAddress(each) && !isLocal));
  if (blocked.length > 0) {
    const detail = `${listed(blocked)} is no address of a node: the DNS server or the hosts file blocks the name`;
    const hint = adviceOn(host, subject, 'Allow mongodb.net there.');
    return bad({ brief: `the DNS server blocks ${host}`, detail, hint });
  }
  const open = all.filter((each) => !isPrivate(each) && !isLoopbackAddress(each));
  if (open.length === 0 || open.every((each) => isNear(each, facts))) return good('yes');
  // A network may have ranges of its own that are not private by RFC 1918.
  const { items: endpoints } = await checkEndpoint(subject, facts);
  if (endpoints.length > 0) return good('yes');
  const { strings } = subject;
  if (strings.every(isPublic)) {
    // It is one fault, whatever the number of hosts.
    const hosts = (await hostsIn(facts)).filter((each) => each.strings.some((string) => strings.includes(string)));
    if (hosts[0]?.host !== host) return skipped('its connection string is the public one');
    return bad({
      brief: 'the connection string is the public one',
      detail: `this is the public connection string: ${counted(hosts.length, 'host')} with public addresses (${listed(open, 1)})`,
      hint: 'Use the private one, which has -pl-, -psc- or -pe- in its name: atlas-pe connection-strings',
    });
  }
  return bad({
    brief: `${host} has a public address`,
    detail: `${listed(open)} is public, so clients do not use the private endpoint`,
    common: 'the address is public, so clients do not use the private endpoint',
    hint: adviceOn(host, subject, adviceOnZones),
  });
}

/** Whether it is a string of Atlas without the mark of a private one in its name. */
function isPublic({ name, services }: StringSubject) {
  if (services.length > 0 || isOfPeering(name ?? '')) return false;
  return /\.mongodb[a-z-]*\.net$/.test(name ?? '') && !/-(?:pl|psc|pe)-/.test(name ?? '');
}

async function checkEndpoint(subject: HostSubject, facts: PathFacts) {
  const { host, endpointIds, services } = subject;
  const id = await endpointIn(subject, facts);
  const recorded = await facts.recorded(subject);
  if (id === undefined && recorded.length > 0) {
    const addresses = await facts.resolver.addresses(host);
    const foreign = addresses.filter((each) => !recorded.includes(withoutNat64(each)));
    if (foreign.length === 0 || (facts.isLocalAtlas && foreign.every(isLoopbackAddress)))
      return good(listed(endpointIds), endpointIds);
    const detail = `it resolves to ${listed(foreign)}, but Atlas has ${listed(recorded)} on record for the interface endpoint`;
    const hint =
      'If the address at Atlas is wrong, remove the interface endpoint and add it again with ' +
      'the right --ip. Otherwise check whether a private DNS zone overrides the name.';
    const brief = `${host} has another address than the interface endpoint`;
    return overridden({ brief, detail, hint }, [subject], facts);
  }
  if (facts.resolver.inHostsFile(host).length > 0) return skipped('the name is in the hosts file');
  if (id === undefined && !services.some(({ provider }) => clouds[provider].interfaces.inHostName))
    return good('its name does not tell');
  if (id === undefined) {
    const names = await facts.resolver.aliases(host);
    const shown = names.length === 0 ? 'it has an A record and no CNAME' : `it is an alias of ${listed(names)}`;
    const hint = 'Check whether a private DNS zone overrides the name.';
    const brief = `cannot tell which interface endpoint ${host} resolves to`;
    return warning({ brief, detail: `unknown interface endpoint: ${shown}`, hint });
  }
  if (endpointIds.length === 0 || endpointIds.includes(id)) return good(id, [id]);
  const detail = `it resolves to ${id}, but the connection string is for ${listed(endpointIds)}`;
  return bad({ brief: `${host} resolves to ${id}`, detail, hint: adviceOnReplaced });
}

/** DNS has other addresses than it should. If nodes answer there, a private zone may override them on purpose. */
export async function overridden(fault: Parameters<typeof bad>[0], hosts: readonly HostSubject[], facts: PathFacts) {
  const tried = facts.hasNetwork ? await Promise.all(hosts.map((host) => reachAll(host, facts))) : [];
  if (!tried.flat().some(({ failed }) => failed === null)) return bad(fault);
  const hint = 'If a private DNS zone overrides the name on purpose, for another interface endpoint, change nothing.';
  return warning({ ...fault, detail: `${fault.detail}. Nodes answer there`, hint });
}

const adviceOnFamilies =
  'Allow A and AAAA queries at the DNS server and in firewalls: systems wait for both answers.';
const adviceOnSlow =
  'Use a DNS server near this machine, and remove servers that do not answer. To try another one, use --dns-server.';

/** How long it may take to look up a host, in milliseconds, without a warning, and until drivers give up. */
const [slowMs, tooLongMs] = [1000, 5000];

async function checkTime(_: unknown, facts: PathFacts) {
  const first = (await hostsIn(facts)).find(({ strings }) => !socksProxyOf(strings));
  const tried = first ? await facts.resolver.searched(first.host) : [];
  const ms = tried.reduce((sum, each) => sum + each.ms, 0);
  if (ms < slowMs) return good(`${Math.round(ms)} ms a host`);
  const silent = tried.find(({ isSilent }) => isSilent);
  const time = `${silent ? 'at least ' : ''}${(ms / 1000).toFixed(1)} s`;
  const brief = `looking up a host takes ${time}`;
  const why = silent ? `, and DNS does not answer for ${silent.suffix.slice(1)}` : '';
  let fault = { detail: `DNS takes ${time} a query, and a new connection needs several`, hint: adviceOnSlow };
  if (silent)
    fault = { detail: `${brief}: DNS answers only one of the queries for A and AAAA`, hint: adviceOnFamilies };
  if (tried.some(({ suffix }) => suffix !== ''))
    fault = { detail: `${brief}: this machine tries search domains first${why}`, hint: adviceOnSearch };
  return (ms > tooLongMs ? bad : warning)({ brief, ...fault });
}

/** The interface endpoint that a host is an alias of; undefined if the name doesn't tell. */
export async function endpointIn({ host, services }: HostSubject, { resolver }: PathFacts) {
  const patterns = providersOf(services).flatMap((provider) => clouds[provider].interfaces.inHostName ?? []);
  if (patterns.length === 0) return undefined;
  const names = await resolver.aliases(host);
  return names.flatMap((name) => patterns.flatMap((pattern) => pattern.exec(name)?.[0] ?? []))[0];
}

export const dnsCategory: Category<PathFacts> = {
  name: 'dns',
  title: 'DNS',
  groups: [
    recordChecks,
    checksOver(hostsIn, 'there is no host name', [
      { id: 'dns-address', title: 'Addresses', needs: ['dns-srv'], run: lookedUp(checkAddress) },
      { id: 'dns-private', title: 'Private addresses', needs: ['dns-address'], run: lookedUp(checkPrivacy) },
      {
        id: 'dns-endpoint',
        title: 'Resolves to the interface endpoint',
        needs: ['dns-address'],
        run: lookedUp(checkEndpoint),
      },
    ]),
    checksOnce([{ id: 'dns-time', title: 'Time of name lookups', needs: ['dns-srv'], run: checkTime }]),
  ],
  summary: (checks) => {
    const ids = listed(itemsOf(checks, 'dns-endpoint').map(shortName), mostNames);
    const found = itemsOf(checks, 'dns-address').length;
    const addresses = found === 0 ? proxied : counted(found, 'address', 'addresses');
    const records = [...itemsOf(checks, 'dns-srv'), ...itemsOf(checks, 'dns-txt')];
    return [...records, ids === '' ? addresses : `${addresses} of ${ids}`].join(', ');
  },
};
