import { isIP, isIPv6 } from 'node:net';
import type { Cluster, ConnectionString } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import { orNone } from '../../base/errors.js';
import { grouped } from '../../base/words.js';
import { providers } from '../../clouds/all.js';
import { hasId } from '../../clouds/shapes.js';
import type { CheckSubject } from './check.js';
import { clustersOf, wayKey } from './clusters.js';
import type { ProjectFacts } from './open-facts.js';
import type { PathFacts } from './path.js';

export interface NodeAddress {
  host: string;
  port: number;
}

/** A connection string, usually of a cluster. It has either the name of an SRV record, or a list of nodes. */
export interface StringSubject extends CheckSubject {
  /** The host of an SRV string, and the name of its SRV record. */
  srv: { name: string; record: string } | null;
  nodes: readonly NodeAddress[];
  /** The options in the string, with names in lowercase. The TXT record of an SRV string may have more. */
  options: URLSearchParams;
  /** The services that are checked, and that it leads through. Empty if they are not known. */
  services: readonly Endpoint[];
  /** The ids of the interface endpoints that it leads through. Empty if they are not known. */
  endpointIds: readonly string[];
}

const hostWithPort = /^(?:\[([^\]]+)\]|([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?)(?::(\d{1,5}))?$/i;

export function parseNode(text: string) {
  const [, bracketed = '', name, port = '27017'] = hostWithPort.exec(text) ?? [];
  const host = isIPv6(bracketed) ? bracketed : name;
  const isPort = Number(port) > 0 && Number(port) < 65_536;
  return host !== undefined && isPort ? { host: host.toLowerCase(), port: Number(port) } : undefined;
}

/** Valid or not. It may hold a password. Of names, Atlas's, addresses and those with a port: one of Azure may be called pe.app.prod. */
export function isConnectionString(text: string) {
  // No name is so long. It also keeps the search short.
  if (text.length > 1000 || isIP(text) > 0) return true;
  return /^$|^[$%]|^bW9uZ29kY|mongo[\w+]*(?:[:%]|&#)|:\/\/|@|^[\w.-]+\.mongodb\w*\.net$|^[\w-]+(?:\.[\w-]+)+:\d+$/i.test(
    text,
  );
}

export type Written = NonNullable<ReturnType<typeof readWritten>>;

/**
 * `user`: all before an @, usually with a password. Undefined if the hosts can't be read.
 * https://github.com/mongodb/specifications/blob/master/source/connection-string/connection-string-spec.md
 */
export function readWritten(text: string) {
  const [scheme] = /^mongodb(?:\+srv)?:\/\//i.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  // If that fails, the user or the password has characters that drivers want encoded.
  const patterns = [
    /^(?:([^/?@]*)@)?([^/?@]+)(?:\/([^?@]*))?(?:\?(.*))?$/s,
    /^(.*)@([^/?@]+)(?:\/([^?@]*))?(?:\?([^@]*))?$/s,
  ];
  for (const pattern of patterns) {
    const [, user, hosts = '', path, query] = pattern.exec(text.slice(scheme.length)) ?? [];
    const nodes = hosts.split(',').map((host) => parseNode(host.trimStart()));
    // `user:1?x@host`, and no option with an @.
    const isUser = query?.includes('@') && (!hosts.includes('.') || /^[^=]*@/.test(query));
    if (!isUser && nodes.every((node) => node !== undefined)) return { scheme, user, hosts, path, query, nodes };
  }
  return undefined;
}

/** Drops user, password and path. Undefined if it is not valid. It accepts more than drivers do: see given-string.ts. */
export function parseConnectionString(text: string, about: Partial<StringSubject> = {}) {
  const { scheme, query = '', nodes = [] } = readWritten(text) ?? {};
  const [first] = nodes;
  if (!scheme || !first) return undefined;
  const name = first.host;
  const options = readOptions(query);
  const subject = { key: name, name, within: [], options, services: [], endpointIds: [], ...about };
  if (!/srv/i.test(scheme)) return { ...subject, srv: null, nodes };
  // The record has the ports.
  if (name.split('.').length < 3) return undefined;
  const record = `_${options.get('srvservicename') || 'mongodb'}._tcp.${name}`;
  return { ...subject, srv: { name, record }, nodes: [] };
}

export type HostSubject = Awaited<ReturnType<typeof hostsIn>>[number];

export async function stringsIn(facts: ProjectFacts) {
  const [clusters, services] = [await orNone(clustersOf(facts), []), await orNone(facts.services(), [])];
  return clusters.flatMap((cluster) => cluster.strings.flatMap((string) => namedBy(string, cluster, services)));
}

function namedBy(string: ConnectionString, cluster: Cluster, services: readonly Endpoint[]) {
  const endpointIds = string.endpoints.map(({ id }) => id);
  const through = services.filter(({ interfaceEndpoints }) =>
    interfaceEndpoints.some((id) => hasId(endpointIds, id)),
  );
  if (through.length === 0) return [];
  const within = [cluster.name, ...through.flatMap((service) => [service.id, wayKey(cluster, service)])];
  const about = { within, services: through, endpointIds };
  const srvs = [string.srv, string.srvShardOptimized].filter((each) => each !== null);
  const all = srvs.length > 0 ? srvs : [string.standard ?? ''];
  return all.flatMap((each) => parseConnectionString(each, about) ?? []);
}

export async function hostsIn(facts: PathFacts) {
  const each = (await facts.strings()).map(async (string) => {
    const nodes = await nodesOf(facts, string);
    return nodes.map((node) => ({ ...node, string }));
  });
  return grouped((await Promise.all(each)).flat(), ({ host }) => host).map((nodes) => {
    const [{ host }] = nodes;
    const strings = [...new Set(nodes.map(({ string }) => string))];
    return {
      key: `host ${host}`,
      name: host,
      host,
      within: strings.flatMap(({ key, within }) => [key, ...within]),
      ports: [...new Set(nodes.map(({ port }) => port))].sort((a, b) => a - b),
      services: [...new Set(strings.flatMap(({ services }) => services))],
      endpointIds: [...new Set(strings.flatMap(({ endpointIds }) => endpointIds))],
      strings,
    };
  });
}

export function providersOf(services: readonly Endpoint[]) {
  return services.length === 0 ? providers : services.map(({ provider }) => provider);
}

/** More nodes than a string of Atlas has. A DNS server may answer anything. */
export const mostNodes = 50;

/** The nodes of a string that drivers accept, the first ones of very many. None if DNS fails: another check says it. */
export async function nodesOf({ resolver }: PathFacts, { srv, nodes }: StringSubject) {
  if (srv === null) return nodes.slice(0, mostNodes);
  const all = await orNone(resolver.services(srv.record), []);
  return all.filter(({ host }) => host.endsWith(seedDomainOf(srv.name))).slice(0, mostNodes);
}

/** The options of a string, then those of its TXT record, which count less. Names are in lowercase. */
export async function optionsOf({ srv, options }: StringSubject, { resolver }: PathFacts) {
  const [record = ''] = srv === null ? [] : await orNone(resolver.texts(srv.name), []);
  return new URLSearchParams([...options, ...readOptions(record)]);
}

function readOptions(query: string) {
  // The case of a name does not matter to drivers. Some take ; for &, and HTML has &amp; there.
  const pairs = query.replace(/&amp;|;/gi, '&');
  return new URLSearchParams(pairs.replace(/[^&=]+=/g, (name) => name.toLowerCase()));
}

/** Atlas names the strings and the hosts of network peering so. https://www.mongodb.com/docs/atlas/security-vpc-peering/ */
export function isOfPeering(name: string) {
  return /-pri\.[\w.-]*mongodb[a-z-]*\.net$/.test(name);
}

/** The hosts of an SRV string are below this, or drivers refuse them: `.x.example` for `a.x.example`. */
export function seedDomainOf(name: string) {
  return name.slice(name.indexOf('.'));
}
