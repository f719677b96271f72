import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFolders, runCli } from '../helpers/run-cli.js';

test.each(['bash', 'zsh', 'fish', 'powershell'])('completion %s prints only a script in a pipe', async (shell) => {
  const { exitCode, stdout, stderr } = await runCli(['completion', shell]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^#.*\n/);
  // The script never evaluates typed text or completions.
  expect(stdout.replaceAll(/#.*/g, '')).not.toMatch(/\beval\b|Invoke-Expression|iex\b|compgen -W/);
  const as = async (format: string) => (await runCli(['completion', shell, '--output', format])).stdout;
  expect(JSON.parse(await as('json'))).toEqual({ shell, script: stdout });
  expect([await as('tsv'), await as('id')]).toEqual([stdout, stdout]);
  expect((await runCli(['completion', shell, '--json', '--fields', 'shell'])).stdout).toBe(
    `{\n  "shell": "${shell}"\n}\n`,
  );
});

test('the script does not depend on the configuration, even if it is broken', async () => {
  const { stdout: script } = await runCli(['completion', 'bash']);
  const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_OUTPUT: 'json', ATLAS_PE_PROFILE: 'nonsense' };
  const folder = env.ATLAS_PE_CONFIG_DIR ?? '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), '{"profile":', { mode: 0o644 });
  expect(await runCli(['completion', 'bash'], { env })).toEqual({ exitCode: 0, stdout: script, stderr: '' });
});

test('a missing or unknown shell is a usage error', async () => {
  const all = 'Hint: Valid values: bash, zsh, fish, powershell\n';
  expect(await runCli(['completion'])).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('<shell>'),
  });
  expect(await runCli(['completion', 'tcsh'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(all) });
  expect((await runCli(['completion', 'bash', 'zsh'])).exitCode).toBe(2);
});

test('the PowerShell script passes the words separately and quotes lists', async () => {
  // PowerShell isn't available to test this, so these are the parts that must stay.
  const { stdout } = await runCli(['completion', 'powershell']);
  expect(stdout).toContain("Register-ArgumentCompleter -Native -CommandName 'atlas-pe'");
  expect(stdout).toContain("& atlas-pe complete '--' @words $word 2> $null");
  expect(stdout).toContain(`if ($value -match '[,@]') { "'$value'" }`);
  expect(stdout).toContain('-split "`t", 2');
  for (const [open, close] of [
    ['{', '}'],
    ['(', ')'],
  ] as const) {
    expect(stdout.split(open).length).toBe(stdout.split(close).length);
  }
});

test('the bash script works with bash 3.2', async () => {
  const { stdout } = await runCli(['completion', 'bash']);
  expect(spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(stdout).not.toMatch(
    /readarray|mapfile|declare -A|local -n|\$\{\w+(,,|\^\^)|_get_comp_words_by_ref|readonly|< <\(/,
  );
});
