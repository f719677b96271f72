import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { version } from '../../package.json';
import { testServer } from '../helpers/listen.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { bin, node, program, programWords, runProgram, runShell, startProgram } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

/* Commands and scripts that use a sandbox as a separate process. */

const exec = (...command: readonly string[]) => ['sandbox', 'exec', ...command];

/** Folders, and one for temporary files, which must be empty at the end. */
function own(): Record<string, string> {
  return { ...ownFolders(), TMPDIR: temporaryFolder(), PATH: `${bin()}:${process.env.PATH}` };
}

test("a command has neither the user's Azure login nor what signs in to a real cloud", async () => {
  const real = { AZURE_CONFIG_DIR: '/real', ARM_OIDC_TOKEN: 't', ARM_USE_MSI: 'true', IDENTITY_HEADER: 'h' };
  const all: Record<string, string> = { ...real, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1' };
  const said = Object.keys(all).map((name) => `[$${name}]`);
  const { stdout } = await runProgram(exec('--', 'sh', '-c', `echo ${said.join('')}`), { ...own(), ...all });
  expect(stdout).toMatch(/^\[.*\/atlas-pe-sandbox-\w+\/azure\]\[\]\[\]\[\]\[\]\n$/);
});

test("a command changes nothing in the user's folders, and leaves nothing", async () => {
  const env = own();
  await runProgram(['config', 'set', 'project', 'mine'], env);
  const before = contentsOf(env);
  expect(JSON.stringify(before)).toContain('mine');
  const lines = [
    'atlas-pe login --public-key sandbox1 --private-key-stdin < /dev/null || true',
    'atlas-pe config set output json',
    'atlas-pe profile delete default --yes',
    'atlas-pe logout --yes',
    'atlas-pe create us-east-1 --output id > /dev/null',
    'mkdir -p "$CLOUDSDK_CONFIG" "$AZURE_CONFIG_DIR" && touch "$CLOUDSDK_CONFIG/properties" "$AZURE_CONFIG_DIR/msal"',
    'cat "$ATLAS_PE_CONFIG_DIR/config.json"',
  ];
  const { stdout } = await runProgram(exec('--', 'sh', '-c', lines.join('\n')), env);
  expect(stdout).not.toContain('mine');
  expect([contentsOf(env), filesIn(env)]).toEqual([before, []]);
});

test('doctor checks the string that connect prints, without an option', async () => {
  const script =
    'doctor=$(atlas-pe connect us-east-1 --yes --output id) && atlas-pe doctor "$doctor" && atlas-pe doctor';
  const { exitCode, stdout } = await runProgram(exec('--', 'sh', '-c', script), own());
  expect([exitCode, stdout.match(/^.*Network .*$/gm)]).toEqual([
    0,
    Array(2).fill(expect.stringMatching(/TCP, TLS, MongoDB; primary/)),
  ]);
});

test("Google's library signs in with the sandbox's own credentials", async () => {
  const script = `import('google-auth-library').then(async ({ GoogleAuth }) =>
    console.log(await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/compute' }).getAccessToken()))`;
  const real = join(temporaryFolder(), 'real.json');
  const env: Record<string, string> = { ...own(), GOOGLE_APPLICATION_CREDENTIALS: real };
  const { stdout } = await runProgram(exec('--', process.execPath, '--input-type=module', '--eval', script), env);
  expect(stdout).toBe('sandbox\n');
});

/** Runs one in this process, for what is the same there: the command is a process anyway. */
function runHere(argv: readonly string[], env: Record<string, string>) {
  vi.stubEnv('TMPDIR', env.TMPDIR);
  return runCli(argv, { env });
}

/** A program that prints its id and the address of its sandbox, and ends in its own way at a signal. */
const listener = `for (const each of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) {
  process.on(each, () => { console.log(each); setTimeout(() => process.exit(3), 50); });
}
console.log(process.pid, process.env.ATLAS_PE_BASE_URL);
setInterval(() => {}, 1000);`;

/** Expects that the program and the sandbox have ended, and that there are no temporary files. */
async function expectNothingLeft(said: string, env: Record<string, string>): Promise<void> {
  const [, pid, url] = /^(\d+) (http:\S+)$/m.exec(said) ?? [];
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  await expect(fetch(String(url))).rejects.toThrow();
  expect(filesIn(env)).toEqual([]);
}

/** The files in the user's folders, with what is in them; but the compiled code of the program is nothing of the user's. */
function contentsOf({ HOME = '', ATLAS_PE_CONFIG_DIR = HOME, ATLAS_PE_DATA_DIR = HOME }: Record<string, string>) {
  const folders = [HOME, ATLAS_PE_CONFIG_DIR, ATLAS_PE_DATA_DIR].filter((folder) => existsSync(folder));
  const all = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((each) => join(each.parentPath, each.name)),
  );
  const files = [...new Set(all)].filter((file) => statSync(file).isFile() && !file.includes('/cache/compiled/'));
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

function filesIn({ TMPDIR = '' }: Record<string, string>): string[] {
  return readdirSync(TMPDIR).filter((name) => name !== 'node-compile-cache');
}

describe('sandbox exec', () => {
  test.each([
    ['the exit code of the command', ['sh', '-c', 'exit 7'], 7],
    ['128 + n after a signal', ['sh', '-c', 'kill -9 $$'], 137],
    ['126 if it is not executable', ['/etc/passwd'], 126],
    ['127 if it does not exist', ['no-such-program'], 127],
    ['2 if it is empty', [''], 2],
  ])('exits with %s', async (_, command, exitCode) => {
    const env = own();
    const run = await runHere(exec('--mongo-ports', '--', ...command), env);
    expect([run.exitCode, run.stdout]).toEqual([exitCode, '']);
    expect(run.stderr).toMatch([2, 126, 127].includes(exitCode) ? /^Error: .+\nHint: .+\n$/ : /^$/);
    expect(filesIn(env)).toEqual([]);
  });

  /** What `sandbox exec` gives to a script as PATH if the program has this name in a folder of its own. */
  const pathUnder = async (name: string) => {
    const folder = temporaryFolder();
    symlinkSync(realpathSync(program), join(folder, name));
    const words = programWords.length === 1 ? [] : [join(folder, name)];
    const file = programWords.length === 1 ? join(folder, name) : node;
    const { PATH = '' } = process.env;
    const script = 'echo "$(command -v atlas-pe)"; echo "$PATH"';
    const env = { ...ownFolders(), PATH };
    const { stdout } = await promisify(execFile)(file, [...words, ...exec('--', 'sh', '-c', script)], { env });
    const [found = '', path = ''] = stdout.split('\n');
    return { found, path, PATH };
  };

  test('the command finds atlas-pe, even if it is in no folder of the PATH', async () => {
    const { found, path, PATH } = await pathUnder('atlas-pe');
    expect(realpathSync(found)).toBe(realpathSync(program));
    expect(path).toBe(`${dirname(found)}:${PATH}`);
  });

  test('the command finds atlas-pe if the program has another name, as in node bin/atlas-pe.js', async () => {
    const env = own();
    const link = join(temporaryFolder(), "it's $HOME.js");
    symlinkSync(realpathSync(program), link);
    const [file = '', ...words] = [...programWords.slice(0, -1), link];
    const script = 'atlas-pe --version; exit 3';
    const { status, stdout } = spawnSync(file, [...words, ...exec('--', 'sh', '-c', script)], {
      env: { PATH: process.env.PATH ?? '', ...env },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([3, `${version}\n`]);
    expect(filesIn(env)).toEqual([]);
  });

  test('passes words, input and output on, and prints nothing itself', async () => {
    const words = ['--json', '--', '-h', '--sandbox', '', 'a b', '$HOME'];
    const script = 'for word; do echo "<$word>"; done; cat';
    const run = await runProgram(exec('--', 'sh', '-c', script, 'sh', ...words), own(), 'typed\n');
    const stdout = [...words.map((word) => `<${word}>`), 'typed\n'].join('\n');
    expect(run).toEqual({ exitCode: 0, stdout, stderr: '' });
  });

  test('in it, atlas-pe uses the sandbox whatever account, sandbox or proxy is set, also in another exec', async () => {
    const env = {
      ATLAS_PE_PROFILE: 'sandbox',
      ATLAS_PE_SANDBOX: '1',
      ATLAS_PE_ACCESS_TOKEN: 'real',
      MCLI_PROJECT_ID: 'real',
      AWS_PROFILE: 'real',
      HTTP_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
    };
    const create = 'atlas-pe create --region us-east-1 --quiet --output id > created';
    const inAnother = 'atlas-pe sandbox exec -- atlas-pe list --output id';
    const script = `cd "$HOME"; env | grep real; ${create}; atlas-pe list --output id; cat created; ${inAnother}`;
    const { stdout, stderr } = await runProgram(exec('--', 'sh', '-c', script), { ...own(), ...env });
    // The other one is empty.
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^([0-9a-f]{24}\n)\1$/), '']);
  });

  test.each([
    [{}, '127.0.0.1,localhost|127.0.0.1,localhost'],
    [{ NO_PROXY: 'a.example' }, 'a.example,127.0.0.1,localhost|a.example,127.0.0.1,localhost'],
    [{ NO_PROXY: '*', no_proxy: 'b.example' }, '*|b.example,127.0.0.1,localhost'],
  ])('with %j, requests to the sandbox go to no proxy', async (variables, expected) => {
    const env: Record<string, string> = { ...own(), ...variables };
    const run = await runHere(exec('--', 'sh', '-c', 'echo "$NO_PROXY|$no_proxy" > "$HOME/said"'), env);
    expect([run.exitCode, readFileSync(join(env.HOME ?? '', 'said'), 'utf8')]).toEqual([0, `${expected}\n`]);
  });

  test('does not run the command without a sandbox', async () => {
    const env = own();
    const port = String(await testServer(createServer()));
    const touch = ['touch', join(env.HOME ?? '', 'ran')];
    for (const [options, exitCode] of [
      [['--port', port, '--'], 1],
      [['--faults', '/no/such/file', '--'], 2],
    ] as const) {
      expect((await runHere(exec(...options, ...touch), env)).exitCode, options.join(' ')).toBe(exitCode);
    }
    expect(existsSync(join(env.HOME ?? '', 'ran'))).toBe(false);
  });

  const sleeper = ['sh', '-c', 'echo $$ $ATLAS_PE_BASE_URL; exec sleep 60'];
  test.each<[signal: 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGHUP', command: string, argv: string[], exitCode: number]>(
    [
      ['SIGQUIT', 'listens to it', [node, '-e', listener], 3],
      ['SIGHUP', 'does not listen to it', sleeper, 129],
    ],
  )('passes %s on to a command that %s, and waits for it', async (signal, _, argv, code) => {
    const env = own();
    const { child, ended } = startProgram(exec('--mongo-ports', '--', ...argv), env);
    await once(child.stdout, 'data');
    child.kill(signal);
    const { exitCode, stdout, stderr } = await ended;
    expect([exitCode, stdout.trim().split('\n').slice(1), stderr]).toEqual([code, code === 3 ? [signal] : [], '']);
    await expectNothingLeft(stdout, env);
  });

  // A session as that of a CI job. stdout ends with the last program that has it.
  test.each([
    ['a signal to exec reaches the programs of a script', ['sh', '-c', '"$@"; echo never', 'sh'], 1, 143],
    ['a signal to the process group reaches the command once', [], -1, 3],
  ])('without a terminal, %s', async (_, before, sign, exitCode) => {
    const env = own();
    const [file = '', ...words] = programWords;
    const argv = [...words, ...exec('--mongo-ports', '--', ...before, node, '-e', listener)];
    const child = spawn(file, argv, { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const ended = Promise.all([once(child, 'exit'), text(child.stdout)]);
    process.kill(sign * Number(child.pid), 'SIGTERM');
    const [[code], rest] = await ended;
    expect([code, rest]).toEqual([exitCode, 'SIGTERM\n']);
    expect(filesIn(env)).toEqual([]);
  });

  test('Ctrl-C in a terminal reaches the command once, and exec waits for it', async () => {
    const env = own();
    const terminal = new Terminal(exec('--', node, '-e', listener), env, {
      shell: ['bash', '-c', 'set -m; "$@"; exit $?', 'bash'],
    });
    await terminal.shows(/http:\S+/);
    terminal.type('\x03');
    expect(await terminal.exit).toBe(3);
    expect(terminal.raw().match(/SIGINT/g)).toHaveLength(1);
    await expectNothingLeft(terminal.lines().join('\n'), env);
  });
});

test('what sandbox serve prints is a file that a shell can load', async () => {
  const env = own();
  const { child, ended } = startProgram(['sandbox', 'serve'], env);
  const [printed] = await once(child.stdout, 'data');
  const file = join(env.HOME ?? '', 'sandbox.env');
  writeFileSync(file, printed);
  const whoami = runShell(`. '${file}'; atlas-pe whoami --fields baseUrl -o tsv`, env);
  expect(`${printed}`).toContain(`ATLAS_PE_BASE_URL=${whoami.stdout}`);
  child.kill('SIGHUP');
  expect(await ended).toMatchObject({ exitCode: 0 });
});
