import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { sandboxKeys } from '../src/sandbox/gate.js';
import { defaultProject } from '../src/sandbox/world.js';
import { fakeKeychain } from './helpers/fake-keychain.js';
import { ownFolders, runCli } from './helpers/run-cli.js';
import { startProgram } from './helpers/run-program.js';
import { startSandbox } from './helpers/sandbox.js';

/*
 * A secret never appears in output, in a file other than the one that stores secrets, or in the process list, in any
 * encoding.
 */

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

const { publicKey, clientId } = sandboxKeys;
const secret = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 12,
  maxLength: 60,
});

function disguises(text: string): string[] {
  const base64 = (plain: string) => Buffer.from(plain).toString('base64').replace(/=+$/, '');
  return [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text).toString('hex'),
    base64(text),
    base64(`${publicKey}:${text}`),
    base64(`${clientId}:${text}`),
    Buffer.from(text).toString('base64url'),
  ];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every command, including cases where it fails. */
const lines = [
  'create --region us-east-1 --wait',
  'create --region us-east-1',
  'create --region nowhere',
  'get',
  'get nothing',
  'list',
  'list --json',
  'list --project nobody',
  'wait',
  'wait --until REDY',
  'delete',
  'delete us-east-1 --yes --wait',
  'whoami',
  'whoami --json',
  'config list --show-origin',
  'config list --output yaml',
  'config get private-key',
  'config get client-secret',
  'config get access-token',
  'config path',
  'profile list',
  'profile use default',
  'config set output table --profile other',
  'profile delete other --yes',
  'sandbox status',
  'sandbox reset',
  'list --sandbox',
  'config set secret-store file',
  'config unset private-key',
  'logout',
  'nonsense',
];

test('in no command, with valid and with wrong credentials', async () => {
  await fc.assert(
    fc.asyncProperty(
      secret,
      fc.constantFrom('key', 'account', 'token'),
      fc.boolean(),
      fc.boolean(),
      async (text, kind, fits, kept) => {
        const keys = fits ? { ...sandboxKeys, privateKey: text, clientSecret: text } : sandboxKeys;
        const sandbox = await startSandbox({ keys });
        const folders = ownFolders();
        const env: Record<string, string> = {
          ...folders,
          ATLAS_PE_BASE_URL: sandbox.baseUrl,
          ATLAS_PE_PROJECT: defaultProject,
        };
        const fromEnv: Record<string, Record<string, string>> = {
          key: { ATLAS_PE_PUBLIC_KEY: publicKey, ATLAS_PE_PRIVATE_KEY: text },
          account: { ATLAS_PE_CLIENT_ID: clientId, ATLAS_PE_CLIENT_SECRET: text },
          token: { ATLAS_PE_ACCESS_TOKEN: text },
        };
        const options = {
          env: kept ? env : { ...env, ...fromEnv[kind] },
          clock: sandbox.clock,
          keychain: fakeKeychain(),
        };
        let said = '';
        const run = async (line: string, stdin = '') => {
          const { stdout, stderr } = await runCli(['--verbose', ...line.split(' ')], { ...options, stdin });
          said += stdout + stderr;
        };
        if (kept) {
          await run('login --with-key', `${publicKey}\n${text}`);
          await run('login --with-service-account', JSON.stringify({ clientId, clientSecret: text }));
          await run('login --with-key', `{"privateKey": ${text}`);
          await run('login --with-key', `private_key: ${text}\n: "`);
          await run('login --with-key', `data:\n  token: ${JSON.stringify(text)}\n`);
          await run('login --with-key', `TOKEN='${text}'\n`);
          await run(
            `config set ${{ key: 'private-key', account: 'client-secret', token: 'access-token' }[kind]}`,
            text,
          );
          await run('config set base-url https://elsewhere.example');
        }
        for (const line of lines) await run(line);
        const serve = {
          ...options,
          onStderr: (_: string, interrupt: (signal: 'SIGINT') => void) => interrupt('SIGINT'),
        };
        const { stdout, stderr } = await runCli(['--verbose', 'sandbox', 'serve'], serve);
        said += stdout + stderr;
        // A configuration that someone damaged by hand.
        if (kept) {
          await run('config set private-key', text);
          const file = join(folders.ATLAS_PE_CONFIG_DIR ?? '', 'config.json');
          writeFileSync(file, `{"profiles": {"default": {"private-key": ${JSON.stringify(text)}, oops`);
          await run('list');
        }
        await sandbox.close();
        const stored = filesBelow(folders.HOME ?? '').filter((file) => !file.endsWith(join('config', 'config.json')));
        const everything = [said, ...stored.map((file) => readFileSync(file, 'utf8'))].join('\n');
        for (const disguise of disguises(text)) expect(everything).not.toContain(disguise);
      },
    ),
    { numRuns: 6 },
  );
});

test('the search finds encoded secrets', () => {
  for (const disguise of disguises('s3cret/+?s3cret')) expect(`x${disguise}y`).toContain(disguise);
  expect(disguises('s3cret/+?s3cret')).toContain('s3cret%2F%2B%3Fs3cret');
});

test('not in the process list', async () => {
  const sandbox = await startSandbox({ world: { readyAfter: 3_600_000 } });
  open.push(sandbox);
  const env = { ...sandbox.env };
  const { child, ended } = startProgram(['create', '--region', 'us-east-1', '--wait', '--verbose'], env);
  await once(child.stderr, 'data');
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  child.kill('SIGTERM');
  await ended;
  // A failure must not print all processes of this machine.
  const shows = (words: string) => processes.includes(words);
  expect([shows('create --region us-east-1 --wait --verbose'), shows(sandboxKeys.privateKey)]).toEqual([true, false]);
});

test.each([
  'doctor U --debug',
  'doctor x U',
  'doctor --cluster U',
  'get U',
  'connect U',
  'delete U --yes',
  'wait U',
  'interface get U',
  'connection-strings --endpoint U',
  'list --project U',
  'U',
  'check U --log-format json',
])('%s does not repeat the password of a connection string', async (line) => {
  for (const start of ['mongodb+srv://', 'MONGODB+SRV://', 'mongodb+srv:/', 'mongo://', '"mongodb://'])
    for (const password of ['hunter2@x', 'hunter2/x']) {
      const words = line.split(' ').map((word) => (word === 'U' ? `${start}user:${password}@h.a.example` : word));
      const { exitCode, stdout, stderr } = await runCli(words);
      expect(exitCode, words.join(' ')).toBeGreaterThan(1);
      expect(stdout + stderr).not.toContain('hunter2');
    }
});

test('what looks like a connection string is never quoted, in any coding, by any command', async () => {
  const password = 'S3cret-Pass.word';
  const plain = `app:${password}@cluster0-pl-0.ab1cd.mongodb.net`;
  const whole = `mongodb+srv://${plain}/shop`;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const html = (text: string) => text.replaceAll(/[^\w.]/g, (one) => `&#${one.charCodeAt(0)};`);
  const words = [plain, whole].flatMap((text) => [text, encodeURIComponent(text), base64(text), html(text)]);
  const secrets = [password, encodeURIComponent(password), html(password), ...[plain, whole].map(base64)];
  const env = ownFolders();
  const places = [
    'get',
    'wait',
    'delete --yes',
    'connect',
    'interface get',
    'list --region',
    'create --provider',
    '',
  ];
  for (const place of places) {
    for (const word of words) {
      const argv = ['--sandbox', ...place.split(' ').filter((each) => each !== ''), word];
      const { exitCode, stdout, stderr } = await runCli(argv, { env });
      expect(exitCode, argv.join(' ')).not.toBe(0);
      for (const each of secrets) expect(stdout + stderr, argv.join(' ')).not.toContain(each);
    }
  }
});

test.each([
  ['signed in as serviceAccount:me@shop.iam.gserviceaccount.com'],
  ['arn:aws:iam::123456789012:user/me@example.com'],
  ['ghcr.io/shop/app:1.2@sha256:0123456789abcdef'],
])('%s is no password', async (text) => {
  const { stderr } = await runCli(['--sandbox', 'get', text]);
  expect(stderr).toContain(text);
});
