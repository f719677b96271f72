import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';

/** Bytes that a file of settings, or one written by hand, never has; what comes from a device has no end. */
const most = 10_000_000;

/**
 * The text of a file. Throws a system error, also where it is too long: then it isn't read to its end. One that only this user
 * should have written may be root's too; root, to whom all files are open, takes any.
 */
export function readText(file: string, { isPrivate = false, limit = most } = {}): string {
  const handle = openSync(file, 'r');
  try {
    if (isPrivate && !isTrusted(fstatSync(handle).uid)) throw systemError('EACCES', 'it belongs to another user');
    const chunks: Buffer[] = [];
    for (let length = 0; ; ) {
      const chunk = Buffer.allocUnsafe(65_536);
      const read = readSync(handle, chunk);
      if (read === 0) return decode(Buffer.concat(chunks, length));
      chunks.push(chunk.subarray(0, read));
      length += read;
      if (length > limit) throw tooLong(limit);
    }
  } finally {
    closeSync(handle);
  }
}

/** The text of a stream to its end. Throws the signal's reason, or a system error, also where it is too long. */
export async function readAll(stream: Readable, signal: AbortSignal, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stream)) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > limit) throw tooLong(limit);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return decode(Buffer.concat(chunks));
}

/** What PowerShell writes may be UTF-16, and may begin with a mark of its encoding. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return new TextDecoder(isUtf16 ? `utf-16${first === 0xff ? 'le' : 'be'}` : 'utf-8').decode(bytes);
}

function isTrusted(owner: number): boolean {
  const user = process.geteuid?.();
  return user === undefined || user === 0 || owner === 0 || owner === user;
}

function tooLong(limit: number): Error {
  return systemError('EFBIG', `it is longer than ${limit.toLocaleString('en')} bytes`);
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
