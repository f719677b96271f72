import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { isOurs } from './files.js';

/** Bytes. No settings file is this long. A device may never end. */
const most = 10_000_000;

/** Throws a system error. `isPrivate`: this user or root must own it. `mayBePipe`: the user names it; another pipe would block. */
export function readText(file: string, { isPrivate = false, mayBePipe = false, limit = most } = {}): string {
  const handle = openSync(file, mayBePipe ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!mayBePipe && !fstatSync(handle).isFile()) throw systemError('EINVAL', 'it is not a file');
    if (isPrivate && process.geteuid?.() !== 0 && !isOurs(fstatSync(handle)))
      throw systemError('EACCES', 'it belongs to another user');
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

/** Returns the text of a stream. Throws the signal's reason or a system error, also if it is longer than `limit` bytes. */
export async function readAll(stream: Readable, signal: AbortSignal, limit: number): Promise<string> {
  try {
    const bytes = await bytesOf(addAbortSignal(signal, stream), limit);
    if (bytes) return decode(bytes);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  throw tooLong(limit);
}

/** No page of a list of an API is this long. */
export const largestAnswerMb = 16;

/** All bytes of a stream. Undefined if they are more than `limit`: then the rest is not read. */
export async function bytesOf(stream: AsyncIterable<Buffer | string>, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > limit) return undefined;
  }
  return Buffer.concat(chunks);
}

/** PowerShell may write UTF-16, and may start the file with a byte order mark. */
function decode(bytes: Buffer) {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return new TextDecoder(isUtf16 ? `utf-16${first === 0xff ? 'le' : 'be'}` : 'utf-8').decode(bytes);
}

function tooLong(limit: number) {
  return systemError('EFBIG', `it is larger than ${limit.toLocaleString('en')} bytes`);
}

function systemError(code: string, message: string) {
  return Object.assign(new Error(message), { code });
}
