import { promises as dns } from 'node:dns';
import { CliError, codeOf } from '../../base/errors.js';
import { onceByKey } from '../../base/once.js';

/** Looks up names at one DNS server, each once. A name or record that doesn't exist gives an empty list. */
export interface Resolver {
  /** The nodes of a connection string (RFC 2782). */
  services(name: string): Promise<readonly { host: string; port: number }[]>;
  /** The IPv4 addresses of a host. */
  addresses(host: string): Promise<readonly string[]>;
  /** The TXT records of a name, each as one text. */
  texts(name: string): Promise<readonly string[]>;
  /** The names that a host is an alias of, the nearest first. */
  aliases(host: string): Promise<readonly string[]>;
}

const missing = ['ENOTFOUND', 'ENODATA'];

/** A longer chain of aliases is a loop. */
const mostAliases = 5;
/** More addresses than a host, and more letters than a TXT record, ever has. A DNS server may answer anything. */
const [mostAddresses, mostLetters] = [20, 500];

interface Asking {
  /** Milliseconds for one query, its second try included. */
  timeoutMs: () => number;
  /** Ends the queries. */
  signal: AbortSignal;
}

/** `server` is an address with an optional port; default: the servers of the system. */
export function openResolver(server: string | undefined, { timeoutMs, signal }: Asking): Resolver {
  const once = onceByKey();
  const active = new Set<dns.Resolver>();
  // One listener, however many queries there are. On a signal of its own, because each run of the checks adds one.
  AbortSignal.any([signal]).addEventListener('abort', () => {
    for (const resolver of active) resolver.cancel();
  });
  const ask = <T>(type: string, name: string, send: (resolver: dns.Resolver) => Promise<T[]>): Promise<T[]> =>
    once(`${type} ${name}`, () => askNow(`${type} record of ${name}`, send));

  async function askNow<T>(what: string, send: (resolver: dns.Resolver) => Promise<T[]>): Promise<T[]> {
    // The second try takes about twice as long as the first.
    const resolver = new dns.Resolver({ timeout: Math.ceil(timeoutMs() / 3), tries: 2 });
    if (server !== undefined) resolver.setServers([server]);
    active.add(resolver);
    try {
      return await send(resolver);
    } catch (error) {
      signal.throwIfAborted();
      if (missing.includes(codeOf(error) ?? '')) return [];
      throw dnsError(error, what, server);
    } finally {
      active.delete(resolver);
    }
  }

  const aliases = async (host: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let name: string | undefined = host; name !== undefined && found.length < mostAliases; ) {
      const [next]: string[] = await ask('CNAME', name, (resolver) => resolver.resolveCname(name ?? ''));
      if (next !== undefined) found.push(next);
      name = next;
    }
    return found;
  };

  return {
    services: async (name) => {
      const found = await ask('SRV', name, (resolver) => resolver.resolveSrv(name));
      return found.map(({ name: host, port }) => ({ host, port }));
    },
    texts: async (name) => {
      const found = await ask('TXT', name, (resolver) => resolver.resolveTxt(name));
      return found.map((parts) => parts.join('').slice(0, mostLetters));
    },
    addresses: async (host) => {
      const found = await ask('A', host, (resolver) => resolver.resolve4(host));
      return found.slice(0, mostAddresses);
    },
    aliases,
  };
}

function dnsError(error: unknown, what: string, server: string | undefined): CliError {
  const who = server === undefined ? 'The DNS server of this machine' : `The DNS server ${server}`;
  const hint = 'Check the DNS settings of this machine, or choose another server with --dns-server.';
  const code = codeOf(error) ?? 'unknown error';
  const reasons: Record<string, string> = {
    ETIMEOUT: `did not respond to the query for the ${what}`,
    ECONNREFUSED: 'is not running or refuses queries',
  };
  const reason = reasons[code] ?? `failed to look up the ${what} (${code})`;
  // What keeps a client from connecting is what doctor looks for.
  return new CliError('endpointFailed', `${who} ${reason}.`, { hint, cause: error });
}
