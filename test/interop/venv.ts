import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Installs the newest versions of packages of PyPI in a folder of its own, and says which. Returns the folder of programs. */
export function installFromPyPi(...names: readonly string[]): string {
  const folder = temporaryFolder();
  execFileSync('python3', ['-m', 'venv', folder]);
  const bin = join(folder, 'bin');
  // Python compiles what it runs; all of it would take as long as all tests.
  const pip = (...words: string[]) =>
    execFileSync(join(bin, 'pip'), ['--disable-pip-version-check', ...words], { encoding: 'utf8' });
  pip('install', '--quiet', '--no-compile', ...names);
  for (const name of names)
    process.stdout.write(`${name} ${/^Version: (.*)$/m.exec(pip('show', name.replace(/\[.*/, '')))?.[1]}\n`);
  return bin;
}

/** Builds a program in Go with the newest versions of what it imports, and says which. Resolves to its path. */
export async function buildGo(source: string): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'main.go'), source);
  // An SDK takes minutes to compile the first time, and half of that without optimization.
  const go = async (...words: string[]) => (await promisify(execFile)('go', words, { cwd: folder })).stdout;
  for (const words of ['mod init main', 'mod tidy', 'build -gcflags=all=-N -o main']) await go(...words.split(' '));
  process.stdout.write(await go('list', '-m', '-f', '{{if not (or .Indirect .Main)}}{{.}}{{end}}', 'all'));
  return join(folder, 'main');
}

/** Installs the newest versions of these packages of npm in a folder of its own, says which they are, and returns the folder. */
export function installFromNpm(...names: readonly string[]): string {
  const folder = temporaryFolder();
  const newest = names.map((name) => `${name}@latest`);
  execFileSync('npm', ['install', '--silent', '--ignore-scripts', '--no-audit', '--prefix', folder, ...newest]);
  for (const name of names) {
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    process.stdout.write(`${name} ${version}\n`);
  }
  return folder;
}
