import { promises as dns } from 'node:dns';
import { isIP, isIPv4 } from 'node:net';
import { CliError, codeOf, ignoreFailure } from '../../base/errors.js';
import { onceByKey } from '../../base/once.js';
import { readText } from '../../base/read-text.js';
import type { Context } from '../../endpoints/context.js';

/** The address of a host that needs no DNS. */
export function literalAddress(host: string): string | undefined {
  return host === 'localhost' ? '127.0.0.1' : isIP(host) > 0 ? host : undefined;
}

const unanswered = ['ECONNREFUSED', 'ETIMEOUT'];
const missing = ['ENOTFOUND', 'ENODATA'];

/** A longer chain of aliases is a loop. */
const mostAliases = 5;
/** More addresses than a host, and more letters than a TXT record, ever has. A DNS server may answer anything. */
const [mostAddresses, mostLetters] = [20, 500];

type Files = Record<'hosts' | 'resolv', string>;

/** What the system looks at before it asks a DNS server. Windows has the same file elsewhere, and no resolv.conf. */
const systemFiles: Files = {
  hosts: process.platform === 'win32' ? `${process.env.SystemRoot}\\System32\\drivers\\etc\\hosts` : '/etc/hosts',
  resolv: '/etc/resolv.conf',
};

/**
 * Looks up names at one DNS server, each once. A name or record that doesn't exist gives an empty list. `server` is an
 * address with an optional port; default: the servers of the system. `timeoutMs`: for one query, its second try included.
 */
export function openResolver(
  server: string | undefined,
  { timeoutMs, signal, files = systemFiles }: Pick<Context, 'signal'> & { timeoutMs(): number; files?: Files },
) {
  const once = onceByKey();
  const active = new Set<dns.Resolver>();
  // One listener, however many queries there are. On a signal of its own, because each run of the checks adds one.
  AbortSignal.any([signal]).addEventListener('abort', () => {
    for (const resolver of active) resolver.cancel();
  });

  const failure = (cause: unknown, code: string, isUdpOnly: boolean, what: string) => {
    const who = server === undefined ? 'The DNS server of this machine' : `The DNS server ${server}`;
    const reasons: Record<string, string> = {
      ETIMEOUT: `did not respond to the query for the ${what}`,
      ECONNREFUSED: 'is not running or refuses queries',
    };
    const ofUdp = `answers other queries, but did not respond to the query for the ${what}. The record may be too long for UDP, and TCP port 53 closed or blocked`;
    const reason = isUdpOnly ? ofUdp : (reasons[code] ?? `failed to look up the ${what} (${code})`);
    // What keeps a client from connecting is what doctor looks for.
    return new CliError('endpointFailed', `${who} ${reason}.`, {
      hint: isUdpOnly
        ? 'Allow TCP port 53 to the DNS server.'
        : 'Check the DNS settings of this machine, or choose another server with --dns-server.',
      cause,
    });
  };

  /** Asks for the records of a name, each type once. Empty if there are none. */
  const ask = <T>(type: string, name: string, send: (resolver: dns.Resolver) => Promise<T[]>, mostMs?: number) =>
    once(`${type} ${name}`, async () => {
      const ms = Math.min(timeoutMs(), mostMs ?? Number.POSITIVE_INFINITY);
      // The second try takes about twice as long as the first.
      const resolver = new dns.Resolver({ timeout: Math.ceil(ms / 3), tries: 2 });
      if (server !== undefined) resolver.setServers([server]);
      active.add(resolver);
      try {
        return await send(resolver);
      } catch (error) {
        signal.throwIfAborted();
        const code = codeOf(error) ?? 'unknown error';
        if (missing.includes(code)) return [];
        // This answer fits into one UDP packet. Others need TCP.
        const isSilent = unanswered.includes(code);
        const short = isSilent ? await once('short', () => resolver.resolveSoa('net').catch(codeOf)) : code;
        const isUdpOnly = isSilent && !unanswered.includes(String(short));
        throw failure(error, code, isUdpOnly, `${type} record`);
      } finally {
        active.delete(resolver);
      }
    });

  /** The names that a host is an alias of, the nearest first. */
  const aliases = async (host: string) => {
    const found: string[] = [];
    // The system asks no DNS server then.
    if (literalAddress(host) !== undefined || inHostsFile(host).length > 0) return [];
    while (found.length < mostAliases) {
      const name = found.at(-1) ?? host;
      const [next] = await ask('CNAME', name, (resolver) => resolver.resolveCname(name));
      if (next === undefined) break;
      found.push(next);
    }
    return found;
  };

  /** The IPv4 addresses of a host in the hosts file, which is not asked if a DNS server was chosen. */
  const inHostsFile = (host: string) =>
    linesOf(server === undefined && literalAddress(host) === undefined ? files.hosts : '')
      .filter(([address = '', ...names]) => isIPv4(address) && names.some((name) => name.toLowerCase() === host))
      .map(([address = '']) => address)
      .slice(0, mostAddresses);

  /** The IPv4 addresses of a host in DNS, whatever the hosts file says. */
  const inDns = async (host: string, mostMs?: number) => {
    const found = await ask('A', host, (resolver) => resolver.resolve4(host), mostMs);
    return found.slice(0, mostAddresses);
  };

  /** The addresses of a host, as drivers get them: those in the hosts file first. */
  const addresses = async (host: string, mostMs?: number) => {
    const literal = literalAddress(host);
    const own = literal === undefined ? inHostsFile(host) : [literal];
    return own.length > 0 ? own : inDns(host, mostMs);
  };

  /** The name with a search domain that this machine looks up before the host itself, if there is such a name. */
  const searched = async (host: string) => {
    const lines = linesOf(server === undefined ? files.resolv : '');
    const domains = lines.findLast(([key]) => key === 'search')?.slice(1, 7) ?? [];
    const ndots = lines.flat().findLast((word) => word.startsWith('ndots:'));
    const dots = ndots?.slice('ndots:'.length) ?? 1;
    if (literalAddress(host) !== undefined || host.split('.').length - 1 >= Number(dots)) return undefined;
    const names = domains.map((domain) => `${host}.${domain}`);
    const found = await Promise.all(names.map((name) => addresses(name, 1000).catch(ignoreFailure)));
    return names.find((_, index) => found[index]?.length);
  };

  /** The nodes of a connection string (RFC 2782). */
  const services = async (name: string) => {
    const found = await ask('SRV', name, (resolver) => resolver.resolveSrv(name));
    // The target "." means that there is no host.
    return found.flatMap(({ name, port }) => (name === '' ? [] : { host: name.toLowerCase(), port }));
  };

  const texts = async (name: string) => {
    const found = await ask('TXT', name, (resolver) => resolver.resolveTxt(name));
    return found.map((parts) => parts.join('').slice(0, mostLetters));
  };

  return { services, texts, addresses, aliases, inDns, inHostsFile, searched };
}

/** The words on each line of a file, without comments. None if it can't be read. */
function linesOf(file: string) {
  try {
    const lines = readText(file, { limit: 1_000_000 }).split(/(?:[#;].*)?\n/);
    return lines.map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}
