import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { reasonOf, UsageError } from '../../base/errors.js';
import { readText } from '../../base/read-text.js';

/** Reads --dns-server: an address with an optional port, as Node takes it. Throws a usage error. */
export function dnsServerOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  const isPort = port === undefined || (Number(port) > 0 && Number(port) < 65_536);
  if (isIP(address) === 0 || !isPort) {
    throw new UsageError(`'${text}' is not a valid DNS server.`, 'Examples: 10.0.0.2, 127.0.0.1:5353, [fd00::2]:53');
  }
  return isIP(address) === 6 && port !== undefined ? `[${address}]:${port}` : text.replace(/^\[(.*)\]$/, '$1');
}

/** Reads the certificates of a file that a setting names. Throws a usage error. */
export function readAuthority(file: string | undefined, setting = '--tls-ca-file'): string | undefined {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}.`, `Check the path of ${setting}.`);
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw new UsageError(`${file} contains no certificate.`, 'A PEM file has lines with BEGIN CERTIFICATE.');
  }
  if (!blocks.every(isCertificate)) throw new UsageError(`${file} contains an invalid certificate.`, 'Check the file.');
  return text;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
