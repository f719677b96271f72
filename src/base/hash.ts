import { md5 as md5Of } from '@noble/hashes/legacy.js';
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';

/*
 * Hashes of text (as UTF-8), in hex. They don't need node:crypto, which takes 4 ms to load. Only the sandbox gains from
 * that: TLS loads it anyway.
 */

/** Only for HTTP Digest, which prescribes it. */
export function md5(text: string): string {
  return hex(md5Of(Buffer.from(text)));
}

export function sha256(text: string): string {
  return hex(sha256Of(Buffer.from(text)));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
