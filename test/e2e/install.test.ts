import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../package.json';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, '.github/install.sh');
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
    return releases;
  }

  /** Installs from this folder, from which a curl takes what is asked from GitHub over HTTPS. It ends as curl would. */
  function install(releases: string, version: string[] = [], more: Record<string, string> = {}) {
    const [folder, bin] = [join(temporaryFolder(), 'new'), temporaryFolder()];
    const curl = `#!/bin/bash
[[ " $* " == *" --proto =https --tlsv1.2 "* ]] || exit 2
while [ "$1" != --output ]; do shift; done
[[ $3 == https://github.com/atlas-pe/atlas-pe/releases/* ]] || exit 6
cp "${releases}/\${3#*/releases/}" "$2" 2> /dev/null || exit 22`;
    writeFileSync(join(bin, 'curl'), curl, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}`, ...more };
    const { status, stderr } = spawnSync('bash', [script, folder, ...version], { env, encoding: 'utf8' });
    return { status, stderr, env, program: join(folder, 'atlas-pe') };
  }

  test('the action runs it and puts the program on the PATH of later steps, as a runner would', () => {
    const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
    const temporary = temporaryFolder();
    const env = {
      ...install(release(`download/v${version}`)).env,
      ...{ GITHUB_ACTION_PATH: root, RUNNER_TEMP: temporary, GITHUB_PATH: join(temporary, 'path') },
      VERSION: action.inputs.version.default,
    };
    for (const step of action.runs.steps) {
      expect(step).toEqual({
        shell: 'bash',
        run: expect.any(String),
        env: { VERSION: expect.stringContaining('inputs.version') },
      });
      expect(spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], { env, encoding: 'utf8' })).toMatchObject({
        status: 0,
      });
    }
    const added = readFileSync(env.GITHUB_PATH, 'utf8').trim();
    expect(spawnSync(join(added, 'atlas-pe'), { encoding: 'utf8' }).stdout).toBe('installed\n');
  });

  test.each([
    ['latest/download', []],
    ['latest/download', ['latest']],
    ['download/v0.1.0', ['0.1.0']],
    ['download/v0.1.0', ['v0.1.0']],
  ])('takes a release from %s for %j', (path, version) => {
    const { status, program } = install(release(path), version);
    expect([status, spawnSync(program, { encoding: 'utf8' }).stdout]).toEqual([0, 'installed\n']);
  });

  test('installs nothing if the sum is wrong or missing, or if there is no such release', () => {
    const wrong = install(release('latest/download', { sum: '1'.repeat(64) }));
    const missing = install(release('latest/download', { sum: '1' }));
    const none = install(release('download/v0.1.0'), ['0.2.0']);
    const said = `Error: Cannot download ${archive} of the version 0.2.0. All versions: https://github.com/`;
    expect(none.stderr).toContain(said);
    for (const { status, program } of [wrong, missing, none])
      expect([status !== 0, existsSync(program)]).toEqual([true, false]);
  });

  test.each(['x/../../evil', '1.2', '1.2.3 4', '$(id)'])('%s is no version', (version) => {
    const { status, stderr, program } = install(temporaryFolder(), [version]);
    const message = `Error: '${version}' is not a version. Examples: 0.1.0, latest\n`;
    expect([status, stderr, existsSync(program)]).toEqual([1, message, false]);
  });

  test('a variable of the environment does not lead elsewhere', () => {
    expect(install(release('latest/download'), [], { RELEASES: 'https://evil.test' }).status).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')('the script that downloads the clients of test/interop', () => {
  const names = ['aws_6.47.1', 'google_7.45.0', 'azurerm_5.2.0', 'mongodbatlas_2.16.0'];
  const providers = names.map((name) => `terraform-provider-${name}`);

  /** What the publishers have: archives, and their sums. */
  const published = temporaryFolder();
  beforeAll(() => {
    for (const name of providers) writeFileSync(join(published, `${name}_linux_amd64.zip`), name);
    const script = `mkdir -p cli/bin && echo > cli/bin/atlas && tar -czf mongodb-atlas-cli_1.46.2_linux_x86_64.tar.gz cli
echo '#!/bin/sh' > terraform && python3 -m zipfile -c terraform_1.11.4_linux_amd64.zip terraform
sha256sum *.tar.gz > checksums.txt; for each in *.zip; do sha256sum $each > \${each%_linux_amd64.zip}_SHA256SUMS; done`;
    spawnSync('bash', ['-ec', script], { cwd: published });
  });

  /** Runs a copy, for which curl takes files from a folder. `sum`: what the pinned one of Terraform is; `listed`: what its publisher lists. */
  function download({ sum = '', listed = '' } = {}) {
    const [folder, files, bin] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    cpSync(published, files, { recursive: true });
    const sums = join(files, 'terraform_1.11.4_SHA256SUMS');
    const right = readFileSync(sums, 'utf8');
    if (listed) writeFileSync(sums, right.replace(/^\S+/, listed));
    copyFileSync(join(root, 'test/interop/download.sh'), join(bin, 'download.sh'));
    writeFileSync(join(bin, 'clients.sha256'), sum ? right.replace(/^\S+/, sum) : right);
    // The last two arguments: where to write, and the address.
    const curl = `#!/bin/bash\ncp "${files}/\${!###*/}" "\${@: -2:1}"`;
    writeFileSync(join(bin, 'curl'), curl, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}` };
    return { folder, ...spawnSync('bash', [join(bin, 'download.sh'), folder], { env, encoding: 'utf8' }) };
  }

  test('puts them where Terraform and the PATH find them, and prints the sums that are not pinned', () => {
    const { folder, status, stdout, stderr } = download();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.match(/^clients.sha256 lacks: \S{64} {2}.*$/gm)).toHaveLength(5);
    expect(
      spawnSync('bash', ['-c', `. '${folder}/peers.env' && terraform && type -P atlas`], { encoding: 'utf8' }).stdout,
    ).toBe(`${folder}/atlas\n`);
    expect(
      existsSync(join(folder, 'mirror/registry.terraform.io/hashicorp/aws', `${providers[0]}_linux_amd64.zip`)),
    ).toBe(true);
  });

  test.each([{ sum: '0'.repeat(64) }, { listed: '0'.repeat(64) }, { listed: 'none' }])(
    'refuses a sum that is %j',
    (how) => {
      const { folder, status } = download(how);
      expect([status, existsSync(join(folder, 'peers.env'))]).toEqual([1, false]);
    },
  );
});
