import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writtenHelp } from '../../src/cli/help/written.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Command lines, and the file that answers them. */
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
  mkdirSync(join(folder, 'help'));
  for (const page of ['atlas-pe', 'list', 'interface-add', 'exit-codes'])
    writeFileSync(join(folder, 'help', `${page}.txt`), page);
  writeFileSync(join(folder, 'help', 'empty.txt'), '');
  expect(asked.map(([argv]) => [argv, writtenHelp(argv, folder) ?? null])).toEqual(asked);
});
