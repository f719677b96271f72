import { X509Certificate } from 'node:crypto';
import { reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/files.js';

/** Reads the certificates of a PEM file, which a setting names. Throws a usage error. */
export function readAuthority(file: string | undefined, setting: string) {
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
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    throw new UsageError(`${file} contains an invalid certificate.`, 'Check the file.');
  }
  // A file may have a private key too.
  return blocks.join('\n');
}
