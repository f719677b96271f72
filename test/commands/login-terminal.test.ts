import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeKeychain } from '../helpers/fake-keychain.js';
import { ownFolders, ownSandbox, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

/* login in a terminal: its questions, and how it handles the answers. */

const own = ownSandbox();
const { publicKey, privateKey, clientId, clientSecret } = sandboxKeys;
const other = '2'.repeat(24);

/** Logs in with these answers, typed ahead. */
async function login(line: string, answers: readonly string[], more: Record<string, string> = {}) {
  const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: own.sandbox.baseUrl, ...more };
  const [screen, keychain] = [new Screen({ columns: 200, rows: 60, convertEol: true }), fakeKeychain()];
  const stdin = answers.map((text) => `${text}\r`).join('');
  const { exitCode } = await runCli(line.split(' '), { env, keychain, clock: own.sandbox.clock, screen, stdin });
  await screen.written();
  const file = join(env.ATLAS_PE_CONFIG_DIR ?? '', 'config.json');
  const profile = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).profiles.default : undefined;
  return { exitCode, profile, secrets: Object.values(keychain.entries), lines: screen.lines(), raw: screen.raw };
}

describe('the kind of credentials', () => {
  test.each([
    ['', [publicKey, privateKey], 'public-key'],
    ['1', [publicKey, privateKey], 'public-key'],
    ['2', [clientId, clientSecret], 'client-id'],
  ])('the answer %j', async (kind, [id = '', secret = ''], name) => {
    const { exitCode, profile, secrets, raw } = await login('login', [kind, id, secret, '']);
    expect([exitCode, profile[name], secrets]).toEqual([0, id, [secret]]);
    expect(raw).not.toContain(secret);
  });

  test('is asked until an answer is valid', async () => {
    const again = await login('login', ['3']);
    expect(again.lines.filter((line) => line.startsWith('Choice (default: 1):')).length).toBe(2);
    expect([again.exitCode, again.profile]).toEqual([2, undefined]);
  });

  test('is not asked if an option sets it', async () => {
    const { exitCode, lines, profile } = await login('login --with-service-account', [clientId, clientSecret, '']);
    expect([exitCode, profile['client-id']]).toEqual([0, clientId]);
    expect(lines.join()).not.toContain('Choice (default: 1)');
  });
});

describe('the default project', () => {
  const answers = ['1', publicKey, privateKey];

  test.each([
    ['a number', '2', other],
    ['a name', 'Sandbox', defaultProject],
    ['an id', defaultProject.toUpperCase(), defaultProject],
    ['nothing', '', undefined],
  ])('is chosen by %s', async (_, answer, project) => {
    await own.restart({ projects: [defaultProject, other] });
    const { exitCode, profile, lines } = await login('login', [...answers, answer]);
    expect([exitCode, profile.project]).toEqual([0, project]);
    // Each project is listed with its number.
    const listed = lines.filter((line) => /^ *\d+ .*[0-9a-f]{24}/.test(line)).map((line) => line.trim());
    expect(listed).toEqual([`1   Sandbox  ${defaultProject}`, `2   Sandbox-222222  ${other}`]);
    expect(lines.some((line) => line.endsWith('atlas-pe projects'))).toBe(project === undefined);
  });

  test('is asked again after an invalid answer', async () => {
    const { profile, exitCode, lines } = await login('login', [...answers, '0', '', '']);
    expect(lines.filter((line) => line.startsWith('Number, name or id')).length).toBe(2);
    expect([exitCode, profile.project]).toEqual([0, undefined]);
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
  [/Public key/, '\r', ''],
  [/Private key/, `\r${publicKey}\r`, ''],
  // It is asked after the credentials are saved.
  [/Number, name or id/, `\r${publicKey}\r${privateKey}\r`, `${publicKey}\n`],
])('an interrupt at %s discards only what is not saved yet', async (question, typed, id) => {
  const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: own.sandbox.baseUrl };
  const [screen, keychain, stdin] = [new Screen({ columns: 200, rows: 60 }), fakeKeychain(), new PassThrough()];
  stdin.write(typed);
  const ended = runCli(['login'], { env, keychain, clock: own.sandbox.clock, screen, stdin });
  await screen.shows(question, ended);
  stdin.write('\x03');
  expect(await ended).toMatchObject({ exitCode: 130 });
  const next = await runCli(['whoami', '--output', 'id'], { env, keychain, clock: own.sandbox.clock });
  expect(next.stdout).toBe(id);
});

test.each([
  ['login', ['', publicKey, privateKey, '']],
  ['login --with-key', [publicKey, privateKey, '']],
  ['login --quiet', ['', publicKey, privateKey, '']],
])('%s shows the host before it asks for the secret', async (line, answers) => {
  const { lines } = await login(line, answers);
  const { baseUrl } = own.sandbox;
  expect(lines.filter((text) => text.includes(`${baseUrl} (`)).map((text) => text.trimEnd())).toEqual([
    ...(line.includes('--quiet') ? [] : [`Signing in to ${baseUrl} (environment ATLAS_PE_BASE_URL).`]),
    `Private key for ${baseUrl} (not shown):`,
  ]);
});

/** The line with the page of an organization that Atlas asks for. */
const page = (host: string) =>
  `  https://${host}/go?l=https%3A%2F%2F${host}%2Fv2%23%2Forg%2F%3Corganization%3E%2Faccess%2FapiKeys`;

test('the usual host is not shown', async () => {
  const { lines } = await login('login --with-service-account', [clientId], { ATLAS_PE_BASE_URL: '' });
  expect(lines.slice(0, 4).map((text) => text.trimEnd())).toEqual([
    'Create an API key or a service account, with the role Project Owner, on this page:',
    page('cloud.mongodb.com'),
    `Client id: ${clientId}`,
    'Client secret (not shown):',
  ]);
});

test.each([
  ['login', { ATLAS_PE_BASE_URL: 'cloudgov' }, page('cloud.mongodbgov.com')],
  [
    `login --project ${other}`,
    { ATLAS_PE_BASE_URL: '', ATLAS_PE_PROJECT: defaultProject },
    `  https://cloud.mongodb.com/v2/${other}#/access/apiKeys`,
  ],
])('%s with %j names the page where keys are created', async (line, env, url) => {
  const { lines } = await login(line, [], env);
  expect(lines.map((text) => text.trimEnd())).toContain(url);
});

describe('a wrong answer is asked again', () => {
  const asked = (lines: readonly string[], question: string) =>
    lines.filter((line) => line.startsWith(question)).length;

  test('at most three times, and nothing is sent', async () => {
    const { exitCode, lines, profile } = await login('login --with-key', []);
    expect([exitCode, profile, asked(lines, 'Public key'), own.sandbox.exchanges]).toEqual([2, undefined, 3, []]);
    expect(asked(lines, 'Private key')).toBe(0);
  });

  /** Types each answer when its question is shown. */
  async function dialog(line: string, answers: readonly (readonly [RegExp, string])[]) {
    const env: Record<string, string> = { ...ownFolders(), ATLAS_PE_BASE_URL: own.sandbox.baseUrl };
    const [screen, keychain] = [new Screen({ columns: 200, rows: 60, convertEol: true }), fakeKeychain()];
    const stdin = new PassThrough();
    const ended = runCli(line.split(' '), { env, keychain, clock: own.sandbox.clock, screen, stdin });
    for (const [question, answer] of answers) {
      await screen.shows(question, ended);
      stdin.write(`${answer}\r`);
    }
    stdin.end();
    const { exitCode } = await ended;
    await screen.written();
    return { exitCode, lines: screen.lines(), raw: screen.raw, secrets: Object.values(keychain.entries) };
  }

  const spaces = /no spaces\. Try again\.\n.*: $/;

  test.each([
    ['login --with-key', publicKey, privateKey],
    ['login --with-service-account', clientId, clientSecret],
  ])('%s: an empty one, and one with a space', async (line, id, secret) => {
    const { exitCode, secrets } = await dialog(line, [
      [/(Public key|Client id): $/, ''],
      [/The value is empty\. Try again\.\n.*: $/, 'a key'],
      [spaces, id],
      [/not shown\): $/, ''],
      [/The value is empty\. Try again\.\n.*not shown\): $/, secret],
      [/Number, name or id/, '1'],
    ]);
    expect([exitCode, secrets]).toEqual([0, [secret]]);
  });

  test('a key that Atlas does not accept', async () => {
    const { exitCode, lines, raw, secrets } = await dialog('login --with-key', [
      [/Public key: $/, publicKey],
      [/not shown\): $/, 'wr0ng-secret'],
      [/Atlas does not accept this API key\. Try again\.\nPublic key: $/, publicKey],
      [/not shown\): $/, privateKey],
      [/Number, name or id/, '1'],
    ]);
    expect([exitCode, secrets]).toEqual([0, [privateKey]]);
    expect(lines.join('\n')).toContain('atlas-pe connect REGION');
    expect(raw).not.toMatch(/wr0ng|UNEXPECTED_ERROR|not authorized/);
  });

  test('three refused keys end it', async () => {
    const wrong = [
      [/Public key: $/, publicKey],
      [/not shown\): $/, 'wrong'],
    ] as const;
    const { exitCode, lines, secrets } = await dialog('login --with-key', [...wrong, ...wrong, ...wrong]);
    expect([exitCode, secrets, asked(lines, 'Public key')]).toEqual([4, [], 3]);
    expect(lines.join('\n')).toContain('Error: Atlas does not accept this API key.\nHint: Nothing was saved.');
  });
});
