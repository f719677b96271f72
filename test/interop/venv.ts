import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Installs a package of PyPI in a folder of its own. Returns the folder of its programs. */
export function installFromPyPi(name: string): string {
  const folder = temporaryFolder();
  execFileSync('python3', ['-m', 'venv', folder]);
  const bin = join(folder, 'bin');
  // Python compiles what it runs; all of it would take as long as all tests.
  execFileSync(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '--no-compile', name]);
  return bin;
}
