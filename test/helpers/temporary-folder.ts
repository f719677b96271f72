import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Creates a temporary folder. It is removed when all tests have run. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'atlas-pe-'));
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
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
