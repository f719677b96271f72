import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Whether the lock is still held: another command takes over one that wasn't renewed for some seconds. */
type IsHeld = () => boolean;

/** What a change of a file comes to. */
interface Change<T> {
  /** Writes the new content to this path, where there is no file yet. */
  write(beside: string): Promise<void>;
  answer: T;
}

interface Editing<T> {
  /** Null where there is no file. Throws where it can't be read. */
  read(file: string): string | null;
  /** Called again with the new text where another command has changed the file meanwhile. */
  edit(text: string | null): Change<T>;
}

/**
 * Changes a file that several commands share, under its lock. A command that stalls while it writes (a slow disk, a suspended
 * process) loses the lock; then it changes nothing and starts again from what the file holds by then.
 */
export async function changeFile<T>(file: string, editing: Editing<T>): Promise<T> {
  for (;;) {
    const done = await withLock(file, (isHeld) => tryChange(realPathOf(file), isHeld, editing));
    if (done) return done.answer;
  }
}

async function tryChange<T>(file: string, isHeld: IsHeld, { read, edit }: Editing<T>): Promise<{ answer: T } | null> {
  if (!isHeld()) return null;
  removeLeftovers(file);
  const before = read(file);
  const { write, answer } = edit(before);
  try {
    const isDone = await putInPlace(file, write, () => isHeld() && read(file) === before);
    return isDone ? { answer } : null;
  } catch (error) {
    // The one who took the lock over has removed what is written here.
    if (!isHeld()) return null;
    throw error;
  }
}

/**
 * Writes a file whole, beside the old one, then puts it in its place, unless that may no longer be: then it returns false.
 * From that question on all is synchronous, so that there is no time for another command.
 */
async function putInPlace(
  file: string,
  write: Change<unknown>['write'],
  isStillMeant: () => boolean,
): Promise<boolean> {
  const beside = besideOf(file);
  try {
    await write(beside);
    keepOwner(file, beside);
    if (!isStillMeant()) return false;
    fs.renameSync(beside, file);
    return true;
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

/**
 * Does work on a file that several commands share, with no other in between; makes its folder where there is none.
 * The file need not exist.
 */
export async function withLock<T>(file: string, work: (isHeld: IsHeld) => Promise<T>): Promise<T> {
  const { default: lockfile } = await import('proper-lockfile');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  let own: string | undefined;
  const isHeld = (lock: fs.PathLike) => own !== undefined && identityOf(lock) === own;
  const release = await lockfile.lock(file, {
    realpath: false,
    // A lock whose holder died is taken over after this long.
    stale: 5000,
    retries: { forever: true, factor: 1.3, minTimeout: 5, maxTimeout: 100, maxRetryTime: 10_000, randomize: true },
    // Whether it is held is looked up when that matters.
    onCompromised: () => undefined,
    fs: {
      ...fs,
      mkdir: (lock: fs.PathLike, done: fs.NoParamCallback) =>
        fs.mkdir(lock, (error) => {
          if (!error) own = identityOf(lock);
          done(error);
        }),
      // The end of a lock that was taken over must not end the lock of the one who did.
      rmdir: (lock: fs.PathLike, done: fs.NoParamCallback) =>
        own === undefined || isHeld(lock) ? fs.rmdir(lock, done) : done(null),
      rmdirSync: (lock: fs.PathLike) => isHeld(lock) && fs.rmdirSync(lock),
    },
  });
  try {
    return await work(() => isHeld(`${file}.lock`));
  } finally {
    // One that was taken over is released already.
    await release().catch(() => undefined);
  }
}

/** Writes a file for its owner alone: whole, beside the old one, then puts it in its place. Its folder must be there. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await putInPlace(
    file,
    (beside) => writePrivate(beside, text),
    () => true,
  );
}

/** Writes a new file that its owner alone can read. */
export function writePrivate(file: string, text: string): Promise<void> {
  return writeFile(file, text, { mode: 0o600, flag: 'wx' });
}

/** Whether commands that were killed left files of theirs beside this one. */
export function hasLeftovers(file: string): boolean {
  return leftoversOf(realPathOf(file)).length > 0;
}

/**
 * Removes what commands that were killed left beside a file: they may hold secrets. Under its lock there is no other command
 * that writes one; without a lock only those are leftovers that are older than a write takes.
 */
export function removeLeftovers(file: string, olderThanMs = 0): void {
  for (const path of leftoversOf(realPathOf(file))) {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs >= olderThanMs) fs.rmSync(path, { force: true });
  }
}

function leftoversOf(file: string): string[] {
  const folder = dirname(file);
  const name = basename(file);
  // Ours are numbered by process; conf's end in a time and a random number.
  const rest = /^\.(\d+\.[\da-f]{8}\.tmp|tmp-[\da-f]+)(\.tmp-[\da-f]+)?$/;
  const all = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return all
    .filter((each) => each.startsWith(name) && rest.test(each.slice(name.length)))
    .map((each) => join(folder, each));
}

function besideOf(file: string): string {
  return `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
}

/** The file that a link stands for, such as that of a collection of settings. */
function realPathOf(file: string): string {
  return fs.existsSync(file) ? fs.realpathSync(file) : file;
}

/** What root writes stays its owner's. */
function keepOwner(file: string, beside: string): void {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats && process.geteuid?.() === 0) fs.chownSync(beside, stats.uid, stats.gid);
}

/** What tells a folder from another one that is made in its place. */
function identityOf(path: fs.PathLike): string | undefined {
  const stats = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.birthtimeNs}`;
}
