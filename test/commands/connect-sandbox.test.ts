import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeClock } from '../helpers/fake-clock.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';

test('--sandbox needs no AWS, and reads nothing of its configuration', async () => {
  const env = ownFolders();
  // Whoever opens it waits for ever.
  const config = join(env.HOME ?? '', 'config');
  execFileSync('mkfifo', [config]);
  const aws = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: config, AWS_PROFILE: 'nope' };
  const all = { ...env, ...aws, AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const clock = fakeClock();
  const run = (line: string) => runCli(line.split(' '), { env: all, clock, hints: true });
  const made = await run('--sandbox connect --region us-east-1 --yes');
  expect([made.exitCode, made.stdout], made.stderr).toEqual([0, expect.stringMatching(/^Cluster0\tmongodb\+srv:/)]);
  expect((await run('--sandbox disconnect us-east-1 --yes')).exitCode).toBe(0);
  const plan = await run('--sandbox connect --cluster Cluster0 --dry-run');
  expect(plan.stdout).toMatch(/Time +some seconds in the sandbox, estimated 5 to 9 minutes in Atlas/);
  const { stderr } = await run('--sandbox connect --cluster Cluster0 --yes');
  expect(stderr).toMatch(/\bdisconnect --cluster Cluster0 --sandbox$/m);
  expect((await run('--sandbox disconnect --cluster Cluster0 --yes')).exitCode).toBe(0);
  expect((await run('--sandbox list --json')).stdout).toBe('[]\n');
});

test('a sandbox that cannot be saved is not an error of AWS', async () => {
  const env = ownFolders();
  const link = join(env.HOME ?? '', 'link');
  // It can be read, as if nothing was saved, but not written.
  symlinkSync(join(env.HOME ?? '', 'nowhere', 'data'), link);
  const line = ['--sandbox', 'connect', 'us-east-1', '--yes'];
  const { exitCode, stderr } = await runCli(line, { env: { ...env, ATLAS_PE_DATA_DIR: link } });
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Error: Cannot write the saved sandbox: /)]);
});

test('the built-in sandbox ends with its command', async () => {
  const { stderr } = await runCli(['--sandbox', 'list', '--verbose']);
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr) ?? [];
  await expect(fetch(address ?? '')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('--sandbox never hints at a command of a cloud CLI, which would act on a real account', async () => {
  const [env, clock] = [ownFolders(), fakeClock()];
  const lines = [
    'sandbox reset --ready-after 0s',
    'create us-east-1',
    'get us-east-1',
    'create us-east4 --provider gcp --no-port-mapping',
    'get us-east4',
    'connect us-east-1 --dry-run',
    'connect eastus2 --provider azure --dry-run',
    'connect us-central1 --provider gcp --dry-run',
    'connect us-east-1 --yes',
    'doctor --cloud -v',
    'convert us-east4 --yes',
  ];
  const all: string[] = [];
  for (const line of lines) {
    const { stdout, stderr } = await runCli(`--sandbox ${line}`.split(' '), { env, clock, hints: true });
    all.push(...`${stdout}\n${stderr}`.split('\n'));
  }
  expect(all.filter((line) => /(?:^|[^-\w])(?:aws|az|gcloud) |"\$ID"/.test(line))).toEqual([]);
  expect(all.filter((line) => line.includes('atlas-pe connect us-east-1 --sandbox')).length).toBe(2);
});
