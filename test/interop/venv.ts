import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian has Python without what makes a virtual environment. */
export const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0;

/** Installs a package of PyPI in a folder of its own. Returns the folder of its programs, and what removes all of it. */
export function installFromPyPi(name: string): { bin: string; remove: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-venv-'));
  execFileSync('python3', ['-m', 'venv', folder]);
  const bin = join(folder, 'bin');
  // Python compiles what it runs; all of it would take as long as all tests.
  execFileSync(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '--no-compile', name]);
  return { bin, remove: () => rm(folder, { recursive: true, force: true }) };
}
