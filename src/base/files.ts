import fs from 'node:fs';
import { dirname } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { systemClock } from './clock.js';

/** Runs `work` while no other command holds the lock of `file`, which may be missing. Creates its folder. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const { default: lockfile } = await import('proper-lockfile');
  createFolder(dirname(file));
  const release = await lockfile.lock(file, {
    realpath: false,
    // A lock is taken over this many milliseconds after its holder died.
    stale: 5000,
    retries: { forever: true, factor: 1.3, minTimeout: 5, maxTimeout: 100, maxRetryTime: 10_000, randomize: true },
    // A command that stalled loses its lock. It goes on all the same.
    onCompromised: () => undefined,
  });
  try {
    return await work();
  } finally {
    // A lock that was taken over is released already.
    await release().catch(() => undefined);
  }
}

/** A name that no other process uses. */
export function temporaryBeside(file: string): string {
  const random = Math.floor(Math.random() * 2 ** 32);
  return `${file}.${process.pid}.${random.toString(16).padStart(8, '0')}.tmp`;
}

/** Replaces a file with one that only its owner can read. The folder must exist. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const beside = temporaryBeside(file);
  try {
    await fs.promises.writeFile(beside, content, { mode: 0o600, flag: 'wx' });
    await putInPlace(beside, file);
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

/** Windows does not replace a file that is open, and others open it for moments: another command, a virus scanner. */
async function putInPlace(
  beside: string,
  file: string,
  tries = process.platform === 'win32' ? 20 : 1,
): Promise<void> {
  try {
    fs.renameSync(beside, file);
  } catch (error) {
    if (tries === 1) throw error;
    await systemClock.sleep(50);
    await putInPlace(beside, file, tries - 1);
  }
}

/** Node's own recursive mkdir never ends in /proc, nor where home folders are mounted on demand. */
export function createFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) createFolder(parent);
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another command may have created it.
    if (!fs.existsSync(folder)) throw error;
  }
}

/** Throws a system error. */
export function readText(file: string): string {
  return decode(fs.readFileSync(file));
}

/** Returns the text of a stream. Throws the signal's reason or a system error, also if it is longer than `limit` bytes. */
export async function readAll(stream: Readable, signal: AbortSignal, limit: number): Promise<string> {
  try {
    const bytes = await bytesOf(addAbortSignal(signal, stream), limit);
    if (bytes) return decode(bytes);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  const message = `it is larger than ${limit.toLocaleString('en')} bytes`;
  throw Object.assign(new Error(message), { code: 'EFBIG' });
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
  const marks: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' };
  return new TextDecoder(marks[bytes.toString('hex', 0, 2)] ?? 'utf-8').decode(bytes);
}
