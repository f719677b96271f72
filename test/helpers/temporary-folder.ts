import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates a temporary folder. It is removed when all tests have run. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'atlas-pe-'));
}

/** Puts all temporary folders of the tests into one. Vitest calls this before the tests, and the result after them. */
export function setup(): () => void {
  const folder = temporaryFolder();
  // Some tests act as other users.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // A process that a test has started may still write to it.
    }
  };
}
