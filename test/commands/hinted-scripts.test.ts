import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hintProse } from '../../src/ui/streams.js';
import { isComplete } from '../helpers/complete.js';
import { ownSandbox } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* A hinted script can be pasted whole into bash and zsh. Here the program that it runs records its arguments. */

const own = ownSandbox();

const isThere = (shell: string) => spawnSync(shell, ['-c', 'exit'], { stdio: 'ignore' }).status === 0;

test('the shells are installed in CI', () => {
  if (isComplete) expect(['bash', 'zsh'].filter((each) => !isThere(each))).toEqual([]);
});

/** Runs the lines below a hint in a shell, as they stand on a screen of 80 columns. Returns the calls of `az`. */
function paste(shell: string, commands: readonly string[]): { calls: string[]; errors: string } {
  const folder = temporaryFolder();
  const record = `echo "$*" >> '${folder}/calls'`;
  writeFileSync(join(folder, 'az'), `#!/bin/sh\n${record}\necho '/nic 9'\n`, { mode: 0o755 });
  const shown = hintProse({ text: '', commands }, { isTTY: true, columns: 80 });
  const flags = shell === 'zsh' ? ['-f'] : ['--norc', '--noprofile'];
  // As in an interactive shell: a comment or an exclamation mark could be read differently there.
  const options = shell === 'zsh' ? '' : 'set -o history -H\n';
  const input = options + shown.slice(shown.indexOf('\n  ') + 1);
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  const { stderr } = spawnSync(shell, flags, { input, encoding: 'utf8', env, cwd: folder });
  return { calls: readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n'), errors: stderr };
}

test.each(['bash', 'zsh'])(
  'the address that interface add lacks can be looked up in %s, if it is there',
  async (shell) => {
    const id = `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p`;
    const { exitCode, stderr } = await own.atlas(`interface add eastus2 ${id}`);
    const commands = [...stderr.matchAll(/^ {2}(.+)$/gm)].map(([, line = '']) => line);
    expect([exitCode, commands.length]).toEqual([2, 2]);
    if (!isThere(shell)) return;
    const address = 'ipConfigurations[0].privateIPAddress';
    expect(paste(shell, commands)).toEqual({
      calls: [
        `network private-endpoint show --ids ${id} --query networkInterfaces[0].id --output tsv`,
        `network nic show --ids /nic 9 --query ${address} --output tsv`,
      ],
      errors: '',
    });
  },
);
