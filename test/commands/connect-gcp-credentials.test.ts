import { execFileSync } from 'node:child_process';
import { chmodSync, createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { refusingProxy, testServer } from '../helpers/listen.js';
import { json } from '../helpers/run-cli.js';
import { scenario } from '../helpers/scenario.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* How the program finds Google's credentials and the Google project. */

const { own } = scenario('GCP');

const line = 'connect us-east4 --provider gcp --dry-run --json';
const create = 'connect us-east4 --provider gcp --yes';

function envWith(more: Record<string, string> = {}): Record<string, string> {
  const { GOOGLE_OAUTH_ACCESS_TOKEN, CLOUDSDK_ACTIVE_CONFIG_NAME, ...env } = own.sandbox.env;
  return { ...env, PATH: '/nonexistent', ...more };
}

function file(content: string, name = 'file'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const token = { access_token: 'sandbox', token_type: 'Bearer', expires_in: 3600 };

/** Starts a server that gives tokens. Returns its URL and the requests. */
async function tokenServer(status = 200, ...answers: object[]) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(await text(request));
    json(response, status, answers[Math.min(seen.length, answers.length) - 1] ?? token);
  });
  return { seen, url: `http://127.0.0.1:${await testServer(server)}/token` };
}

/** As a workflow of GitHub Actions has them. */
function federated(token_url: string, more: object = {}): string {
  return file(
    JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      credential_source: { file: file('jwt-of-the-runner') },
      token_url,
      ...more,
    }),
  );
}

async function planOf(env: Record<string, string>) {
  const { exitCode, stdout, stderr } = await own.atlas(line, { env });
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/Warning/)]);
  const { cloud, notes } = JSON.parse(stdout);
  return { ...cloud, notes };
}

test('application default credentials', async () => {
  const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token';
  const { url, seen } = await tokenServer(200, { ...token, issued_token_type });
  const GOOGLE_APPLICATION_CREDENTIALS = federated(url);
  expect(await planOf(envWith({ GOOGLE_APPLICATION_CREDENTIALS }))).toMatchObject({ network: 'default', notes: [] });
  expect(seen).toEqual([expect.stringContaining('jwt-of-the-runner')]);
});

test('a token that Google refuses on the way is replaced by a fresh one', async () => {
  const { url } = await tokenServer(200, { ...token, access_token: 'ended' }, token);
  expect(await planOf(envWith({ GOOGLE_APPLICATION_CREDENTIALS: federated(url) }))).toMatchObject({ notes: [] });
});

test('credentials of another universe domain are not sent to Google', async () => {
  const { url, seen } = await tokenServer();
  const inFile = envWith({ GOOGLE_APPLICATION_CREDENTIALS: federated(url, { universe_domain: 'cloud.example' }) });
  for (const env of [inFile, { ...own.sandbox.env, GOOGLE_CLOUD_UNIVERSE_DOMAIN: 'cloud.example' }])
    await own.ends(create, 4, 'The Google credentials are for the universe domain cloud.example.', '', {
      env,
    });
  expect(seen).toEqual([]);
  expect(own.sandbox.exchanges.filter(({ url }) => url.startsWith('/gcp/'))).toEqual([]);
  const usual = federated(url, { universe_domain: 'googleapis.com' });
  expect(await planOf(envWith({ GOOGLE_APPLICATION_CREDENTIALS: usual }))).toMatchObject({ notes: [] });
});

test('a quota project reaches Google', async () => {
  const { url } = await tokenServer();
  const more = { GOOGLE_APPLICATION_CREDENTIALS: federated(url), GOOGLE_CLOUD_QUOTA_PROJECT: 'pays-for-it' };
  await planOf(envWith(more));
  const toGoogle = own.sandbox.exchanges.filter(({ url }) => url.startsWith('/gcp/'));
  expect(toGoogle.map(({ requestHeaders }) => requestHeaders['x-goog-user-project'])).toContain('pays-for-it');
});

test('requests for tokens go through the proxy', async () => {
  const { url: HTTPS_PROXY, targets } = await refusingProxy();
  const GOOGLE_APPLICATION_CREDENTIALS = federated('https://sts.example.com/v1/token');
  const env = envWith({ HTTPS_PROXY, GOOGLE_APPLICATION_CREDENTIALS });
  await own.ends(create, 1, /^Error: Cannot get Google credentials: /, '', { env });
  expect(new Set(targets)).toEqual(new Set(['sts.example.com:443']));
});

test('a file with a token', async () => {
  const CLOUDSDK_AUTH_ACCESS_TOKEN_FILE = file('sandbox\n');
  expect(await planOf(envWith({ CLOUDSDK_AUTH_ACCESS_TOKEN_FILE }))).toMatchObject({ network: 'default', notes: [] });
});

/** The environment with a `gcloud` that runs this script. */
function gcloud(script: string, more: Record<string, string> = {}) {
  const path = file(`#!/bin/sh\n${script}\n`, 'gcloud');
  chmodSync(path, 0o755);
  return envWith({ PATH: `${join(path, '..')}:/usr/bin:/bin`, ...more });
}

test("gcloud's own account, without application default credentials", async () => {
  const script = 'echo run >> "$0.log"; [ "$*" = "auth print-access-token" ] && echo sandbox';
  const env = gcloud(script, { CLOUDSDK_CORE_ACCOUNT: 'me@example.com' });
  expect(await planOf(env)).toMatchObject({ principal: 'me@example.com', network: 'default', notes: [] });
});

const noToken = 'gcloud auth print-access-token gave no token';
const impersonation = { service_account_impersonation_url: 'http://10.66.0.1/x:generateAccessToken' };
const revoked = { error: 'invalid_grant', error_description: 'Bad token' };
const otherAudience = { error: 'invalid_target', error_description: 'The audience is wrong.' };
const badKey = JSON.stringify({ type: 'service_account', client_email: 'a@b.c', private_key: 'secret-1234' });
const withFile = (GOOGLE_APPLICATION_CREDENTIALS: string) => envWith({ GOOGLE_APPLICATION_CREDENTIALS });
const answered = async (status: number, answer: object, more = {}) =>
  withFile(federated((await tokenServer(status, answer)).url, more));

type Env = Record<string, string>;

test.each<[what: string, env: () => Env | Promise<Env>, said: string | RegExp]>([
  [
    'a file that sends secrets without TLS',
    () => withFile(federated('http://10.66.0.1/token')),
    /^Error: token_url in \S+ is not a valid https URL\./,
  ],
  [
    'a file that impersonates without TLS',
    () => answered(200, {}, impersonation),
    /^Error: service_account_impersonation_url in \S+ is not a valid https URL\./,
  ],
  [
    'a file that is not there',
    () => withFile('/nonexistent/file'),
    /^Error: Cannot read \S+: no such file or directory\.\nHint: Check GOOGLE_APPLICATION_CREDENTIALS\./,
  ],
  ['a file that is not JSON', () => withFile(file('secret-1234')), /^Error: \S+ is not valid JSON\./],
  ['a key that is none', () => withFile(file(badKey)), /^Error: Cannot use the Google credentials of /],
  ['a token server without a reason', () => answered(418, { message: 'tea' }), ': the answer is HTTP 418.'],
  [
    'a login that was revoked',
    () => answered(400, revoked),
    /^Error: The Google login has expired or was revoked \(invalid_grant\)\.\nHint: Sign in again: gcloud auth application-default login\n$/,
  ],
  [
    'a login for another audience',
    () => answered(400, otherAudience),
    /^Error: Cannot use the Google credentials of \S+: .*The audience is wrong\.\n/,
  ],
  [
    'a gcloud that nobody has signed in to',
    () => gcloud('echo "ERROR: no active account" >&2; exit 1'),
    `Error: Cannot sign in to GCP: ${noToken} (exit code 1).\nHint: Sign in: gcloud auth`,
  ],
  ['a gcloud that fails although it prints', () => gcloud('echo sandbox; exit 3'), `${noToken} (exit code 3).`],
  [
    'a gcloud that never stops printing',
    () => gcloud('trap "" PIPE; while :; do echo 0123456789012345678901234567890123456789 2>/dev/null; done'),
    noToken,
  ],
])('%s is refused', async (_, env, said) => {
  const { stderr } = await own.ends(create, 4, said, '', { env: await env() });
  expect(stderr).not.toContain('secret-1234');
});

test.skipIf(process.platform === 'win32').each([
  ['that waits for another program', ''],
  ['that has closed its output', 'exec >&-;'],
])('Ctrl-C ends a gcloud %s, and what it has started', async (_, first) => {
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const env = gcloud(`exec 3> ${pipe}; ${first} sleep 600 & echo started >&3; wait`);
  let interrupt: (() => void) | undefined;
  const running = own.atlas(`${line} --verbose`, {
    env,
    onStderr: (_, send) => {
      interrupt = () => send('SIGINT');
    },
  });
  // Ends when no program has it open any more.
  for await (const _ of createReadStream(pipe)) interrupt?.();
  expect((await running).exitCode).toBe(130);
});

/** A folder with the settings of gcloud. */
function settings(active: string, core: readonly string[]): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'configurations'));
  writeFileSync(join(folder, 'active_config'), `${active}\n`);
  const lines = ['[compute]', 'project = wrong-project', '[core]', ...core, '[auth]', 'project = wrong-project', ''];
  writeFileSync(join(folder, 'configurations', `config_${active}`), lines.join('\n'));
  return folder;
}

test('the Google project: the first of these that is there', async () => {
  const CLOUDSDK_CONFIG = settings('work', ['account = me@example.com', 'project = of-gcloud']);
  const names = ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT', 'GOOGLE_PROJECT'];
  const { url } = await tokenServer();
  const GOOGLE_APPLICATION_CREDENTIALS = federated(url, { project_id: 'of-the-file' });
  const found: string[] = [];
  const env: Record<string, string> = { ...envWith({ CLOUDSDK_CONFIG, GOOGLE_APPLICATION_CREDENTIALS }) };
  names.forEach((name, index) => {
    env[name] = `of-variable-${index}`;
  });
  const next = async (more = '') => {
    // The sandbox does not know these projects.
    const { stderr } = await own.atlas(`${line}${more}`, { env });
    found.push(/'projects\/([\w-]+)/.exec(stderr)?.[1] ?? stderr);
  };
  await next(' --gcp-project of-the-option');
  await next(' --subnet projects/of-the-subnet/regions/us-east4/subnetworks/x');
  for (const name of names) {
    await next();
    delete env[name];
  }
  await next();
  delete env.GOOGLE_APPLICATION_CREDENTIALS;
  env.GOOGLE_OAUTH_ACCESS_TOKEN = 'sandbox';
  await next();
  expect(found).toEqual([
    'of-the-option',
    'of-the-subnet',
    ...names.map((_, index) => `of-variable-${index}`),
    'of-the-file',
    'of-gcloud',
  ]);
});

test('says so if Atlas is the sandbox, but Google is the real one', async () => {
  const { CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE, ...env } = envWith();
  const { stderr } = await own.atlas(line, { env });
  expect(stderr).toMatch(
    /^Warning: Atlas requests go to http:\/\/127\.0\.0\.1:\d+, but GCP requests go to the real GCP\./m,
  );
});

test('the built-in sandbox reads nothing of the settings of gcloud', async () => {
  const more = { GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/file', GOOGLE_CLOUD_PROJECT: 'mine-not-yours' };
  const env = { ...own.sandbox.env, ...more, CLOUDSDK_CONFIG: '/nonexistent' };
  await own.succeeds('sandbox reset --cluster app:gcp/us-east4', { env });
  const { stdout } = await own.succeeds(`${line} --sandbox`, { env });
  expect(JSON.parse(stdout).cloud).toMatchObject({ account: 'atlas-pe-sandbox', network: 'default' });
});

test('tokens go to another host only over TLS', async () => {
  const env = { ...own.sandbox.env, CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: 'http://example.com/compute/v1/' };
  await own.ends(line, 2, /^Error: CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE is not a valid https URL\./, '', { env });
});
