import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ownFolders } from '../helpers/run-cli.js';
import { bin } from '../helpers/run-program.js';

const hasJq = spawnSync('jq', ['--version']).status === 0;

test('jq is installed in CI', () => {
  if (process.env.CI === 'true') expect(hasJq, 'jq must be installed').toBe(true);
});

describe.concurrent('with only atlas-pe and jq', () => {
  test.skipIf(!hasJq).for(['aws', 'azure', 'gcp'])(
    'from create to an empty list on %s (skipped without jq)',
    async (cloud, { expect }) => {
      const script = fileURLToPath(new URL(`${cloud}.sh`, import.meta.url));
      const env = { ...ownFolders(), PATH: `${bin()}:${process.env.PATH}` };
      const child = spawn('bash', [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const exit = new Promise((resolve) => child.on('exit', resolve));
      const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
      expect([code, stdout], stderr).toEqual([0, 'done\n']);
    },
  );
});
