import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import * as aws from '../../helpers/aws-sign-in.js';
import { testServer, tlsFile, tlsOptions } from '../../helpers/listen.js';
import { type CliOptions, ownFolders, runCli } from '../../helpers/run-cli.js';
import { Screen } from '../../helpers/screen.js';
import { temporaryFolder, writeFiles } from '../../helpers/temporary-folder.js';

/* Where AWS credentials come from. The sandbox accepts only the temporary keys that it should get. */

const own = aws.sandboxForTemporaryKeys();

/** The environment of a command, with files in a home folder of its own. The SDK reads each file once. */
function withFiles(files: Record<string, string>, more: Record<string, string> = {}): Record<string, string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
  const folders = ownFolders();
  const folder = join(folders.HOME ?? '', '.aws');
  writeFiles(folder, files);
  const places = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
  return { ...env, ...folders, ...places, ...more };
}

/** Runs a command in this process, whose home folder the SDK reads. */
function run(argv: readonly string[], env: Record<string, string>, options: CliOptions = {}) {
  vi.stubEnv('HOME', env.HOME);
  return runCli(argv, { ...options, env });
}

const plan = ['connect', 'us-east-1', '--dry-run', '--json', '--verbose', '--log-format', 'json'];

const expectNoSecrets = (shown: string) => expect(aws.hasSecret(shown)).toBe(false);

describe('SSO behind a proxy', () => {
  test('works, with the authorities of AWS_CA_BUNDLE', async () => {
    const { address, targets, env } = await aws.startSso();
    const ended = await run(plan, withFiles(aws.ssoFiles, env));
    expect(JSON.parse(ended.stdout).cloud.account, ended.stderr).toBe('123456789012');
    expect(targets).toEqual(['atlas.test:443']);
    expect(ended.stderr).toContain(`AWS GET atlas.test 200`);
    expect(ended.stderr).toContain(`(via proxy ${address})`);
    expectNoSecrets(ended.stdout + ended.stderr);
  });

  test('works with ca_bundle of the profile', async () => {
    const { AWS_CA_BUNDLE, ...env } = (await aws.startSso()).env;
    const config = `${aws.ssoFiles.config}ca_bundle = ${AWS_CA_BUNDLE}\n`;
    const ended = await run(plan, withFiles({ ...aws.ssoFiles, config }, env));
    expect(JSON.parse(ended.stdout).cloud.account, ended.stderr).toBe('123456789012');
  });

  test('that cannot be reached is a problem of the network, as is STS for a web identity', async () => {
    const { env } = await aws.startSso();
    const web =
      '[profile work]\nrole_arn = arn:aws:iam::123456789012:role/dev\nweb_identity_token_file = /dev/null\n';
    const nowhere = { ...env, AWS_ENDPOINT_URL_STS: 'https://atlas.test', HTTPS_PROXY: 'http://127.0.0.1:1' };
    for (const each of [aws.ssoFiles, aws.expiredSsoFiles, { config: web }]) {
      const { exitCode, stderr } = await run([...plan.slice(0, 4), '--log-format', 'json'], withFiles(each, nowhere));
      const { message, hint } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error;
      const said =
        'Cannot get AWS credentials from atlas.test through the proxy 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED).';
      expect([exitCode, message, hint]).toEqual([1, said, expect.stringContaining('HTTPS_PROXY')]);
    }
  });

  test.each([
    [503, 1, 'HTTP 503', 'Check the network'],
    [403, 4, 'Cannot use the AWS SSO session', 'aws sso login --profile work'],
  ])('a portal that answers with %i', async (status, exit, said, hint) => {
    const { exitCode, stderr } = await run(
      ['disconnect', 'us-east-1', '--yes'],
      withFiles(aws.ssoFiles, (await aws.startSso(status)).env),
    );
    expect([exitCode, stderr]).toEqual([exit, expect.stringContaining(said)]);
    expect(stderr).toContain(hint);
    expectNoSecrets(stderr);
  });

  test('a certificate that is not trusted names the settings for authorities', async () => {
    const { AWS_CA_BUNDLE, ...env } = (await aws.startSso()).env;
    const { exitCode, stderr } = await run(plan, withFiles(aws.ssoFiles, env));
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(/Cannot get AWS credentials from atlas\.test .*CERT/);
    expect(stderr).toMatch(/set AWS_CA_BUNDLE .* NODE_EXTRA_CA_CERTS/);
    for (const name of ['/nonexistent.pem', fileURLToPath(import.meta.url)]) {
      const bad = await run(plan, withFiles(aws.ssoFiles, { ...env, AWS_CA_BUNDLE: name }));
      expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining(name)]);
    }
  });

  test('a token is not sent without TLS', async () => {
    const { env } = await aws.startSso();
    const ended = await run(plan, withFiles(aws.ssoFiles, { ...env, AWS_ENDPOINT_URL_SSO: 'http://atlas.test' }));
    expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining('atlas.test does not use TLS')]);
  });
});

test('EC2 itself is verified with the authorities of AWS_CA_BUNDLE', async () => {
  const server = createHttps(tlsOptions(), (_, response) => void response.writeHead(404).end());
  const url = `https://localhost:${await testServer(server)}`;
  const own = {
    AWS_ENDPOINT_URL_STS: url,
    AWS_ACCESS_KEY_ID: aws.permanentKeys.id,
    AWS_SECRET_ACCESS_KEY: aws.permanentKeys.secret,
  };
  const unknown = await run(plan, withFiles({}, own));
  expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringMatching(/Cannot reach AWS .*CERT/)]);
  expect(unknown.stderr).toMatch(/set AWS_CA_BUNDLE .* NODE_EXTRA_CA_CERTS/);
  const { stderr } = await run(plan, withFiles({}, { ...own, AWS_CA_BUNDLE: tlsFile('cert') }));
  expect(stderr).toMatch(/AWS rejected sts:GetCallerIdentity/);
});

const ownKeys = {
  AWS_ACCESS_KEY_ID: aws.permanentKeys.id,
  AWS_SECRET_ACCESS_KEY: aws.permanentKeys.secret,
  AWS_SESSION_TOKEN: 'token-of',
};

test.each([
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://aws.test:81', AWS_ENDPOINT_URL_STS: '' }, ''],
  ['AWS_ENDPOINT_URL_STS', { AWS_ENDPOINT_URL_STS: 'http://aws.test:81' }, ''],
  [
    'AWS_ENDPOINT_URL_EC2',
    {
      AWS_ENDPOINT_URL_EC2: 'http://aws.test:81',
      AWS_SESSION_TOKEN: aws.temporaryKeys.sessionToken,
      AWS_ACCESS_KEY_ID: aws.temporaryKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.temporaryKeys.secretAccessKey,
    },
    '',
  ],
  ['endpoint_url', { AWS_ENDPOINT_URL_STS: '' }, 'endpoint_url = http://aws.test:81'],
  [
    'a service in the configuration',
    { AWS_ENDPOINT_URL_STS: '' },
    'services = own\n[services own]\nsts =\n  endpoint_url = http://aws.test:81',
  ],
])('keys are not sent without TLS: %s', async (_, variables, settings) => {
  const config = `[default]\nregion = us-east-1\n${settings}\n`;
  const { exitCode, stderr } = await run(plan.slice(0, 4), withFiles({ config }, { ...ownKeys, ...variables }));
  const hint = 'Use https://aws.test:81. Plain HTTP is allowed only for localhost.';
  expect([exitCode, stderr]).toEqual([2, `Error: http://aws.test:81 does not use TLS.\nHint: ${hint}\n`]);
});

test('an answer of AWS over 16 MB is not read to its end, and not asked for again', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.on('error', () => undefined);
    response.write(Buffer.alloc(17 * 1024 * 1024, ' '));
  });
  const host = `127.0.0.1:${await testServer(server)}`;
  const ended = await run(plan.slice(0, 4), withFiles({}, { ...ownKeys, AWS_ENDPOINT_URL_STS: `http://${host}` }));
  const message = `Error: ${host} returned a response larger than 16 MB.\n`;
  expect([ended.exitCode, ended.stderr, asked]).toEqual([1, message, 1]);
});

describe('a role that needs an MFA code', () => {
  async function start() {
    const { codes, env } = await aws.startMfa(own.sandbox.baseUrl);
    return { codes, env: withFiles(aws.mfaFiles, env) };
  }

  /** Runs a command in a terminal where this is typed ahead. Returns what the terminal shows, too. */
  async function answer(line: string, typed: string) {
    const { codes, env } = await start();
    const screen = new Screen({ columns: 100, rows: 60, convertEol: true });
    const { exitCode } = await run(line.split(' '), env, { screen, stdin: typed });
    await screen.written();
    expectNoSecrets(screen.raw);
    const shown = screen.lines().join(' ');
    expect(shown).toContain('MFA code for arn:aws:iam::123456789012:mfa/me:');
    return { codes, exitCode, shown };
  }

  test.each([
    ['connect us-east-1 --dry-run', '471108\r', 0, ''],
    ['disconnect us-east-1 --vpc-region eu-west-1', '471108\r', 3, ''],
    ['doctor --cloud --no-network', '471108\r', 6, ''],
    ['connect us-east-1 --yes', '654321\r', 4, /invalid MFA one time.*A code works only once/],
    ['doctor --cloud', '\x03', 130, ''],
  ])('%s asks once for a code at the terminal, and ends after %j with %i', async (line, typed, exit, said) => {
    const { codes, exitCode, shown } = await answer(`${line} --aws-profile mfa`, typed);
    expect(exitCode, shown).toBe(exit);
    expect(codes).toEqual(typed === '\x03' ? [] : [typed.trim()]);
    expect(shown).toMatch(said);
  });

  test('without a terminal says what to do', async () => {
    const { codes, env } = await start();
    const ended = await run(
      ['connect', 'us-east-1', '--yes', '--json', '--log-format', 'json', '--aws-profile', 'mfa'],
      env,
    );
    const { error } = JSON.parse(ended.stderr);
    expect([ended.exitCode, error.message]).toEqual([4, "The AWS profile 'mfa' needs an MFA code."]);
    expect(JSON.stringify(error)).toContain('aws configure export-credentials --profile mfa --format env');
    expect(codes).toEqual([]);
  });
});

test('Terraform for two regions asks a credential_process once', async () => {
  await own.sandbox.close();
  await own.start({ readyAfter: 0 });
  const asked = join(temporaryFolder(), 'asked');
  const {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  } = aws.temporaryKeys;
  const answer = JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken });
  writeFileSync(`${asked}.json`, answer);
  const config = `[default]\ncredential_process = sh -c "echo >> '${asked}'; cat '${asked}.json'"\n`;
  const env = withFiles({ config });
  for (const line of ['create --region us-east-1 --remote-region eu-west-1 --wait', 'connect us-east-1 --yes']) {
    const made = await run(line.split(' '), env);
    expect(made.exitCode, made.stderr).toBe(0);
  }
  writeFileSync(asked, '');
  const { stdout, stderr } = await run(['list', '--output', 'terraform'], env);
  expect(stdout.match(/resource "aws_vpc_endpoint"/g), stderr).toHaveLength(1);
  expect(readFileSync(asked, 'utf8')).toBe('\n');
  expectNoSecrets(stdout + stderr);
});
