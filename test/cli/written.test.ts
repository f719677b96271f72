import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* The build writes the help beside the program, so this test copies the module to a folder that has some. */

const asked: [argv: string[], page: string | null][] = [
  [[], 'atlas-pe'],
  [['--help'], 'atlas-pe'],
  [['-h'], 'atlas-pe'],
  [['help'], 'atlas-pe'],
  [['help', 'list'], 'list'],
  [['list', '--help'], 'list'],
  [['list', '-h'], 'list'],
  [['interface', 'add', '--help'], 'interface-add'],
  [['interface', '--help', 'add'], 'interface-add'],
  [['help', 'interface', 'add'], 'interface-add'],
  [['help', 'exit-codes'], 'exit-codes'],
  // These need the parser.
  [['list'], null],
  [['interface', 'add'], null],
  [['help', 'list', '--help'], null],
  [['help', 'help'], null],
  [['list', '--json', '--help'], null],
  [['list', '--helpful'], null],
  [['help', '../atlas-pe'], null],
  [['help', 'LIST'], null],
  [['help', '--version'], null],
  [['help', 'nothing'], null],
  [['help', 'empty'], null],
];

test('prewritten help is shown only for a plain help request', () => {
  const folder = temporaryFolder();
  const program = join(folder, 'written.ts');
  copyFileSync(fileURLToPath(new URL('../../src/cli/help/written.ts', import.meta.url)), program);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'help'));
  for (const page of ['atlas-pe', 'list', 'interface-add', 'exit-codes'])
    writeFileSync(join(folder, 'help', `${page}.txt`), page);
  writeFileSync(join(folder, 'help', 'empty.txt'), '');
  const script = `const { writtenHelp } = await import(${JSON.stringify(pathToFileURL(program).href)});
    console.log(JSON.stringify(${JSON.stringify(asked)}.map(([argv]) => [argv, writtenHelp(argv) ?? null])));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(asked);
});
