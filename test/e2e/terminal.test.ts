import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { prepare } from '../helpers/prepare-sandbox.js';
import { ownFolders } from '../helpers/run-cli.js';
import { testSandbox } from '../helpers/sandbox.js';
import { Terminal } from '../helpers/terminal.js';

const hideCursor = '\x1b[?25l';

/** Creates a sandbox whose endpoints are ready after this time, and an endpoint in these regions. */
async function sandbox(readyAfter: string, ...regions: string[]): Promise<Record<string, string>> {
  const env = ownFolders();
  const create = regions.map((each) => `create ${each} --sandbox`);
  await prepare(env, `sandbox reset --ready-after ${readyAfter}`, ...create);
  return env;
}

test('create --wait shows a spinner with status and elapsed time, then the endpoint and the next step', async () => {
  const env = await sandbox('1s');
  const terminal = new Terminal(['--sandbox', 'create', '--region', 'us-east-1', '--wait'], env);
  await terminal.shows(/^⠋ us-east-1 {2}INITIATING {2}\ds {2}[0-9a-f]{24} {2}on Atlas usually 2m21s–3m7s$/m);
  expect(await terminal.exit).toBe(0);
  const [end = '', ...rest] = terminal.lines();
  expect(end).toMatch(/^✔ us-east-1 [0-9a-f]{24}: WAITING_FOR_USER after \ds$/);
  expect(rest[0]).toMatch(/^id +[0-9a-f]{24}$/);
  expect(rest.join('\n')).toMatch(/^status +→ WAITING_FOR_USER$/m);
  expect(rest.join('\n')).toMatch(/^ {2}atlas-pe connect us-east-1 --sandbox$/m);
  expect([terminal.raw().includes(hideCursor), terminal.hasCursor()]).toEqual([true, true]);
});

test('Ctrl-C during a wait restores the cursor, and says what exists and how to go on', async () => {
  const env = await sandbox('1h');
  const terminal = new Terminal(['--sandbox', 'create', '--region', 'us-east-1', '--wait'], env);
  await terminal.shows(/INITIATING/);
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  const screen = terminal.lines().join(' ');
  expect(screen).toMatch(
    /Interrupted\. Hint: Current status: us-east-1 ([0-9a-f]{24}) \(INITIATING\)\. .+: +atlas-pe wait/,
  );
  expect(screen).not.toContain('⠋');
  expect(terminal.hasCursor()).toBe(true);
});

test('a suspended wait leaves the screen to the shell, and continues afterwards', async () => {
  const env = await sandbox('1h');
  const shell = ['bash', '-mc', '"$@"; echo suspended; fg', 'bash'];
  const terminal = new Terminal(['--sandbox', 'create', '--region', 'us-east-1', '--wait'], env, { shell });
  await terminal.shows(/INITIATING/);
  terminal.type('\x1a');
  await terminal.shows(/suspended[\s\S]*us-east-1 {2}INITIATING/);
  const lines = terminal.lines();
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  // The cursor was shown and the rows were removed before the shell got the terminal.
  const [before = '', after = ''] = terminal.raw().split('suspended');
  expect(terminal.hasCursor(before)).toBe(true);
  expect(after).toContain(hideCursor);
  expect(lines.slice(0, lines.indexOf('suspended')).join('\n')).not.toContain('INITIATING');
});

test('a wait leaves the screen to the shell in the background, and continues with fg', async () => {
  const env = await sandbox('3s', 'us-east-1');
  // Meanwhile another wait runs, so that several polls happen.
  const shell = ['bash', '-mc', '"$@"; bg; "$1" "$2" --sandbox wait --quiet > /dev/null; echo ready; fg', 'bash'];
  const terminal = new Terminal(['--sandbox', 'wait', '--until', 'available'], env, { shell, columns: 80 });
  await terminal.shows(/INITIATING/);
  terminal.type('\x1a');
  await terminal.shows(/ready/);
  await terminal.shows(/us-east-1 {2}WAITING_FOR_USER/);
  const [before = '', after = ''] = terminal.raw().split('ready\r\n');
  expect(before.split(hideCursor)).toHaveLength(2);
  expect(terminal.hasCursor(before)).toBe(true);
  expect(after).toContain(hideCursor);
  terminal.type('\x03');
  expect(await terminal.exit).toBe(130);
  expect(terminal.hasCursor()).toBe(true);
});

test.each([
  ['QUIT', 131],
  ['HUP', 129],
] as const)('a wait restores the terminal if SIG%s ends it', async (signal, status) => {
  const env = await sandbox('1h', 'us-east-1');
  const quit = signal === 'QUIT' ? 'ulimit -c 0; "$@"' : '"$@" & stty -echo; read -r; kill -HUP $!; wait $!';
  const shell = ['bash', signal === 'QUIT' ? '-mc' : '-c', `${quit}; echo "status $?"`, 'bash'];
  const terminal = new Terminal(['--sandbox', 'wait', 'us-east-1'], env, { shell });
  await terminal.shows(/INITIATING/);
  terminal.type(signal === 'QUIT' ? '\x1c' : '\r');
  await terminal.shows(new RegExp(`status ${status}$`, 'm'));
  await terminal.exit;
  expect(terminal.hasCursor()).toBe(true);
  expect(terminal.lines().join('\n')).not.toContain('INITIATING');
});

test('delete asks first: Ctrl-C and Ctrl-D keep everything, yes deletes', async () => {
  const env = await sandbox('0s', 'us-east-1');
  const answers = [
    ['\x03', 130, 'Interrupted'],
    ['\x04', 1, 'Nothing was deleted'],
    ['y\r', 0, 'DELETING'],
  ] as const;
  for (const [keys, exitCode, message] of answers) {
    const terminal = new Terminal(['--sandbox', 'delete'], env);
    await terminal.shows(
      /Delete the AWS private endpoint service us-east-1\s[0-9a-f]{24}\s\(WAITING_FOR_USER\)\?\s\[y\/N\]/,
    );
    terminal.type(keys);
    expect(await terminal.exit).toBe(exitCode);
    expect(terminal.lines().join('\n')).toContain(message);
    // Answering no is not an error.
    expect(terminal.lines().join('\n')).not.toContain('Error:');
  }
});

test('a question survives a suspension', async () => {
  const env = await sandbox('0s', 'us-east-1');
  // A shell with job control. It continues when the program is suspended, and resumes it.
  const shell = ['bash', '-mc', '"$@"; echo suspended; fg', 'bash'];
  const terminal = new Terminal(['--sandbox', 'delete'], env, { shell });
  await terminal.shows(/\[y\/N\]/);
  terminal.type('\x1a');
  await terminal.shows(/suspended[\s\S]*\[y\/N\]/);
  terminal.type('y\r');
  expect(await terminal.exit).toBe(0);
  expect(terminal.lines().join('\n')).toContain('DELETING');
});

test('list is a coloured table that fits the screen, without colours with --no-color', async () => {
  const env = await sandbox('0s', 'ap-southeast-2');
  const show = async (...flags: string[]) => {
    const terminal = new Terminal(['--sandbox', 'list', ...flags], env, { columns: 80 });
    expect(await terminal.exit).toBe(0);
    return { raw: terminal.raw(), lines: terminal.lines().map((line) => line.replace(/\d+s$/, '0s')) };
  };
  const { raw, lines } = await show();
  expect(raw).toContain('\x1b[35m→ WAITING_FOR_USER');
  expect(lines).toEqual([
    expect.stringMatching(/^REGION +PROVIDER +STATUS +INTERFACES +AGE$/),
    '  ID',
    expect.stringMatching(/^ap-southeast-2 +AWS +→ WAITING_FOR_USER {2}none +0s$/),
    expect.stringMatching(/^ {2}[0-9a-f]{24}$/),
  ]);
  const plain = await show('--no-color');
  expect(plain.raw).not.toContain('\x1b[');
  expect(plain.lines).toEqual(lines);
});

const { publicKey, privateKey } = sandboxKeys;

test.each([
  ['the id and the secret at once', ['--with-key'], [`${publicKey}\n${privateKey}\n`]],
  ['an answer and a half', [], [`\r${publicKey}\r${privateKey.slice(0, 5)}`, `${privateKey.slice(5)}\r`]],
])('login: text typed ahead answers the next questions, and no secret is shown: %s', async (_, options, typed) => {
  const { baseUrl } = await testSandbox();
  const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: baseUrl };
  const terminal = new Terminal(['login', ...options], env);
  await terminal.shows(/(Choice \(default: 1\)|Public key): $/);
  for (const keys of typed) {
    terminal.type(keys);
    await terminal.shows(/\(not shown\): /);
  }
  await terminal.shows(/Number, name or id .+: /);
  terminal.type('1\r');
  expect(await terminal.exit).toBe(0);
  expect(terminal.raw()).not.toContain(privateKey.slice(0, 5));
  expect(terminal.raw()).not.toContain(privateKey.slice(5));
  expect(terminal.lines()).toContain(`Public key: ${publicKey}`);
  const file = readFileSync(join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json'), 'utf8');
  expect(JSON.parse(file).profiles.default['private-key']).toBe(privateKey);
});

test("deleting typed characters doesn't damage the question", async () => {
  const terminal = new Terminal(['--sandbox', 'delete'], await sandbox('1h', 'us-east-1'), { columns: 60 });
  await terminal.shows(/\[y\/N\]/);
  terminal.type('y\x7fno');
  await terminal.shows(
    /^Delete the AWS private endpoint service us-east-1\n[0-9a-f]{24} \(INITIATING\)\? \[y\/N\] no$/m,
  );
  terminal.type('\r');
  expect(await terminal.exit).toBe(1);
});
