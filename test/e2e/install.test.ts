import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const script = fileURLToPath(new URL('../../.github/install.sh', import.meta.url));
const archive = { x64: 'atlas-pe_linux_amd64.tar.gz', arm64: 'atlas-pe_linux_arm64.tar.gz' }[process.arch as string];

describe.skipIf(process.platform !== 'linux')('the script that installs a release', () => {
  /** A folder with a release as on GitHub, under this path. */
  function release(path: string, { sum = '' } = {}): string {
    const [releases, program] = [temporaryFolder(), temporaryFolder()];
    const folder = join(releases, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(program, 'atlas-pe'), '#!/bin/sh\necho installed\n', { mode: 0o755 });
    const file = join(folder, String(archive));
    spawnSync('tar', ['-czf', file, '-C', program, '.']);
    const right = createHash('sha256').update(readFileSync(file)).digest('hex');
    const sums = `${'0'.repeat(64)}  atlas-pe_windows_amd64.tar.gz\n${sum || right}  ${archive}\n`;
    writeFileSync(join(folder, 'SHA256SUMS'), sums);
    return `file://${releases}`;
  }

  function install(releases: string, ...version: string[]) {
    const folder = join(temporaryFolder(), 'new');
    const env = { PATH: process.env.PATH, RELEASES: releases };
    const { status } = spawnSync('bash', [script, folder, ...version], { env });
    return { status, program: join(folder, 'atlas-pe') };
  }

  test.each([
    ['latest/download', []],
    ['latest/download', ['latest']],
    ['download/v0.1.0', ['0.1.0']],
    ['download/v0.1.0', ['v0.1.0']],
  ])('%s for %j', (path, version) => {
    const { status, program } = install(release(path), ...version);
    expect([status, spawnSync(program, { encoding: 'utf8' }).stdout]).toEqual([0, 'installed\n']);
  });

  test('installs nothing if the sum is wrong or missing, or if there is no such release', () => {
    const wrong = install(release('latest/download', { sum: '1'.repeat(64) }));
    const missing = install(release('latest/download', { sum: '1' }));
    const none = install(release('download/v0.1.0'), '0.2.0');
    for (const { status, program } of [wrong, missing, none])
      expect([status !== 0, existsSync(program)]).toEqual([true, false]);
  });
});
