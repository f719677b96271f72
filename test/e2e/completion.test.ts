import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { isComplete } from '../helpers/complete.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { prepare } from '../helpers/prepare-sandbox.js';
import { ownFolders } from '../helpers/run-cli.js';
import { bin, runProgram, runShell } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

/* Real shells with the built program on their PATH, controlled by key presses. */

const { publicKey, privateKey } = sandboxKeys;

interface Shell {
  /** The command that starts it with its start-up file in this folder. */
  start: (folder: string) => string;
  file: string;
  line: string;
  prompt: string;
}

const shells: Record<string, Shell> = {
  bash: {
    start: (folder) => `exec bash --noprofile --rcfile ${folder}/rc -i`,
    file: 'rc',
    line: 'eval "$(atlas-pe completion bash)"',
    prompt: "PS1='> '; cd work",
  },
  zsh: {
    start: (folder) => `ZDOTDIR=${folder} exec zsh -d -i`,
    file: '.zshrc',
    line: 'eval "$(atlas-pe completion zsh)"',
    prompt: "PS1='> '; cd work",
  },
  fish: {
    start: () => 'exec fish -i',
    file: 'others/fish/config.fish',
    line: 'atlas-pe completion fish | source',
    prompt: "set -g fish_greeting; function fish_prompt; echo -n '> '; end; cd ~/work",
  },
};

let running: Awaited<ReturnType<typeof startSandbox>>;
let sandbox: Record<string, string>;
let id: string;
const path = `${bin()}:${process.env.PATH}`;

beforeAll(async () => {
  running = await startSandbox({ clock: { ...fakeClock(), ...systemClock } });
  const { ATLAS_PE_BASE_URL = '', ATLAS_PE_PROJECT = '' } = running.env;
  sandbox = { ATLAS_PE_BASE_URL, ATLAS_PE_PROJECT, ATLAS_PE_PUBLIC_KEY: publicKey, ATLAS_PE_PRIVATE_KEY: privateKey };
  await prepare(running.env, 'create --region eu-west-1', 'create --region eu-west-2');
  id = (await running.store.read()).services[0]?.id ?? '';
});
afterAll(() => running.close());

/** Opens a new shell that has loaded the script. */
async function open({ start, file, line, prompt }: Shell, more: Record<string, string> = {}) {
  const env: Record<string, string> = { ...ownFolders(), ...sandbox, PATH: path, LANG: 'C.UTF-8', ...more };
  const home = env.HOME ?? '';
  mkdirSync(join(home, 'work/data'), { recursive: true });
  mkdirSync(join(home, 'others/fish'), { recursive: true });
  // Without this folder, a new fish parses all manual pages in the background, which uses a core for half a minute.
  for (const data of ['others', '.local/share'])
    mkdirSync(join(home, data, 'fish/generated_completions'), { recursive: true });
  writeFileSync(join(home, file), `cd ${home}\n${line}\n${prompt}\n`);
  const terminal = new Terminal([], env, { shell: ['bash', '-c', start(home)], columns: 120 });
  await terminal.shows(/^> /m);
  return { terminal, home };
}

/** Ctrl-U clears the line in all of these shells. */
const clear = '\x15';

/** Types text and presses Tab once. */
function complete(terminal: Terminal, typed: string, shown: RegExp): Promise<void> {
  terminal.type(`${typed}\t`);
  return terminal.shows(shown);
}

/** The program drops what Atlas answers 300 ms after its start, so let it believe that it starts later. */
const patient = { NODE_OPTIONS: '--import=data:text/javascript,process.uptime=()=>-20' };

/** Presses Tab again until something is shown: bash lists values only after a second Tab. */
async function completeFromAtlas(terminal: Terminal, typed: string, shown: RegExp): Promise<void> {
  terminal.type(typed);
  const isShown = terminal.shows(shown).then(() => true);
  for (let times = 0; times < 15; times++) {
    terminal.type('\t');
    const later = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1500));
    if (await Promise.race([isShown, later])) break;
  }
  expect(terminal.lines().join('\n')).toMatch(shown);
}

describe.each(Object.entries(shells))('%s', (name, shell) => {
  const isThere = spawnSync(name, ['--version']).status === 0;

  test('is installed in CI', () => {
    if (isComplete) expect(isThere, `${name} must be installed`).toBe(true);
  });

  const run = test.skipIf(!isThere);

  run(`completes by keys, runs nothing of what is typed, and says nothing (skipped without ${name})`, async () => {
    // Some users load the script twice.
    const twice = { ...shell, line: `${shell.line}\n${shell.line}` };
    const { terminal, home } = await open(twice, { ATLAS_PE_BASE_URL: 'http://127.0.0.1:1' });
    // Nothing was printed during start-up.
    expect(terminal.lines().map((line) => line.trim())).toEqual(['>']);
    for (const [typed, shown] of [
      ['atlas-pe int', /atlas-pe interface/],
      ['atlas-pe list --output=ya', /--output=yaml/],
      ['atlas-pe list --fields id,sta', /--fields id,status/],
      ['atlas-pe sandbox serve --faults dat', /--faults data\//],
      ['atlas-pe sandbox serve --faults=dat', /--faults=data\//],
      ['atlas-pe get --project $(touch evil) --json --verb', /--json --verbose/],
    ] as const) {
      await complete(terminal, typed, shown);
      terminal.type(clear);
    }
    terminal.type(`atlas-pe get --project "\`touch evil\`" --quie\t${clear}`);
    // An unfinished quote, and endpoints of an unreachable host.
    terminal.type(`atlas-pe get --project 'it --verb\t${clear}`);
    terminal.type(`atlas-pe get us-east-\t${clear}`);
    await complete(terminal, 'atlas-pe wai', /atlas-pe wait/);
    terminal.type(clear);
    expect(existsSync(join(home, 'work/evil'))).toBe(false);
    for (const line of terminal.lines()) expect(line).toMatch(/^(> .*|>|)$/);
    terminal.type('exit\r');
    await terminal.exit;
  });

  run(`completes what Atlas has by keys (skipped without ${name})`, async () => {
    const { terminal } = await open(shell, patient);
    await completeFromAtlas(terminal, 'atlas-pe get eu-west-', /eu-west-[12] +[\s\S]*eu-west-[12]/);
    terminal.type(clear);
    await completeFromAtlas(terminal, `atlas-pe get ${id.slice(0, 20)}`, new RegExp(`get ${id}`));
    terminal.type(clear);
    terminal.type('exit\r');
    await terminal.exit;
  });
});

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

test.skipIf(!hasZsh)('zsh also autoloads the script from a folder (skipped without zsh)', async () => {
  const line =
    'mkdir -p f; atlas-pe completion zsh > f/_atlas-pe; fpath=($PWD/f $fpath); autoload -U compinit; compinit -i';
  const { terminal } = await open({ ...(shells.zsh as Shell), line });
  // The first completion loads the script, which handles the later ones.
  await complete(terminal, 'atlas-pe int', /interface $/m);
  await complete(terminal, 'rem', /remove $/m);
  await complete(terminal, '--casc\x15atlas-pe delete --casc', /--cascade/);
  terminal.type(`${clear}exit\r`);
  await terminal.exit;
});

test.skipIf(!hasZsh)('zsh also accepts the script after emulate and setopt (skipped without zsh)', () => {
  const modes = ['emulate sh', 'emulate ksh', 'setopt ksharrays'];
  const each = modes.map((mode) => `(${mode}; eval "$script"; echo "\${_comps[atlas-pe]}")`);
  const script = `script="$(atlas-pe completion zsh)"\n${each.join('\n')}`;
  const { stdout, stderr } = runShell(script, { ...ownFolders(), PATH: path }, 'zsh');
  expect([stdout, stderr]).toEqual(['_atlas-pe\n'.repeat(3), '']);
});

test('bash with set -u and without COMP_WORDBREAKS completes too', () => {
  const script = `set -u; unset COMP_WORDBREAKS; eval "$(atlas-pe completion bash)"
COMP_LINE='atlas-pe lis' COMP_POINT=12; _atlas_pe; echo "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = runShell(script, { ...ownFolders(), PATH: path }, 'bash');
  expect([stdout, stderr]).toEqual(['list\n', '']);
});

test('a shell prints no errors if atlas-pe is missing', async () => {
  const { terminal } = await open({ ...(shells.bash as Shell), prompt: "PS1='> '; PATH=/usr/bin:/bin; hash -r" });
  terminal.type('atlas-pe lis\t\t');
  terminal.type(' # \r');
  await terminal.shows(/^> atlas-pe lis +# *$/m);
  expect(terminal.lines()[0]).toMatch(/^> atlas-pe lis/);
  terminal.type('exit\r');
  await terminal.exit;
});

// On other systems it would access the keychain of this machine.
test.skipIf(process.platform !== 'linux')('an unresponsive keychain does not keep the process alive', async () => {
  // Acts as a desktop bus that hangs: it accepts a connection and never responds.
  const socket = join(temporaryFolder(), 'bus');
  const server = createServer((connection) => connection.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const env = ownFolders();
  const folder = env.ATLAS_PE_CONFIG_DIR ?? '';
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const values = {
    'public-key': 'abcdefgh',
    'private-key': '(in the keychain)',
    project: '64f0c2a7e1b2c3d4e5f60718',
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ profiles: { default: values } }), { mode: 0o600 });
  await expectSilence(['get', ''], { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` });
  server.close();
});

/** Expects no values and no message, from a process that is killed or ends soon. */
async function expectSilence(words: readonly string[], env: Record<string, string>): Promise<void> {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await runProgram(['complete', '--', ...words], env);
  const isKilled = exitCode > 128;
  expect([stdout.replace(':4\n', ''), stderr]).toEqual(['', '']);
  expect(isKilled || performance.now() - started < 10_000).toBe(true);
}
