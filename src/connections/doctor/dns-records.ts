import { isIP } from 'node:net';
import { isFailure } from '../../base/errors.js';
import { grouped, listed } from '../../base/words.js';
import { bad, checksOver, good, warning } from './check.js';
import { conflictWithRecord } from './given-string.js';
import type { PathFacts } from './path.js';
import { adviceOnNode } from './resolver.js';
import { mostNodes, optionsOf, type StringSubject, seedDomainOf } from './strings.js';

/* The DNS records of a connection string: SRV has its hosts, TXT has options. */

export const adviceOnHidden =
  'A private zone for mongodb.net may hide the public one (split-horizon DNS): remove it, or add the records there.';
const adviceOnSrv = `Compare the name with the one that Atlas shows. ${adviceOnHidden} Or use a DNS server that resolves public names. If the connection string is new, wait a few minutes.`;
export const adviceOnZones =
  'Check which DNS server this machine uses, and whether a private DNS zone overrides the name.';
const adviceOnBalanced = 'Leave loadBalanced=true out: the cluster has no load balancer.';
const adviceOnTxt =
  "Most drivers (not Go's) give up if the TXT query fails, even if the SRV query works. " +
  'Allow TXT queries for mongodb.net at the DNS server and in firewalls, or use the ' +
  'mongodb:// form, which needs no such records.';

/** The usual advice, unless the host is none of Atlas. The services are known if Atlas named it. */
export function adviceOn(host: string, { services }: Pick<StringSubject, 'services'>, usual: string) {
  if (isIP(host) > 0)
    return (
      'The connection string has an IP address. Use the one from Atlas: SRV records and ' +
      'certificates are for names.'
    );
  if (services.length > 0 || /\.mongodb[a-z-]*\.net$/.test(host)) return usual;
  return 'The names of Atlas hosts end in mongodb.net. Copy the private connection string from Atlas.';
}

async function checkSrv(string: StringSubject, facts: PathFacts) {
  const { srv, services } = string;
  const { resolver } = facts;
  if (srv === null) return good('not needed: the connection string has a list of hosts');
  // Both queries at once, because DNS may be slow.
  const [nodes, options] =
    isIP(srv.name) > 0
      ? [[], string.options]
      : await Promise.all([resolver.services(srv.record), optionsOf(string, facts)]);
  const domain = seedDomainOf(srv.name);
  const foreign = nodes.filter(({ host }) => !host.endsWith(domain));
  const isOwn = string.options.get('loadbalanced') === 'true';
  const brief = `drivers refuse the hosts of ${srv.name}`;
  if (foreign.length > 0) {
    const detail = `${placesOf(foreign)} is not below ${domain.slice(1)}, the domain of the connection string, so drivers refuse it`;
    return bad({ brief, detail, hint: adviceOnZones });
  }
  if (nodes.length > 1 && options.get('loadbalanced') === 'true') {
    const detail = `the ${isOwn ? 'string' : 'TXT record'} has loadBalanced=true, and drivers refuse that with ${nodes.length} hosts`;
    return bad({ brief, detail, hint: isOwn ? adviceOnBalanced : adviceOnZones });
  }
  const node = nodes.length > 0 ? await resolver.refusingNode(srv.record) : undefined;
  if (node !== undefined) {
    const detail = `Node.js ${node} refuses this answer (EBADRESP): its names are compressed. Other drivers accept it: ${placesOf(nodes)}`;
    const hint = `An application on Node.js cannot connect: ${adviceOnNode}, or use the mongodb:// form.`;
    return warning({ brief: `Node.js ${node} refuses the hosts of ${srv.name}`, detail, hint });
  }
  const code = nodes.length > 0 ? await resolver.failingServer(srv.record) : undefined;
  if (code !== undefined && /^E(?:SERVFAIL|REFUSED|NOTIMP|FORMERR)$/.test(code)) {
    const detail = `the first DNS server of this machine fails (${code.slice(1)}), another one answers: ${placesOf(nodes)}`;
    const hint = 'An application on Node.js cannot connect. Remove that server, or use the mongodb:// form.';
    return warning({ brief: `the first DNS server fails for ${srv.name}`, detail, hint });
  }
  const limit = `only ${mostNodes} of ${nodes.length} nodes are checked`;
  if (nodes.length > mostNodes) return good(`${placesOf(nodes)}; ${limit}`, [`SRV (${limit})`]);
  if (nodes.length > 0) return good(placesOf(nodes), ['SRV']);
  return bad({
    brief: `${srv.name} does not resolve`,
    detail: `the DNS server has no record ${srv.record}`,
    common: 'the DNS server has no SRV record of the name',
    hint: string.options.has('srvservicename')
      ? 'Leave srvServiceName out: the records of Atlas have the usual name.'
      : adviceOn(srv.name, { services }, adviceOnSrv),
  });
}

/** https://github.com/mongodb/specifications/blob/master/source/initial-dns-seedlist-discovery/initial-dns-seedlist-discovery.md */
const allowed = ['authsource', 'replicaset', 'loadbalanced'];

async function checkTxt(string: StringSubject, facts: PathFacts) {
  const { srv, services, options } = string;
  const { resolver } = facts;
  if (srv === null) return good('not needed: the connection string has the options');
  const records = await resolver.texts(srv.name).catch((error: unknown) => {
    throw isFailure(error) ? error.withHint(adviceOn(srv.name, { services }, adviceOnTxt)) : error;
  });
  const [record, ...others] = records;
  if (record === undefined) return good('none, which is allowed');
  const isAllowed = ([name, value]: [string, string]) => allowed.includes(name.toLowerCase()) && value !== '';
  const names = [...new URLSearchParams(record)].filter((each) => !isAllowed(each)).map(([name]) => name);
  if (others.length === 0 && names.length === 0)
    return (await conflictWithRecord(options, await optionsOf(string, facts))) ?? good(record, ['TXT']);
  const detail =
    others.length > 0
      ? `there are ${records.length} TXT records, but drivers accept only one`
      : `it has ${listed(names)}, but drivers accept only authSource, replicaSet and loadBalanced, each with a value`;
  return bad({ brief: `drivers refuse the TXT record of ${srv.name}`, detail, hint: adviceOnZones });
}

export const recordChecks = checksOver(
  ({ strings }: PathFacts) => strings(),
  'there is no private connection string',
  [
    { id: 'dns-srv', title: 'SRV record', needs: ['cluster-string'], run: checkSrv },
    { id: 'dns-txt', title: 'TXT record', needs: ['dns-srv'], run: checkTxt },
  ],
);

function placesOf(nodes: readonly { host: string; port: number }[]) {
  const sorted = nodes.toSorted((a, b) => a.port - b.port);
  const hosts = grouped(sorted, ({ host }) => host);
  return listed(hosts.map((all) => `${all[0].host}:${all.map(({ port }) => port).join(',')}`));
}
