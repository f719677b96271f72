import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { parse } from 'yaml';
import { tree } from '../../src/cli/tree.js';
import { stringCategory } from '../../src/connections/doctor/given-string.js';
import { categoriesOf } from '../../src/connections/doctor/run-checks.js';
import { isComplete } from '../helpers/complete.js';
import { blocks, pages, readme } from '../helpers/documents.js';
import { ownFolders } from '../helpers/run-cli.js';
import { bin, node, programEnv, quotedProgram, startProgram } from '../helpers/run-program.js';
import { isWholeSweep } from '../helpers/sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const hasJq = spawnSync('jq', ['--version']).status === 0;

/** The shells in which readers paste commands. */
const shells = ['bash', 'zsh'].filter((name) => spawnSync(name, ['-c', ':']).status === 0);

test('jq, bash and zsh are installed in CI', () => {
  if (isComplete) expect([hasJq, shells]).toEqual([true, ['bash', 'zsh']]);
});

/** The output of `sandbox serve --json`. */
interface Serving {
  baseUrl: string;
  publicKey: string;
  privateKey: string;
  projectIds: string[];
}

/** The project that the pages mention, and some for tests. */
const named = '64f0c2a7e1b2c3d4e5f60718';
const projects = Array.from(pages.keys(), (_, index) => String(index).padStart(24, '0'));

let serving: Serving;
let server: ReturnType<typeof startProgram>;
// Not before: no afterAll follows if all tests are filtered out, and the server would stay.
beforeAll(async () => {
  // The VPC endpoints of the pages are in an account that is not the sandbox's.
  const faults = join(root, 'test/helpers/any-vpce.yaml');
  const argv = `sandbox serve --ready-after 300ms --output jsonl --faults ${faults} --project`.split(' ');
  server = startProgram([...argv, [named, ...projects].join()], ownFolders());
  const [line] = (await once(server.child.stdout.setEncoding('utf8'), 'data')) as [string];
  serving = JSON.parse(line) as Serving;
});
afterAll(() => void server.child.kill());

/** What a reader has besides atlas-pe: other programs, and their own files. These replace the real ones. */
const programs = {
  'atlas-pe': `exec ${quotedProgram} "$@"`,
  npx: `shift; exec ${quotedProgram} "$@"`,
  terraform: '[ "$1" = plan ] && grep -c "^import {" private-endpoints.tf',
  npm: 'echo "npm $*" >> npm.log',
  git: 'mkdir "$(basename "$2")"',
  // The clouds' own programs refuse an empty value, and print what a page asks them for.
  aws: answering({
    'ecs run-task': 'arn:aws:ecs:us-east-1:123456789012:task/production/0123456789abcdef',
    'logs get-log-events': 'No problems found',
    'lambda publish-layer-version': 'arn:aws:lambda:us-east-1:123456789012:layer:atlas-pe:1',
    'lambda invoke': '{}',
  }),
  az: answering({ 'job logs show': 'No problems found' }),
  gcloud: answering({ 'jobs logs read': 'No problems found' }),
  zip: 'for each; do case "$each" in -*|*.zip) ;; *) cat "$each" || exit ;; esac; done > /dev/null',
  // Runs it here, and starts no pod. The image runs atlas-pe.
  kubectl: `[ "$1" = run ] && image=atlas-pe || image=
while [ "$1" != -- ]; do shift; done
shift
exec $image "$@"`,
  atlas: `[ "$1" = plugin ] || exec ${quotedProgram} "$@"`,
};

/** A script that prints the text of the command line that contains its key, and nothing for others. */
function answering(texts: Readonly<Record<string, string>>): string {
  const cases = Object.entries(texts).map(([words, text]) => `*"${words}"*) echo '${text}' ;;`);
  return `for each; do [ -n "$each" ] || exit 2; done\ncase "$*" in ${cases.join(' ')} esac`;
}

/** Runs a script in a new folder, like a reader would. */
async function run(script: string, env: Record<string, string>, { stdin = '', shell = 'bash' } = {}) {
  const [folder, path] = [temporaryFolder(), temporaryFolder()];
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(join(path, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  writeFileSync(join(folder, 'my-script.sh'), '#!/bin/sh\natlas-pe create eu-west-1 --wait --json\n', {
    mode: 0o755,
  });
  const { publicKey, privateKey } = serving;
  writeFileSync(join(folder, 'key.json'), JSON.stringify({ publicKey, privateKey }));
  const [faults] = blocks.filter(({ section, language }) => section === 'sandbox: Faults' && language === 'yaml');
  // Retry-After: 0, so that the test doesn't wait.
  writeFileSync(join(folder, 'faults.yaml'), faults?.text.replace('Retry-After: 5', 'Retry-After: 0') ?? '');
  const child = spawn(shell, ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: programEnv({ ...ownFolders(), ...env, PATH: `${path}:${process.env.PATH}` }),
  });
  child.stdin.end(stdin);
  const exit = new Promise((resolve) => child.on('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  expect(code, `${script}\n${stdout}${stderr}`).toBe(0);
  return { stdout, read: (file: string) => readFileSync(join(folder, file), 'utf8') };
}

function onAtlas(projectId: string): Record<string, string> {
  return {
    ATLAS_PE_BASE_URL: serving.baseUrl,
    ATLAS_PE_PROJECT: projectId,
    ATLAS_PE_PUBLIC_KEY: serving.publicKey,
    ATLAS_PE_PRIVATE_KEY: serving.privateKey,
  };
}

/** A sandbox whose endpoints are ready soon. */
const quickly = 'atlas-pe sandbox reset --ready-after 100ms > reset.txt';

/** The sandbox without --sandbox, where names and ports answer too. */
const onSandbox = `unset ATLAS_PE_BASE_URL ATLAS_PE_PROJECT ATLAS_PE_PUBLIC_KEY ATLAS_PE_PRIVATE_KEY
export ATLAS_PE_PROFILE=sandbox`;
const everywhere = (clusters: string) =>
  `${onSandbox}
atlas-pe sandbox reset --ready-after 100ms --cluster ${clusters} > reset.txt`;

const onAws = everywhere('Cluster0:us-east-1');

/** Ids of VPC endpoints that the sandbox's account doesn't have. */
const withAnyVpce = `"${process.execPath}" -e '
const file = process.env.ATLAS_PE_DATA_DIR + "/sandbox.json";
const saved = JSON.parse(fs.readFileSync(file));
saved.world.options.anyVpce = true;
saved.sum = crypto.createHash("sha256").update(JSON.stringify(saved.world)).digest("hex").slice(0, 16);
fs.writeFileSync(file, JSON.stringify(saved));'`;

const noProblems = /No problems found/;
const string = /mongodb\+srv:\/\/cluster0-(pl|psc)-0\.\S+$/m;

/** The expected output of the commands under a heading. Those of a page run in one shell, in this order. */
const expected: Record<string, RegExp> = {
  'README: Try it': /us-east-1[\s\S]+No problems found[\s\S]+removed\tAtlas service/,
  'README: Connect your network': /Cluster0\t[\s\S]*Cluster2\t[\s\S]*Cluster1\t/,
  'README: Find out why it does not connect': /(?:No problems found[\s\S]+){2}/,
  'README: Use it in a script or in CI': string,
  'README: Take it over as code': /^11\n$/,
  'connect: Connect your network': /mongodb\+srv:[\s\S]+No problems found/,
  'connect: Remove': /removed\tAtlas service/,
  'connect: Several regions': /^app\tmongodb\+srv:\/\/app-pl-0\./m,
  'connect: By hand': /vpce-0123456789abcdef0[\s\S]+cluster0-pl-0\.[\s\S]+DELETED/,
  "connect: Another company's network": string,
  'connect: AWS quotas': /^$/,
  'connect: Port mapping': /app/,
  'doctor: Find out why it does not connect': /(?:No problems found[\s\S]+){2}/,
  'doctor: Run it where your application runs': /(?:No problems found[\s\S]+){3}/,
  'doctor: In Kubernetes': /(?:No problems found[\s\S]+){2}/,
  'doctor: Amazon ECS': noProblems,
  'doctor: Google Cloud Run': noProblems,
  'doctor: Azure Container Apps': noProblems,
  'doctor: AWS Lambda': /^\{\}$/m,
  'doctor: Your cloud account': noProblems,
  'doctor: All endpoints at a glance': /\tok\tSandbox\S*\n/,
  'scripts: Formats': /^$/,
  'scripts: Errors': /^AVAILABLE after [\d.]+ s$/m,
  'scripts: Waits': /"status":"AVAILABLE"/,
  'scripts: Test your script': /"region": "eu-west-1"/,
  'scripts: Use it in a script or in CI': /^mongodb\+srv:\S+ com\.amazonaws\.vpce\.us-east-1\.vpce-svc-\w{17}$/m,
  'production: A plugin of the Atlas CLI': /sandbox1/,
  'production: At night': /^$/,
  'production: Upgrade and uninstall': /config\.json\n[\s\S]*default/,
  'sandbox: On a command': /us-east-1/,
  'sandbox: Names and ports': /mongodb\+srv:[\s\S]+No problems found/,
  'sandbox: Faults': /"status": "AVAILABLE"/,
  'settings: The project': new RegExp(named),
  'settings: Credentials': /^$/,
  'settings: Profiles': /^work\b/m,
};

/** What a page assumes under a heading beside what its earlier commands have done. */
const before: Record<string, string> = {
  'README: Try it': quickly,
  'README: Connect your network': onSandbox,
  'connect: Connect your network': onAws,
  'connect: Several regions': everywhere('app:us-east-1,eu-west-1,eastus2'),
  'connect: By hand': `${onAws}\n${withAnyVpce}`,
  'doctor: Find out why it does not connect': onAws,
  'doctor: AWS Lambda': 'cp "$(command -v atlas-pe)" .; touch index.mjs; echo {} > report.json',
  'scripts: Errors': 'atlas-pe create us-east-1',
  'scripts: Waits': 'atlas-pe create eu-west-1',
  'scripts: Use it in a script or in CI': onAws,
  'production: At night': `${onAws}\natlas-pe connect us-east-1 --yes > connection.txt`,
  'sandbox: On a command': quickly,
};

/** Its commands run with the keys of a server instead. */
const onAtlasSection = 'README: Sign in';

/**
 * These commands install and test this clone. They would break a running test, so .ci/run runs them from the README.
 */
const isOfCi = (block: { text: string }) => /^npm (ci|pack)/.test(block.text);
/** Needs a person at a terminal. */
const isAsked = (block: { text: string }) => block.text === 'atlas-pe login\n';

const shell = blocks.filter((block) => block.language === 'sh' && !isOfCi(block));

const commandsOf = (title: string) =>
  shell
    .filter(({ section }) => section === title)
    .map(({ text }) => text)
    .join('\n');

// The README's commands are some forty processes, one after another. On a busy machine, doctor may give up on one of its queries.
const options = { concurrent: true, timeout: 240_000, retry: 2 };

describe.skipIf(!hasJq)('the commands of README and docs/ (skipped without jq)', options, () => {
  test('are all run here or by .ci/run', ({ expect }) => {
    const used = new Set(shell.map(({ section }) => section));
    expect([...used].sort()).toEqual([...Object.keys(expected), onAtlasSection].sort());
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    const ofCi = blocks.filter(isOfCi).map(({ section, text }) => `${section}: ${text.split('\n')[0]}`);
    expect(ofCi).toEqual([
      'README: Install: npm ci && npm run build && npm install --global .',
      'README: Install: npm ci && npm run build:executable',
      'README: More: npm ci && npm test',
    ]);
    for (const taken of ["'npx atlas-pe connect'", "'npm ci && npm test'", '/^## Install/'])
      expect(ci).toContain(taken);
  });

  const titles = Object.keys(expected);

  /** Runs the commands under these headings in one shell, in the project of this number. */
  const check = async (headings: readonly string[], project: number, name: string, { expect }: TestContext) => {
    const scripts = headings.map((title) => [before[title], commandsOf(title)].join('\n'));
    const options = { shell: name };
    const { stdout } = await run(scripts.join("printf '\\f'\n"), onAtlas(projects[project] ?? ''), options);
    const outputs = stdout.split('\f');
    expect(outputs).toHaveLength(headings.length);
    for (const [index, title] of headings.entries()) expect(outputs[index], title).toMatch(expected[title] ?? /^$/);
  };

  const documented = [...new Set(titles.map((title) => title.replace(/: .*/, '')))];
  // With ATLAS_PE_TEST_ALL=1, those of all pages.
  const those = isWholeSweep ? documented : documented.filter((page) => page === 'README');
  test.for(those)('those of %s print what is expected in bash', async (page, context) => {
    const headings = titles.filter((title) => title.startsWith(`${page}: `));
    await check(headings, documented.indexOf(page), 'bash', context);
  });

  const withZsh = test.skipIf(!shells.includes('zsh'));

  const isZshRun = isWholeSweep && shells.includes('zsh');
  test.skipIf(!isZshRun)('those of connect: By hand print the same in zsh', (context) =>
    check(['connect: By hand'], documented.length, 'zsh', context),
  );

  withZsh.for(documented)('those of %s have the syntax of zsh', (page, { expect }) => {
    const input = shell.flatMap(({ section, text }) => (section.startsWith(`${page}: `) ? text : [])).join('\n');
    const { status, stderr } = spawnSync('zsh', ['-fn'], { input, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
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

  test(`${onAtlasSection}: in scripts`, async ({ expect }) => {
    const env = { ATLAS_PE_BASE_URL: serving.baseUrl };
    const { stdout } = await run(scripts().join('\n'), env, { stdin: `${serving.privateKey}\n` });
    expect(stdout).toContain(named);
  });

  test.for(shells)(
    `${onAtlasSection}: the private key is not shown, nor in the history of %s`,
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

interface Step {
  uses?: string;
  with?: object;
  run?: string;
  env?: Record<string, string>;
}

interface Workflow {
  jobs: { create: { env: Record<string, string>; steps: Step[] } };
}

interface Pipeline {
  'private-endpoint': { variables: Record<string, string>; script: string[]; artifacts: { paths: string[] } };
}

describe.skipIf(!hasJq)('the CI jobs run in the sandbox (skipped without jq)', { concurrent: true }, () => {
  const of = (name: string) => blocks.find(({ section }) => section === name)?.text ?? '';

  test('on GitHub', async ({ expect }) => {
    const { env, steps } = (parse(of('scripts: GitHub Actions')) as Workflow).jobs.create;
    const script = steps.map((step) => step.run ?? '').join('\n');
    const { read } = await run(`GITHUB_OUTPUT=$PWD/output\n${script}`, env);
    expect(read('output')).toMatch(/^service=com\.amazonaws\.vpce\.us-east-1\.vpce-svc-\w{17}\n$/);
    expect(read('npm.log')).toMatch(/^npm install --global \.\/atlas-pe-/);
  });

  test('on GitHub, with the action', async ({ expect }) => {
    const { steps } = parse(of('scripts: The action')) as Workflow['jobs']['create'];
    const { inputs } = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as { inputs: object };
    const [install, ...others] = steps;
    expect(install?.uses).toMatch(/^atlas-pe\/atlas-pe@v\d+\.\d+\.\d+$/);
    expect(Object.keys(inputs)).toEqual(Object.keys(install?.with ?? {}));
    for (const { run: line = '', env = {} } of others) expect((await run(line, env)).stdout).toBe('[]\n');
  });

  test('on GitLab', async ({ expect }) => {
    const job = (parse(of('scripts: GitLab CI')) as Pipeline)['private-endpoint'];
    const { stdout, read } = await run(job.script.join('\n'), job.variables);
    expect(stdout).toMatch(/^com\.amazonaws\.vpce\.us-east-1\.vpce-svc-\w{17}\n$/);
    for (const path of job.artifacts.paths) expect(JSON.parse(read(path))).toMatchObject({ region: 'us-east-1' });
  });
});

test('the function of AWS Lambda returns what doctor says, also of a string that it refuses', async () => {
  const { text: handler = '' } =
    blocks.find(({ section, language }) => section === 'doctor: AWS Lambda' && language === 'js') ?? {};
  const call = `import { handler } from './handler.mjs';
for (const each of ['mongodb://127.0.0.1:1/?tls=true', 'postgres://a:hunter2@b', '']) {
  process.env.MONGODB_URI = each;
  console.log(JSON.stringify(handler()));
}`;
  const script = `cat > handler.mjs <<'END'\n${handler}END\ncat > call.mjs <<'END'\n${call}\nEND\n'${node}' call.mjs`;
  const { stdout } = await run(script, {});
  expect(stdout).not.toContain('hunter2');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { exitCode: 6, doctor: { success: false }, message: expect.stringMatching(/^Error: \d problem/) },
    { message: expect.stringMatching(/^Error: .*mongodb/) },
    { exitCode: 2, doctor: null, message: expect.stringMatching(/^Error: The variable MONGODB_URI is empty/) },
  ]);
});

test('the README mentions every command', () => {
  const missing = tree
    .map(({ name }) => name)
    .filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(readme));
  expect(missing).toEqual([]);
});

test('no command has a comment: zsh takes it for arguments if it is pasted', () => {
  expect(shell.filter(({ text }) => /(^|\s)#/m.test(text)).map(({ section }) => section)).toEqual([]);
});

test('docs/doctor.md has each check of doctor, under its id', () => {
  const rows = (pages.get('docs/doctor.md') ?? '').matchAll(/^\| <a id="(\S+)"><\/a>(\S+) \| /gm);
  const described = Array.from(rows, ([, id, shown]) => (id === shown ? id : [id, shown].join()));
  const categories = [stringCategory, ...categoriesOf({ hasCloud: true })];
  const checks = categories.flatMap(({ groups }) => groups.flatMap((group) => group.checks.map(({ id }) => id)));
  expect(described.sort()).toEqual([...new Set(checks)].sort());
});

/** The anchors of a page: its own, and those that GitHub and npm make of headings, the second of a name with -1 at its end. */
function anchorsOf(page: string): string[] {
  const anchors = Array.from(page.matchAll(/<a id="([^"]+)"><\/a>/g), ([, id = '']) => id);
  for (const [, title = ''] of page.matchAll(/^#+ (.+)$/gm)) {
    const name = title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
    anchors.push(anchors.includes(name) ? `${name}-1` : name);
  }
  return anchors;
}

const forDevelopers = ['CONTRIBUTING.md', 'src/README.md', 'test/README.md', '.github/SECURITY.md'];

test.each(['docs/reference.md', 'CHANGELOG.md', ...forDevelopers, ...pages.keys()])(
  'the links of %s point to existing files and headings',
  (path) => {
    // Links that also work outside of the repository.
    const own = join(relative(dirname(path), '.'), '/');
    const page = readFileSync(join(root, path), 'utf8').replaceAll(
      'https://github.com/atlas-pe/atlas-pe/blob/main/',
      own,
    );
    for (const [, link = ''] of page.matchAll(/\]\((?!https:)([^)]+)\)/g)) {
      const [file = '', anchor] = link.split('#');
      const target = join(root, file === '' ? path : join(dirname(path), file));
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readFileSync(target, 'utf8')), link).toContain(anchor);
    }
  },
);

test.each(forDevelopers)('the files and scripts that %s names exist', (path) => {
  const page = readFileSync(join(root, path), 'utf8');
  const files = page.matchAll(/`((?:src|test|tools|docs|bin|\.ci|\.github)\/[^\s`{*]+)`/g);
  const named = Array.from(files, ([, file = '']) => file).filter((file) => !file.includes('NAME'));
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const run = Array.from(page.matchAll(/npm run ([a-z:]+)/g), ([, script = '']) => script);
  expect(run.filter((script) => !(script in scripts))).toEqual([]);
});
