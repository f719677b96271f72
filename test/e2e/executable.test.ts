import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram, startProgram } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* What only the single executable does: .ci/executable runs this. One that Node.js 20 builds obeys NODE_OPTIONS. */

const isExecutable = process.env.ATLAS_PE_TEST_NODE === '' && Number.parseInt(process.versions.node, 10) > 20;

describe.runIf(isExecutable)('the executable', () => {
  test('loads nothing that NODE_OPTIONS names', async () => {
    const folder = temporaryFolder();
    const [script, proof] = [join(folder, 'script.cjs'), join(folder, 'proof')];
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(proof)}, '')`);
    for (const file of [script, join(folder, 'missing')]) {
      const run = await runProgram(['list', '--sandbox'], { ...ownFolders(), NODE_OPTIONS: `--require=${file}` });
      expect([run.exitCode, existsSync(proof)]).toEqual([0, false]);
    }
  });

  test('opens no debugger at SIGUSR1', async () => {
    const { child, ended } = startProgram(['sandbox', 'serve', '--port', '0'], ownFolders());
    const [line] = await once(child.stderr, 'data');
    child.kill('SIGUSR1');
    await fetch(String(/http:\S+(?=\.)/.exec(String(line))));
    child.kill('SIGTERM');
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/debugger/i)]);
  });
});
