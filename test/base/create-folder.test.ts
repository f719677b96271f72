import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolder, isOurs } from '../../src/base/files.js';
import { runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const somebody = 65_534;

function homeOfSomebody(): string {
  const home = temporaryFolder();
  chmodSync(home, 0o755);
  chownSync(home, somebody, somebody);
  return home;
}

test('creates a private folder with its parents', () => {
  const [parent, folder] = [join(temporaryFolder(), 'a'), 'b'];
  createFolder(join(parent, folder));
  createFolder(join(parent, folder));
  const modes = [parent, join(parent, folder)].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700]);
});

test.runIf(process.geteuid?.() === 0)("what root creates in a user's home folder belongs to that user", async () => {
  const home = homeOfSomebody();
  expect((await runCli(['config', 'set', 'output', 'json'], { env: { HOME: home } })).exitCode).toBe(0);
  const created = ['.config', '.config/atlas-pe', '.config/atlas-pe/config.json'].map((path) => join(home, path));
  expect(created.map((path) => statSync(path).uid)).toEqual([somebody, somebody, somebody]);
});

test.runIf(process.geteuid?.() === 0)('nothing is created if the parent belongs to somebody else', () => {
  const home = homeOfSomebody();
  expect(() => createFolder(join(home, 'a', 'b'), isOurs)).toThrow('belongs to another user');
  expect(() => createFolder(home, isOurs)).toThrow('belongs to another user');
  expect(readdirSync(home)).toEqual([]);
});

/* Node's recursive mkdir spins in /proc, and in a home folder that is mounted on demand. */
test('no source uses the recursive mkdir of Node', () => {
  const files = ['src', 'bin'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const sources = files.filter((file) => /\.[cm]?[jt]s$/.test(file) && existsSync(file));
  expect(sources.length).toBeGreaterThan(100);
  const found = sources.filter((file) => /mkdir\w*\([^;]*recursive: true/.test(readFileSync(file, 'utf8')));
  expect(found).toEqual([]);
});
