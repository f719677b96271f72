import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import type { RecordType } from 'dns-packet';
import pLimit from 'p-limit';
import { CliError, codeOf, orNone } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import { onceByKey } from '../../base/once.js';
import type { Context } from '../../endpoints/context.js';
import { queryDns } from './query.js';

export function literalAddress(host: string) {
  if (host === 'localhost') return '127.0.0.1';
  return isIP(host) > 0 ? host : undefined;
}

/** Systems ask no more, and drivers use them. See MAXNS in `resolv.conf(5)`. */
const mostServers = 3;
/** So that many hosts open no more sockets than this at a time. */
const mostQueries = 100;
/** More aliases and addresses than a host, and more letters than a TXT record, ever has. A DNS server may answer anything. */
const [mostAliases, mostAddresses, mostLetters] = [5, 20, 500];

/** What decides how this machine looks up names. Windows has the hosts file elsewhere, and no resolv.conf. */
const thisMachine = {
  hosts: process.platform === 'win32' ? `${process.env.SystemRoot}\\System32\\drivers\\etc\\hosts` : '/etc/hosts',
  resolv: '/etc/resolv.conf',
  nsswitch: '/etc/nsswitch.conf',
  servers: getServers,
  node: process as Pick<typeof process, 'platform' | 'versions'>,
};

interface Resolving extends Pick<Context, 'clock' | 'signal'> {
  /** For one query, with its further tries. */
  timeoutMs(): number;
  machine?: Partial<typeof thisMachine>;
}

/** Milliseconds in which a DNS server answers a second query, if it answers at all. */
const aliveMs = 900;

const adviceOnServer = 'Check the DNS settings of this machine, or choose another server with --dns-server.';
export const adviceOnNode = 'update Node.js to one with c-ares 1.34.9 or later (node -p process.versions.ares)';
const adviceOnWindows =
  'Choose the DNS server that ipconfig /all shows, with --dns-server. ' +
  `For an application on Node.js: ${adviceOnNode}, or call dns.setServers.`;

function reasonsFor(type: RecordType): Partial<Record<string, readonly [string, string]>> {
  const instead = type === 'SRV' || type === 'TXT' ? ', or use the mongodb:// form, which needs no such records' : '';
  return {
    ECONNREFUSED: ['is not running or refuses queries', adviceOnServer],
    ABORT_ERR: [`did not respond to the query for the ${type} record`, adviceOnServer],
    dropped: [
      `answers other queries, but did not respond to the query for the ${type} record, which was sent over UDP`,
      `The DNS server or a firewall drops ${type} queries. Allow them on UDP port 53${instead}.`,
    ],
    ETRUNCATED: [
      `answers the query for the ${type} record only in part over UDP, and not over TCP, which long answers need`,
      'Allow TCP port 53 to the DNS server.',
    ],
  };
}

/** What doesn't exist gives an empty list. `server`: an address with an optional port; default: the servers of the system. */
export function openResolver(server: string | undefined, resolving: Resolving) {
  const machine = { ...thisMachine, ...resolving.machine };
  const { versions } = machine.node;
  const once = onceByKey();
  const queries = openQueries(server, resolving, machine);
  const { ask } = queries;
  const names = openNames(server, machine, ask);

  return {
    ...names,
    /** The nodes of a connection string (RFC 2782). */
    services: async (name: string) => {
      const { answers } = await ask('SRV', name);
      const found = answers.flatMap((each) => (each.type === 'SRV' ? each.data : []));
      // The target "." means that there is no host.
      return found.flatMap(({ target, port }) => (target === '.' ? [] : { host: target.toLowerCase(), port }));
    },
    texts: async (name: string) => {
      const { answers } = await ask('TXT', name);
      const found = answers.flatMap((each) => (each.type === 'TXT' ? [[each.data].flat()] : []));
      return found.map((parts) => parts.join('').slice(0, mostLetters));
    },
    /** Whether the system asks DNS for this host, unless a server was chosen. See `nsswitch.conf(5)`. */
    isAsked: (host: string) => {
      const [, ...sources] = linesOf(server === undefined ? machine.nsswitch : '').find(
        ([key]) => key === 'hosts:',
      ) ?? ['hosts:', 'dns'];
      return names.isLocal(host) || sources.some((each) => /^(?:dns|resolve)$/.test(each));
    },
    /** The hosts of a string differ only in their first labels, so one stands for all. */
    searched: (host: string) => once(`search ${host.replace(/^[^.]*/, '')}`, () => search(host, queries, names)),
    /** Whether no record of any type has this name, as opposed to a host without addresses. */
    isUnknown: async (host: string) => (await ask('A', host)).isUnknownName,
    /** How the first DNS server fails, if another one answers. The resolver of Node.js asks no other one then, as measured. */
    failingServer: async (name: string) => (await ask('SRV', name)).firstCode,
    /** The version of this Node.js if its own resolver refuses these records. https://github.com/c-ares/c-ares/issues/1287 */
    refusingNode: async (name: string) =>
      /^1\.34\.[78]$/.test(versions.ares) && (await ask('SRV', name)).isCompressed ? versions.node : undefined,
  };
}

type Machine = typeof thisMachine;

type Queries = ReturnType<typeof openQueries>;

/** Queries, each sent once, and what they tell of the DNS server. */
function openQueries(server: string | undefined, { clock, timeoutMs, signal }: Resolving, machine: Machine) {
  const servers = server === undefined ? machine.servers().slice(0, mostServers) : [server];
  const once = onceByKey();
  const inTurn = pLimit(mostQueries);
  const lines = linesOf(server === undefined ? machine.resolv : '');
  const words = lines.flat().join(' ');
  const option = (name: string, usual: number) => Number(new RegExp(`.* ${name}:(\\d+)`).exec(words)?.[1] ?? usual);
  const times: number[] = [];
  const silent = new Set<string>();

  const query = async (type: RecordType, name: string, timeoutMs: number) => {
    const reply = await queryDns(type, name, { servers, timeoutMs, clock, signal });
    // Systems wait longer than this program before they ask another server.
    times.push(reply.isFirstSilent ? 1000 * option('timeout', 5) : reply.ms);
    return reply;
  };

  const isAlive = async (name: string) => {
    if (times.length === 0) await once('alive', () => query('A', name, aliveMs).catch(() => undefined));
    return times.length > 0;
  };

  const failure = async (cause: unknown, type: RecordType, name: string) => {
    const isSilent = codeOf(cause) === 'ABORT_ERR';
    if (isSilent) silent.add(name);
    // https://github.com/nodejs/node/issues/62326
    const isFallback = server === undefined && servers.every((each) => each.startsWith('127.0.0.1'));
    if (isFallback && machine.node.platform === 'win32' && machine.node.versions.ares === '1.34.6')
      return nodeFailure(machine, cause);
    return serverFailure(server, type, cause, isSilent && (await isAlive(name)));
  };

  const ask = (type: RecordType, name: string) =>
    once(`${type} ${name}`, () =>
      inTurn(async () => {
        try {
          return await query(type, name, timeoutMs());
        } catch (error) {
          signal.throwIfAborted();
          throw await failure(error, type, name);
        }
      }),
    );

  return {
    ask,
    /** Of resolv.conf. */
    option,
    searchDomains: () => lines.findLast(([key = '']) => /^(?:search|domain)$/.test(key))?.slice(1, 7) ?? [],
    isSilent: (name: string) => silent.has(name),
    /** Milliseconds until an answer; 0 if there was none. */
    usualMs: () => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0,
  };
}

function nodeFailure({ node: { versions } }: Machine, cause: unknown) {
  const message =
    `Node.js ${versions.node} takes 127.0.0.1 for the DNS server of this ` +
    'machine, but nothing answers there. Other programs are not affected.';
  return new CliError('endpointFailed', message, { hint: adviceOnWindows, cause, reason: 'nodeResolver' });
}

/** `isDropped`: the server answers other queries. */
function serverFailure(server: string | undefined, type: RecordType, cause: unknown, isDropped: boolean) {
  const code = codeOf(cause) ?? 'EBADRESP';
  const usual = [`failed to look up the ${type} record (${code})`, adviceOnServer] as const;
  const [reason, hint] = reasonsFor(type)[isDropped ? 'dropped' : code] ?? usual;
  const who = server === undefined ? 'The DNS server of this machine' : `The DNS server ${server}`;
  // What keeps a client from connecting is what doctor looks for.
  return new CliError('endpointFailed', `${who} ${reason}.`, { hint, cause });
}

type Names = ReturnType<typeof openNames>;

/** The addresses and aliases of a host. */
function openNames(server: string | undefined, machine: Machine, ask: Queries['ask']) {
  /** The addresses of a host in the hosts file, IPv4 first. The file is not read if a DNS server was chosen. */
  const inHostsFile = (host: string) =>
    linesOf(server === undefined && literalAddress(host) === undefined ? machine.hosts : '')
      .filter(([address = '', ...names]) => isIP(address) > 0 && names.some((name) => name.toLowerCase() === host))
      .map(([address = '']) => address)
      .toSorted((a, b) => isIP(a) - isIP(b))
      .slice(0, mostAddresses);

  /** Whether the system asks no DNS server for a host. */
  const isLocal = (host: string) => literalAddress(host) !== undefined || inHostsFile(host).length > 0;

  /** What DNS says about the addresses of a host. One family suffices. Without any, a failed query is the reason. */
  const repliesFor = async (host: string) => {
    const asked = [ask('A', host), ask('AAAA', host)];
    const replies = await Promise.all(asked.map((each) => orNone(each)));
    const found = replies.flatMap((reply) => (reply && reply.answers.length > 0 ? reply : []));
    return found.length > 0 ? found : Promise.all(asked);
  };

  const inDns = async (host: string) => {
    const answers = (await repliesFor(host)).flatMap((reply) => reply.answers);
    const found = answers.flatMap((each) => (each.type === 'A' || each.type === 'AAAA' ? each.data : []));
    return found.slice(0, mostAddresses);
  };

  return {
    isLocal,
    inHostsFile,
    inDns,
    /** As drivers get them: those in the hosts file first. */
    addresses: async (host: string) => {
      const literal = literalAddress(host);
      const own = literal === undefined ? inHostsFile(host) : [literal];
      return own.length > 0 ? own : inDns(host);
    },
    /** The names that a host is an alias of, the nearest first, in lowercase. They come with its addresses. */
    aliases: async (host: string) => {
      if (isLocal(host)) return [];
      const [reply] = await repliesFor(host);
      const found = reply?.answers.flatMap((each) => (each.type === 'CNAME' ? each.data.toLowerCase() : []));
      return found?.slice(0, mostAliases) ?? [];
    },
  };
}

/** Search domains, then nothing. It stops at a name that exists, or has no answer. `ms`: the wait. See `resolv.conf(5)`. */
async function search(
  host: string,
  { option, searchDomains, isSilent: isSilentName, usualMs }: Queries,
  { isLocal, addresses }: Names,
) {
  const isFirst = isLocal(host) || host.split('.').length > option('ndots', 1);
  const domains = isFirst ? [] : searchDomains();
  // The domain "." adds nothing.
  const suffixes = [...domains.map((domain) => `.${domain}`.replace(/\.+$/, '')), ''];
  const asked = suffixes.map(async (suffix) => {
    const found = await orNone(addresses(host + suffix), []);
    // A host without any address has another problem than a slow one.
    const isSilent = isSilentName(host + suffix) && (suffix !== '' || found.length > 0);
    return { suffix, isFound: found.length > 0, isSilent };
  });
  const all = await Promise.all(asked);
  const end = all.findIndex(({ isFound, isSilent }) => isFound || isSilent);
  const silentMs = 1000 * option('timeout', 5) * option('attempts', 2);
  const timed = all.map((each) => ({ ...each, ms: each.isSilent ? silentMs : usualMs() }));
  return end < 0 ? timed : timed.slice(0, end + 1);
}

function linesOf(file: string) {
  try {
    const lines = readText(file).split(/(?:[#;].*)?\n/);
    return lines.map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}
