import fs, { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { systemClock } from './clock.js';

/** Writes the new content to this path. No file exists there yet. */
type Write = (beside: string) => Promise<void>;

interface Change<T> {
  write: Write;
  answer: T;
}

interface Editing<T> {
  /** Returns null if there is no file. Throws if the file can't be read. */
  read(file: string): string | null;
  /** Called again with the new text if another command changed the file in the meantime. */
  edit(text: string | null): Change<T>;
}

/** Changes a shared file under its lock. A command that stalls may lose the lock, so each compares before it replaces the file. */
export function changeFile<T>(file: string, { read, edit }: Editing<T>): Promise<T> {
  return withLock(file, async () => {
    const path = realPathOf(file);
    removeLeftovers(path, writeMs);
    for (;;) {
      const before = read(path);
      const { write, answer } = edit(before);
      if (await putInPlace(path, write, () => read(path) === before)) return answer;
    }
  });
}

/** A name that no other process uses, and that `removeLeftovers` knows. */
export function temporaryBeside(file: string): string {
  const random = Math.floor(Math.random() * 2 ** 32);
  return `${file}.${process.pid}.${random.toString(16).padStart(8, '0')}.tmp`;
}

/** Returns false if `isStillWanted` does. Everything from that check on is synchronous, so that others can hardly interfere. */
async function putInPlace(file: string, write: Write, isStillWanted = () => true, tries = 20): Promise<boolean> {
  const beside = temporaryBeside(file);
  try {
    await write(beside);
    keepOwner(file, beside);
    if (!isStillWanted()) return false;
    fs.renameSync(beside, file);
    return true;
  } catch (error) {
    // Windows does not replace a file that is open, and others open it for moments: another command, a virus scanner.
    if (process.platform !== 'win32' || Object(error).syscall !== 'rename' || tries === 1) throw error;
  } finally {
    fs.rmSync(beside, { force: true });
  }
  await systemClock.sleep(50);
  return putInPlace(file, write, isStillWanted, tries - 1);
}

/** Runs `work` while no other command holds the lock of `file`, which may be missing. Creates its folder. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const { default: lockfile } = await import('proper-lockfile');
  createFolder(dirname(file));
  const release = await lockfile.lock(file, {
    realpath: false,
    // A lock is taken over this many milliseconds after its holder died.
    stale: 5000,
    retries: { forever: true, factor: 1.3, minTimeout: 5, maxTimeout: 100, maxRetryTime: 10_000, randomize: true },
    // `changeFile` notices what another command has done.
    onCompromised: () => undefined,
  });
  try {
    return await work();
  } finally {
    // A lock that was taken over is released already.
    await release().catch(() => undefined);
  }
}

/** Replaces a file with one that only its owner can read. The folder must exist. */
export async function replaceFile(file: string, content: string | Uint8Array) {
  await putInPlace(file, (beside) => writePrivate(beside, content));
}

export function writePrivate(file: string, content: string | Uint8Array) {
  return fs.promises.writeFile(file, content, { mode: 0o600, flag: 'wx' });
}

/** A file that root rewrites keeps its owner. A new one gets the owner of its folder. */
function keepOwner(file: string, beside: string) {
  const { uid, gid } = fs.statSync(file, { throwIfNoEntry: false }) ?? fs.statSync(dirname(file));
  if (process.geteuid?.() === 0) fs.lchownSync(beside, uid, gid);
}

/** Milliseconds; no write takes longer. */
export const writeMs = 60_000;

export function hasLeftovers(file: string) {
  return leftoversOf(realPathOf(file)).length > 0;
}

/** Removes what killed commands left beside a file. `olderThanMs`: `writeMs` if another command may be writing. */
export function removeLeftovers(file: string, olderThanMs = Number.NEGATIVE_INFINITY) {
  for (const path of leftoversOf(realPathOf(file))) {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs >= olderThanMs) fs.rmSync(path, { force: true });
  }
}

function leftoversOf(file: string) {
  const [folder, name] = [dirname(file), basename(file)];
  // Ours contain the process id; conf's end in a time and a random number.
  const rest = /^\.(\d+\.[\da-f]{8}\.tmp|tmp-[\da-f]+)(\.tmp-[\da-f]+)?$/;
  const all = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const ours = all.filter((each) => each.startsWith(name) && rest.test(each.slice(name.length)));
  return ours.map((each) => join(folder, each));
}

/** Resolves a symbolic link, for example into a dotfiles repository. */
export function realPathOf(file: string): string {
  return fs.existsSync(file) ? fs.realpathSync(file) : file;
}

/**
 * Node's own recursive mkdir never ends in /proc, nor where home folders are mounted on demand. What root creates gets the owner
 * of its parent. Throws if `isAllowed` returns false for the folder or, if it doesn't exist, for the parent that exists.
 */
export function createFolder(folder: string, isAllowed: (existing: fs.Stats) => boolean = () => true) {
  const stats = fs.statSync(folder, { throwIfNoEntry: false });
  if (stats && !isAllowed(stats)) throw new Error(`${folder} belongs to another user.`);
  if (stats) return;
  const parent = dirname(folder);
  if (parent !== folder) createFolder(parent, isAllowed);
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    const { uid, gid } = fs.statSync(parent);
    if (process.geteuid?.() === 0 && uid !== 0) fs.lchownSync(folder, uid, gid);
  } catch (error) {
    // Another command may have created it.
    if (!fs.existsSync(folder)) throw error;
  }
}

/** Whether it belongs to this user or to root. Windows has no such owners. */
export function isOurs({ uid }: fs.Stats) {
  return process.platform === 'win32' || uid === 0 || uid === process.geteuid?.();
}

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
