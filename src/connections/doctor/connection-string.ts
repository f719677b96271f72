import { UsageError } from '../../base/errors.js';

export interface NodeAddress {
  host: string;
  port: number;
}

/** What a connection string says about the way to the nodes: either where its SRV record is, or a list of nodes. */
export interface ParsedString {
  /** The host of an SRV string, and the name of its SRV record. */
  srv: { name: string; record: string } | null;
  nodes: readonly NodeAddress[];
  /** The options in the string. The TXT record of an SRV string may have more. */
  options: URLSearchParams;
}

const schemes = /^mongodb(\+srv)?:\/\//;

export function isConnectionString(text: string): boolean {
  return schemes.test(text);
}

/**
 * Reads a connection string. The user, the password and the path are dropped. Undefined if it is not valid.
 * https://github.com/mongodb/specifications/blob/master/source/connection-string/connection-string-spec.md
 */
export function parseConnectionString(text: string): ParsedString | undefined {
  const [scheme, isSrv] = schemes.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  // Drivers require that these characters are encoded in a user and a password.
  const [, list = '', query = ''] =
    /^(?:[^/?@]*@)?([^/?@]+)(?:\/[^?]*)?(?:\?(.*))?$/s.exec(text.slice(scheme.length)) ?? [];
  const options = new URLSearchParams(query);
  const hosts = list.split(',').map((each) => /^([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?(?::(\d{1,5}))?$/i.exec(each));
  const nodes = hosts.flatMap((found) => {
    const [, host, port = '27017'] = found ?? [];
    const isPort = Number(port) > 0 && Number(port) < 65_536;
    return host === undefined || !isPort ? [] : [{ host: host.toLowerCase(), port: Number(port) }];
  });
  const [first] = nodes;
  if (!first || nodes.length < hosts.length) return undefined;
  if (!isSrv) return { srv: null, nodes, options };
  // The record has the ports.
  if (nodes.length > 1 || hosts[0]?.[2] !== undefined || first.host.split('.').length < 3) return undefined;
  const record = `_${options.get('srvServiceName') ?? 'mongodb'}._tcp.${first.host}`;
  return { srv: { name: first.host, record }, nodes: [], options };
}

/** Reads the connection string of a user. Throws a usage error that quotes nothing of it: it may hold a password. */
export function readConnectionString(text: string): ParsedString {
  const parsed = parseConnectionString(text);
  if (parsed) return parsed;
  throw new UsageError(
    'The connection string is not valid.',
    'It looks like mongodb+srv://HOST with one host name and no port, or mongodb://HOST:PORT,HOST:PORT. The characters : / ? @ in a user name or password must be percent-encoded.',
  );
}
