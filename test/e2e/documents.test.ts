import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tree } from '../../src/cli/tree.js';
import { awsEnvironment } from '../helpers/aws-environment.js';
import { blocks, pages, readme } from '../helpers/documents.js';
import { ownFolders } from '../helpers/run-cli.js';
import { bin, node, program, startProgram } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const hasJq = spawnSync('jq', ['--version']).status === 0;

/** The shells in which readers paste commands. */
const pasted = ['bash', 'zsh'];
const shells = pasted.filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

test('jq, bash and zsh are installed in CI', () => {
  if (process.env.CI === 'true') expect([hasJq, shells]).toEqual([true, pasted]);
});

/** The output of `sandbox serve --json`. */
interface Serving {
  baseUrl: string;
  publicKey: string;
  privateKey: string;
  projectIds: string[];
}

/** One project for each section in each shell, and the one that the pages mention. */
const named = '64f0c2a7e1b2c3d4e5f60718';
const projects = Array.from({ length: 60 }, (_, index) => String(index).padStart(24, '0'));

let serving: Serving;
const server = startProgram(
  ['sandbox', 'serve', '--ready-after', '300ms', '--output', 'jsonl', '--project', [named, ...projects].join()],
  ownFolders(),
);
beforeAll(async () => {
  const [line] = (await once(server.child.stdout.setEncoding('utf8'), 'data')) as [string];
  serving = JSON.parse(line) as Serving;
});
afterAll(() => void server.child.kill());

/** What a reader has besides atlas-pe: other programs, and their own files. These replace the real ones. */
const programs = {
  'atlas-pe': `exec "${node}" "${program}" "$@"`,
  terraform: '[ "$1" = plan ] && grep -c "^import {" private-endpoints.tf',
  npm: 'echo "npm $*" >> npm.log',
};
const variables = {
  AZURE_RESOURCE_ID:
    '/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/r/providers/Microsoft.Network/privateEndpoints/mine',
};

/** Runs a script in a new folder, like a reader would. */
async function run(script: string, env: Record<string, string>, { stdin = '', shell = 'bash' } = {}) {
  const folder = temporaryFolder();
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  writeFileSync(join(folder, 'my-script.sh'), '#!/bin/sh\natlas-pe create --region eu-west-1 --wait --json\n', {
    mode: 0o755,
  });
  const { publicKey, privateKey } = serving;
  writeFileSync(join(folder, 'key.json'), JSON.stringify({ publicKey, privateKey }));
  const [faults] = blocks.filter(({ section, language }) => section === 'sandbox: Faults' && language === 'yaml');
  // Retry-After: 0, so that the test doesn't wait.
  writeFileSync(join(folder, 'faults.yaml'), faults?.text.replace('Retry-After: 5', 'Retry-After: 0') ?? '');
  const child = spawn(shell, ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...ownFolders(), ...variables, ...env, PATH: `${folder}:${process.env.PATH}` },
  });
  child.stdin.end(stdin);
  const exit = new Promise((resolve) => child.on('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  expect(code, `${script}\n${stdout}${stderr}`).toBe(0);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { stdout, read };
}

/** The environment for a project on the served sandbox. */
function onAtlas(projectId: string): Record<string, string> {
  return {
    ...{ ATLAS_PE_BASE_URL: serving.baseUrl, ATLAS_PE_PROJECT: projectId },
    ...{ ATLAS_PE_PUBLIC_KEY: serving.publicKey, ATLAS_PE_PRIVATE_KEY: serving.privateKey },
  };
}

/** The AWS of the sandbox, for pages that need one. */
const withAws = Object.entries(awsEnvironment('$ATLAS_PE_BASE_URL'))
  .map(([name, value]) => `export ${name}="${value}"`)
  .join('\n');

/** A sandbox whose endpoints are ready soon, and one with a connection. */
const quickly = 'atlas-pe sandbox reset --ready-after 100ms > reset.txt';
const inSandbox = `${quickly}\natlas-pe connect --region us-east-1 --yes --quiet --sandbox > connection.txt`;

/** What a page assumes under a heading, and the expected output of its commands. */
const sections: Record<string, { before?: string; expected: RegExp }> = {
  'README: First run in the sandbox': { expected: /"status": "WAITING_FOR_USER"/ },
  'README: Connect a VPC to Atlas': { before: withAws, expected: /^mongodb\+srv:\/\/\S+\n$/m },
  'README: Wait for many endpoints': { expected: /vpce-svc-[\s\S]+eu-west-1 AVAILABLE/ },
  'README: Test your script against the sandbox': { expected: /"region": "eu-west-1"/ },
  'README: Move to Terraform': { before: 'atlas-pe create --region us-east-1', expected: /^1\n$/m },
  'waiting: Interface endpoints': {
    before: ['us-east-1', 'eastus2 --provider azure', 'us-central1 --provider gcp']
      .map((region) => `atlas-pe create --wait --region ${region}`)
      .join('\n'),
    expected: /vpce-0123456789abcdef0[\s\S]+privateEndpoints\/mine[\s\S]+my-project-123/,
  },
  'gcp: Create one': { expected: /^id\tmy-rule$/m },
  'gcp: In the sandbox': { expected: /app/ },
  'waiting: Wait for several endpoints': {
    before: 'atlas-pe create --region us-east-1\natlas-pe create --region eu-west-1',
    expected: /"status":"AVAILABLE"/,
  },
  'README: Find out why a connection does not work': { expected: /^exit code 6$/m },
  'doctor: doctor and list --check': { before: quickly, expected: /\tnetwork-tls\tsuccess\t/ },
  'doctor: Where to run it': { before: inSandbox, expected: /\tnetwork-tls\tsuccess\t/ },
  'doctor: Your AWS account': { before: inSandbox, expected: /\tcloud-zones\tsuccess\t/ },
  'doctor: In scripts': { before: inSandbox, expected: /^\n?$/ },
  'doctor: All endpoints at a glance': { before: inSandbox, expected: /\tok\tSandbox\S*\n[\s\S]*^flowchart LR$/m },
  'connect: connect and disconnect': {
    before: withAws,
    expected: /^mongodb\+srv:\/\/\S+\n[\s\S]*removed {2}Atlas service/m,
  },
  'output: Formats': { expected: /^$/ },
  'output: Errors on stderr': { before: 'atlas-pe create --region us-east-1', expected: /^AVAILABLE after [\d.]+ s$/m },
  'sandbox: For a script': { expected: /"region": "eu-west-1"/ },
  'sandbox: Names and ports': { expected: /^mongodb\+srv:\/\/\S+\n[\s\S]*\tnetwork-tls\tsuccess\t/m },
  'sandbox: Faults': { expected: /"status": "AVAILABLE"/ },
  'settings: Credentials': { expected: /^$/ },
  'settings: Profiles': { expected: /^work\b/m },
};

/** Its commands run with the keys of a server instead. */
const onAtlasSection = 'README: First run on Atlas';

/**
 * These commands install and test this clone. They would break a running test, so .ci/run runs them from the README.
 */
const isOfCi = (block: { text: string }) => /^npm (ci|pack)/.test(block.text);
/** Needs a person at a terminal. */
const isAsked = (block: { text: string }) => block.text === 'atlas-pe login\n';

const shell = blocks.filter((block) => block.language === 'sh' && !isOfCi(block));

describe.skipIf(!hasJq)('the commands of README and docs/ (skipped without jq)', { concurrent: true }, () => {
  test('are all run here or by .ci/run', ({ expect }) => {
    const used = new Set(shell.map(({ section }) => section));
    expect([...used].sort()).toEqual([...Object.keys(sections), onAtlasSection].sort());
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    const ofCi = blocks.filter(isOfCi).map(({ section, text }) => `${section}: ${text.split('\n')[0]}`);
    expect(ofCi).toEqual([
      'README: atlas-pe: npm ci && npx atlas-pe --sandbox connect --region us-east-1 --yes',
      'README: atlas-pe: npm ci && npm test',
      'README: Install: npm ci && npm install --global .',
      'README: Install: npm pack',
    ]);
    for (const taken of ["'npm ci && npx'", "'npm ci && npm test'", '/^## Install/']) expect(ci).toContain(taken);
  });

  const runs = shells.flatMap((name) => Object.keys(sections).map((section) => [section, name] as const));
  test.for(runs)('%s, in %s', async ([section, name], { expect }) => {
    const { before = '', expected = /^$/ } = sections[section] ?? {};
    const lines = shell.filter((block) => block.section === section).map((block) => block.text);
    const projectId = projects[runs.findIndex((each) => each.join() === `${section},${name}`)] ?? '';
    const { stdout } = await run([before, ...lines].join('\n'), onAtlas(projectId), { shell: name });
    expect(stdout).toMatch(expected);
  });

  test(`${onAtlasSection}: at a terminal`, async ({ expect }) => {
    expect(shell.filter(isAsked)).toHaveLength(1);
    const terminal = new Terminal(['login'], { ...ownFolders(), ATLAS_PE_BASE_URL: serving.baseUrl });
    const { publicKey, privateKey } = serving;
    const answers: [RegExp, string][] = [
      [/Choice \(default: 1\): /, '1'],
      [/Public key: /, publicKey],
      [/Private key for \S+ \(not shown\): /, privateKey],
      [/Number, name or id .+: /, '1'],
    ];
    for (const [question, answer] of answers) {
      await terminal.shows(question);
      terminal.type(`${answer}\r`);
    }
    expect(await terminal.exit).toBe(0);
  });

  const scripts = () =>
    shell
      .filter((block) => block.section === onAtlasSection && !isAsked(block))
      .map((block) => block.text.replace('abcdefgh', serving.publicKey));

  test.for(shells)(`${onAtlasSection}: in scripts, in %s`, async (name, { expect }) => {
    const env = { ATLAS_PE_BASE_URL: serving.baseUrl };
    const { stdout } = await run(scripts().join('\n'), env, { shell: name, stdin: `${serving.privateKey}\n` });
    expect(stdout).toContain(named);
  });

  test.for(shells)(
    `${onAtlasSection}: the private key is not shown and not in the history of %s`,
    async (name, { expect }) => {
      const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: serving.baseUrl, PS1: 'ready> ' };
      const options = {
        shell: ['sh', '-c', `PATH="${bin()}:$PATH" exec ${name} ${name === 'zsh' ? '-f' : '--norc'} -i`],
      };
      const terminal = new Terminal([], env, options);
      await terminal.shows(/ready> $/);
      terminal.type(`${scripts().at(-1)?.replaceAll('\n', '\r')}`);
      await terminal.shows(/Private key: $/);
      terminal.type(`${serving.privateKey}\r`);
      await terminal.shows(/[\s\S]ready> $/);
      terminal.type('env | grep -c "^ATLAS_PE_PRIVATE_KEY=0000"; fc -l 1; exit\r');
      await terminal.exit;
      expect(terminal.lines().join('\n')).toMatch(/^1$[\s\S]+^ *\d+\s+export ATLAS_PE_PROJECT/m);
      expect(terminal.raw()).not.toContain(serving.privateKey);
    },
  );
});

interface Workflow {
  jobs: { create: { env: Record<string, string>; steps: { uses?: string; run?: string }[] } };
}

interface Pipeline {
  'private-endpoint': { variables: Record<string, string>; script: string[]; artifacts: { paths: string[] } };
}

describe.skipIf(!hasJq)('the CI jobs run in the sandbox (skipped without jq)', { concurrent: true }, () => {
  const of = (name: string) => blocks.find(({ section }) => section === name)?.text ?? '';

  test('on GitHub', async ({ expect }) => {
    const { env, steps } = (parse(of('README: Create an endpoint in CI')) as Workflow).jobs.create;
    const script = steps.map((step) => step.run ?? '').join('\n');
    const { read } = await run(`GITHUB_OUTPUT=$PWD/output\n${script}`, env);
    expect(read('output')).toMatch(/^service=com\.amazonaws\.vpce\.us-east-1\.vpce-svc-\w{17}\n$/);
    expect(read('npm.log')).toMatch(/^npm install --global \.\/atlas-pe-/);
  });

  test('on GitLab', async ({ expect }) => {
    const job = (parse(of('settings: GitLab CI')) as Pipeline)['private-endpoint'];
    const { stdout, read } = await run(job.script.join('\n'), job.variables);
    expect(stdout).toMatch(/^com\.amazonaws\.vpce\.us-east-1\.vpce-svc-\w{17}\n$/);
    for (const path of job.artifacts.paths) expect(JSON.parse(read(path))).toMatchObject({ region: 'us-east-1' });
  });
});

test('the README mentions every command', () => {
  const missing = tree
    .map(({ name }) => name)
    .filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(readme));
  expect(missing).toEqual([]);
});

/** The anchors of a page, as GitHub and npm generate them from its headings. */
const anchorsOf = (page: string) =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

test.each([...pages])('the links of %s point to existing files and headings', (path, page) => {
  for (const [, link = ''] of page.matchAll(/\]\((?!https:)([^)]+)\)/g)) {
    const [file = '', anchor] = link.split('#');
    const target = join(root, file === '' ? path : join(dirname(path), file));
    expect(existsSync(target), link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readFileSync(target, 'utf8')), link).toContain(anchor);
  }
});
