import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { program, runProgram } from '../helpers/run-program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the package holds the program, the licences of what is bundled, and little else', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ size, files }] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
  expect(size).toBeLessThan(400_000);
  const folders = new Set(files.map(({ path }) => (path.includes('/') ? path.replace(/\/[^/]+$/, '') : path)));
  expect([...folders].sort()).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'package.json']);
  const licences = readFileSync(join(root, 'dist/LICENSES.txt'), 'utf8');
  for (const library of ['commander', 'undici', 'chalk', 'ora', 'cli-table3', 'conf', 'yaml', 'p-map', 'smol-toml']) {
    expect(licences).toMatch(new RegExp(`^${library} \\d`, 'm'));
  }
  // What is bundled is no dependency, so nothing else is installed with it.
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies?: unknown };
  expect(dependencies).toBeUndefined();
});

test('--version takes the shim alone, and help no command', async () => {
  expect(await runProgram(['--version'], {})).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  // The shim asks for what it needs in plain sight: without dist it still knows the version.
  const shim = readFileSync(program, 'utf8');
  expect(shim.match(/require\('([^']+)'\)/g)).toEqual([
    ...["require('../package.json')", "require('node:module')", "require('node:v8')"],
  ]);
  const chunks = readdirSync(join(root, 'dist')).filter((name) =>
    /^(create|list|wait|context|dispatcher|ora)-/.test(name),
  );
  expect(chunks.length).toBeGreaterThan(5);
  const main = readFileSync(join(root, 'dist/main.js'), 'utf8');
  expect(main.length).toBeLessThan(10_000);
  for (const chunk of chunks) expect(main).not.toContain(`from"./${chunk}"`);
});

test('every chunk can be loaded', () => {
  const chunks = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.js'));
  const script = chunks.map((name) => `await import(${JSON.stringify(join(root, 'dist', name))});`).join('\n');
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});
