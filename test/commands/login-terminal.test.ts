import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeKeychain } from '../helpers/fake-keychain.js';
import { ownFolders, ownSandbox, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

/* login in a terminal: its questions, and how it handles the answers. project.test.ts has the question for a project. */

const own = ownSandbox();
const { publicKey, privateKey, clientId, clientSecret } = sandboxKeys;
const other = '2'.repeat(24);

/** A terminal of a user without a configuration. `typed`: what is typed ahead. */
function open(line: string, typed: string, more: Record<string, string> = {}) {
  const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: own.sandbox.baseUrl, ...more };
  const [screen, keychain] = [new Screen({ columns: 200, rows: 60, convertEol: true }), fakeKeychain()];
  const stdin = new PassThrough();
  stdin.write(typed);
  const ended = runCli(line.split(' '), { env, keychain, clock: own.sandbox.clock, screen, stdin });
  const finished = async () => {
    stdin.end();
    const { exitCode } = await ended;
    await screen.written();
    const file = join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json');
    const profile = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).profiles.default : undefined;
    const lines = screen.lines().map((text) => text.trimEnd());
    return { exitCode, profile, secrets: Object.values(keychain.entries), lines, raw: screen.raw };
  };
  return { env, keychain, screen, stdin, ended, finished };
}

/** Logs in with these answers, typed ahead. */
function login(line: string, answers: readonly string[], more: Record<string, string> = {}) {
  return open(line, answers.map((text) => `${text}\r`).join(''), more).finished();
}

/** Logs in, and types each answer when its question is shown. */
async function dialog(line: string, answers: readonly (readonly [RegExp, string])[]) {
  const { screen, stdin, ended, finished } = open(line, '');
  for (const [question, answer] of answers) {
    await screen.shows(question, ended);
    stdin.write(`${answer}\r`);
  }
  return finished();
}

const asked = (lines: readonly string[], question: string) =>
  lines.filter((line) => line.startsWith(question)).length;

test.each([
  ['', [publicKey, privateKey], 'public-key'],
  ['1', [publicKey, privateKey], 'public-key'],
  ['2', [clientId, clientSecret], 'client-id'],
])('the answer %j chooses the kind of credentials', async (kind, [id = '', secret = ''], name) => {
  const { exitCode, profile, secrets, raw } = await login('login', [kind, id, secret, '']);
  expect([exitCode, profile[name], secrets]).toEqual([0, id, [secret]]);
  expect(raw).not.toContain(secret);
});

describe('the default project', () => {
  const answers = ['1', publicKey, privateKey];

  test.each([
    ['2', other],
    ['', undefined],
  ])('is chosen by the answer %j, or left out', async (answer, project) => {
    await own.restart({ projects: [defaultProject, other] });
    const { exitCode, profile, lines } = await login('login', [...answers, answer]);
    expect([exitCode, profile.project]).toEqual([0, project]);
    // Each project is listed with its number.
    const listed = lines.filter((line) => /^ *\d+ .*[0-9a-f]{24}/.test(line)).map((line) => line.trim());
    expect(listed).toEqual([`1   Sandbox  ${defaultProject}`, `2   Sandbox-222222  ${other}`]);
    expect(lines.some((line) => line.endsWith('atlas-pe projects'))).toBe(project === undefined);
  });

  test('is not hinted at if there is only one, which is used anyway', async () => {
    const { lines } = await login('login', [...answers, '']);
    expect(lines.some((line) => line.includes('config set project'))).toBe(false);
    expect(lines.at(-1)).toContain('atlas-pe connect REGION');
  });

  test('is not asked if an option names it, or if there is none', async () => {
    const named = await login('login --project Sandbox', answers);
    expect([named.exitCode, named.profile.project]).toEqual([0, defaultProject]);
    await own.restart({ projects: [] });
    const none = await login('login', answers);
    expect([none.exitCode, none.profile.project]).toEqual([0, undefined]);
    expect(none.lines.join()).not.toContain('atlas-pe ');
  });
});

test.each([
  [/Choice \(default: 1\)/, '', ''],
  [/Private key/, `\r${publicKey}\r`, ''],
  // It is asked after the credentials are saved.
  [/Number, name or id/, `\r${publicKey}\r${privateKey}\r`, `${publicKey}\n`],
])('an interrupt at %s discards only what is not saved yet', async (question, typed, id) => {
  const { env, keychain, screen, stdin, ended } = open('login', typed);
  await screen.shows(question, ended);
  stdin.write('\x03');
  expect(await ended).toMatchObject({ exitCode: 130 });
  const next = await runCli(['whoami', '--output', 'id'], { env, keychain, clock: own.sandbox.clock });
  expect(next.stdout).toBe(id);
});

test.each(['login', 'login --quiet'])('%s shows the host before it asks for the secret', async (line) => {
  const { lines } = await login(line, ['', publicKey, privateKey, '']);
  const { baseUrl } = own.sandbox;
  expect(lines.filter((text) => text.includes(`${baseUrl} (`))).toEqual([
    ...(line.includes('--quiet') ? [] : [`Signing in to ${baseUrl} (environment ATLAS_PE_BASE_URL).`]),
    `Private key for ${baseUrl} (not shown):`,
  ]);
});

/** The line with the page of an organization that Atlas asks for. */
const page = (host: string) =>
  `  https://${host}/go?l=https%3A%2F%2F${host}%2Fv2%23%2Forg%2F%3Corganization%3E%2Faccess%2FapiKeys`;

test('the usual host is not shown', async () => {
  const { lines } = await login('login --with-service-account', [clientId], { ATLAS_PE_BASE_URL: '' });
  expect(lines.slice(0, 4)).toEqual([
    'Create an API key or a service account, with the role Project Owner, on this page:',
    page('cloud.mongodb.com'),
    `Client id: ${clientId}`,
    'Client secret (not shown):',
  ]);
});

const usual = { ATLAS_PE_BASE_URL: '', ATLAS_PE_PROJECT: defaultProject };

test.each([
  ['login', { ATLAS_PE_BASE_URL: 'cloudgov' }, page('cloud.mongodbgov.com')],
  [`login --project ${other}`, usual, `  https://cloud.mongodb.com/v2/${other}#/access/apiKeys`],
])('%s with %j names the page where keys are created', async (line, env, url) => {
  const { lines } = await login(line, [], env);
  expect(lines).toContain(url);
});

describe('a wrong answer is asked again', () => {
  const again = (question: string) => new RegExp(`The value is empty\\. Try again\\.\\n.*${question}$`);

  test.each([
    ['login', 'Choice (default: 1)', ['3', '1'], 2],
    ['login --with-key', 'Public key', [], 3],
  ])('of %s, at most three times: %s', async (line, question, answers, times) => {
    const { exitCode, lines, profile } = await login(line, answers);
    expect([exitCode, profile, asked(lines, question), own.sandbox.exchanges]).toEqual([2, undefined, times, []]);
    expect(asked(lines, 'Private key')).toBe(0);
  });

  test('an empty one, and one with a space', async () => {
    const { exitCode, secrets } = await dialog('login --with-key', [
      [/Public key: $/, ''],
      [again('Public key: '), 'a key'],
      [/no spaces\. Try again\.\n.*: $/, publicKey],
      [/not shown\): $/, ''],
      [again('not shown\\): '), privateKey],
      [/Number, name or id/, '1'],
    ]);
    expect([exitCode, secrets]).toEqual([0, [privateKey]]);
  });

  test('a key that Atlas does not accept', async () => {
    const { exitCode, raw, secrets } = await dialog('login --with-key', [
      [/Public key: $/, publicKey],
      [/not shown\): $/, 'wr0ng-secret'],
      [/Atlas does not accept this API key\. Try again\.\nPublic key: $/, publicKey],
      [/not shown\): $/, privateKey],
      [/Number, name or id/, '1'],
    ]);
    expect([exitCode, secrets]).toEqual([0, [privateKey]]);
    expect(raw).not.toMatch(/wr0ng|UNEXPECTED_ERROR|not authorized/);
  });
});
