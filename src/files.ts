import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Does work on a file that several commands share, with no other in between; makes its folder where there is none.
 * The file need not exist.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const { default: lockfile } = await import('proper-lockfile');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const release = await lockfile.lock(file, {
    realpath: false,
    // A lock whose holder died is taken over after this long.
    stale: 5000,
    retries: { forever: true, factor: 1.3, minTimeout: 5, maxTimeout: 100, maxRetryTime: 10_000, randomize: true },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Writes a file for its owner alone: whole, beside the old one, then puts it in its place. Its folder must be there. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text, { mode: 0o600 });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
