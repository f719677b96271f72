import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFolder } from '../../src/base/files.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('creates a private folder with its parents', () => {
  const [parent, folder] = [join(temporaryFolder(), 'a'), 'b'];
  createFolder(join(parent, folder));
  createFolder(join(parent, folder));
  expect([parent, join(parent, folder)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
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
