import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testProxy, testServer, tlsFile, tlsOptions } from '../helpers/listen.js';
import { runProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';
import { writeFiles } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

/* Where the built program gets AWS credentials from. The sandbox accepts only the temporary keys that it should get. */

const keys = {
  accessKeyId: 'ASIATEMPORARY',
  secretAccessKey: 'secret-of-the-role',
  sessionToken: 'token-of-the-role',
};
const permanent = { id: 'AKIAPERMANENT', secret: 'secret-of-the-user' };

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  sandbox = await startSandbox({ awsKeys: keys });
});
afterEach(() => sandbox.close());

/** The environment of the program, with files in its home folder. */
function withFiles(files: Record<string, string>, more: Record<string, string> = {}): Record<string, string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, ...env } =
    sandbox.env;
  writeFiles(join(env.HOME ?? '', '.aws'), files);
  return { ...env, ...more };
}

const plan = ['connect', 'us-east-1', '--dry-run', '--json', '--verbose', '--log-format', 'json'];

/** Whatever happens, none of this is shown. */
function expectNoSecrets(shown: string) {
  for (const secret of ['secret-of', 'token-of', '471108']) expect(shown).not.toContain(secret);
}

describe('SSO behind a proxy', () => {
  const startUrl = 'https://example.awsapps.com/start';
  const token = { startUrl, region: 'us-east-1', accessToken: 'token-of-sso', expiresAt: '2999-01-01T00:00:00Z' };
  const role = ['[profile work]', 'sso_account_id = 123456789012', 'sso_role_name = dev'].join('\n');
  const place = `sso_start_url = ${startUrl}\nsso_region = us-east-1\n`;
  const cached = (key: string) => `sso/cache/${createHash('sha1').update(key).digest('hex')}.json`;
  const files = { config: `${role}\n${place}`, [cached(startUrl)]: JSON.stringify(token) };

  /** A portal that has keys for the token, and a proxy that leads to it. */
  async function start(status = 200) {
    const portal = createHttps(tlsOptions('atlas'), ({ headers }, response) => {
      const isKnown = headers['x-amz-sso_bearer_token'] === 'token-of-sso';
      response.writeHead(isKnown ? status : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ roleCredentials: { ...keys, expiration: Date.now() + 3_600_000 } }));
    });
    const { port, targets } = await testProxy(await testServer(portal));
    const address = `127.0.0.1:${port}`;
    const env = {
      HTTPS_PROXY: `http://${address}`,
      AWS_PROFILE: 'work',
      AWS_CA_BUNDLE: tlsFile('atlas'),
      AWS_ENDPOINT_URL_SSO: 'https://atlas.test',
      AWS_ENDPOINT_URL_SSO_OIDC: 'https://atlas.test',
    };
    return { address, targets, env };
  }

  test('works, with the authorities of AWS_CA_BUNDLE', async () => {
    const { address, targets, env } = await start();
    const run = await runProgram(plan, withFiles(files, env));
    expect(JSON.parse(run.stdout).cloud.account, run.stderr).toBe('123456789012');
    expect(targets).toEqual(['atlas.test:443']);
    expect(run.stderr).toContain(`AWS GET atlas.test 200`);
    expect(run.stderr).toContain(`(via proxy ${address})`);
    expectNoSecrets(run.stdout + run.stderr);
  });

  test('works with ca_bundle of the profile', async () => {
    const { AWS_CA_BUNDLE, ...env } = (await start()).env;
    const config = `${files.config}ca_bundle = ${AWS_CA_BUNDLE}\n`;
    const run = await runProgram(plan, withFiles({ ...files, config }, env));
    expect(JSON.parse(run.stdout).cloud.account, run.stderr).toBe('123456789012');
  });

  test('that cannot be reached is a problem of the network, as is STS for a web identity', async () => {
    const { env } = await start();
    const registered = { clientId: 'a', clientSecret: 'b', refreshToken: 'c' };
    const expired = JSON.stringify({ ...token, ...registered, expiresAt: '2020-01-01T00:00:00Z' });
    const session = `${role}\nsso_session = me\n[sso-session me]\n${place}`;
    const web =
      '[profile work]\nrole_arn = arn:aws:iam::123456789012:role/dev\nweb_identity_token_file = /dev/null\n';
    const nowhere = { ...env, AWS_ENDPOINT_URL_STS: 'https://atlas.test', HTTPS_PROXY: 'http://127.0.0.1:1' };
    for (const each of [files, { config: session, [cached('me')]: expired }, { config: web }]) {
      const { exitCode, stderr } = await runProgram(
        [...plan.slice(0, 4), '--log-format', 'json'],
        withFiles(each, nowhere),
      );
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
    const { exitCode, stderr } = await runProgram(
      ['disconnect', 'us-east-1', '--yes'],
      withFiles(files, (await start(status)).env),
    );
    expect([exitCode, stderr]).toEqual([exit, expect.stringContaining(said)]);
    expect(stderr).toContain(hint);
    expectNoSecrets(stderr);
  });

  test('a certificate that is not trusted names the settings for authorities', async () => {
    const { AWS_CA_BUNDLE, ...env } = (await start()).env;
    const { exitCode, stderr } = await runProgram(plan, withFiles(files, env));
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(/Cannot get AWS credentials from atlas\.test .*CERT/);
    expect(stderr).toMatch(/set AWS_CA_BUNDLE .* NODE_EXTRA_CA_CERTS/);
    for (const name of ['/nonexistent.pem', fileURLToPath(import.meta.url)]) {
      const bad = await runProgram(plan, withFiles(files, { ...env, AWS_CA_BUNDLE: name }));
      expect([bad.exitCode, bad.stderr]).toEqual([2, expect.stringContaining(name)]);
    }
  });

  test('a token is not sent without TLS', async () => {
    const { env } = await start();
    const run = await runProgram(plan, withFiles(files, { ...env, AWS_ENDPOINT_URL_SSO: 'http://atlas.test' }));
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('http://atlas.test does not use TLS')]);
  });
});

test('EC2 itself is verified with the authorities of AWS_CA_BUNDLE', async () => {
  const server = createHttps(tlsOptions(), (_, response) => void response.writeHead(404).end());
  const url = `https://localhost:${await testServer(server)}`;
  const own = { AWS_ENDPOINT_URL_STS: url, AWS_ACCESS_KEY_ID: permanent.id, AWS_SECRET_ACCESS_KEY: permanent.secret };
  const unknown = await runProgram(plan, withFiles({}, own));
  expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringMatching(/Cannot reach AWS .*CERT/)]);
  expect(unknown.stderr).toMatch(/set AWS_CA_BUNDLE .* NODE_EXTRA_CA_CERTS/);
  for (const name of ['AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']) {
    const { stderr } = await runProgram(plan, withFiles({}, { ...own, [name]: tlsFile('cert') }));
    expect(stderr, name).toMatch(/AWS rejected sts:GetCallerIdentity/);
  }
});

const ownKeys = {
  AWS_ACCESS_KEY_ID: permanent.id,
  AWS_SECRET_ACCESS_KEY: permanent.secret,
  AWS_SESSION_TOKEN: 'token-of',
};

test.each([
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://aws.test:81', AWS_ENDPOINT_URL_STS: '' }, ''],
  ['AWS_ENDPOINT_URL_STS', { AWS_ENDPOINT_URL_STS: 'http://aws.test:81' }, ''],
  [
    'AWS_ENDPOINT_URL_EC2',
    {
      AWS_ENDPOINT_URL_EC2: 'http://aws.test:81',
      AWS_SESSION_TOKEN: keys.sessionToken,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
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
  const { exitCode, stderr } = await runProgram(
    plan.slice(0, 4),
    withFiles({ config }, { ...ownKeys, ...variables }),
  );
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
  const run = await runProgram(
    plan.slice(0, 4),
    withFiles({}, { ...ownKeys, AWS_ENDPOINT_URL_STS: `http://${host}` }),
  );
  const message = `Error: ${host} returned a response larger than 16 MB.\n`;
  expect([run.exitCode, run.stderr, asked]).toEqual([1, message, 1]);
});

describe('a role that needs an MFA code', () => {
  const device = 'arn:aws:iam::123456789012:mfa/me';
  const files = {
    config: `[profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = me\nmfa_serial = ${device}\n`,
    credentials: `[me]\naws_access_key_id = ${permanent.id}\naws_secret_access_key = ${permanent.secret}\n`,
  };

  /** STS with AssumeRole; the sandbox answers everything else. */
  async function start() {
    const codes: (string | null)[] = [];
    const sts = createServer(async (incoming: IncomingMessage, response: ServerResponse) => {
      const { method, url = '', headers } = incoming;
      const body = await text(incoming);
      const form = new URLSearchParams(body);
      if (form.get('Action') === 'AssumeRole') {
        codes.push(form.get('TokenCode'));
        const isFine = form.get('TokenCode') === '471108' && form.get('SerialNumber') === device;
        response.writeHead(isFine && headers.authorization?.includes(permanent.id) ? 200 : 403);
        return response.end(isFine ? assumed() : denied);
      }
      const passed = request(new URL(url, sandbox.baseUrl), { method: method ?? '', headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      passed.end(body);
    });
    const url = `http://127.0.0.1:${await testServer(sts)}/aws/sts`;
    return { codes, env: withFiles(files, { AWS_ENDPOINT_URL_STS: url }) };
  }
  const assumed = () => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>${keys.accessKeyId}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>
<SessionToken>${keys.sessionToken}</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const denied = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA one time pass code.</Message></Error>
</ErrorResponse>`;

  test.each([
    ['connect us-east-1 --dry-run --aws-profile mfa', 0],
    ['disconnect us-east-1 --vpc-region eu-west-1 --aws-profile mfa', 3],
    ['doctor --cloud --aws-profile mfa --no-network', 6],
  ])('is assumed once, with a code from the terminal: %s', async (line, exit) => {
    const { codes, env } = await start();
    const terminal = new Terminal(line.split(' '), env);
    await terminal.shows(/MFA code for arn:aws:iam::123456789012:mfa\/me:/);
    terminal.type('471108\r');
    expect(await terminal.exit, terminal.lines().join('\n')).toBe(exit);
    expect(codes).toEqual(['471108']);
    expectNoSecrets(terminal.raw());
  });

  test('a wrong code is asked for and sent once', async () => {
    const { codes, env } = await start();
    const terminal = new Terminal(['connect', 'us-east-1', '--yes', '--aws-profile', 'mfa'], env);
    await terminal.shows(/MFA code for/);
    terminal.type('654321\r');
    expect(await terminal.exit).toBe(4);
    expect([codes, terminal.lines().join(' ')]).toEqual([['654321'], expect.stringMatching(/invalid MFA one time/)]);
    expect(terminal.lines().join(' ')).toMatch(/A code works only once/);
  });

  test('Ctrl-C ends the question', async () => {
    const { codes, env } = await start();
    const terminal = new Terminal(['doctor', '--cloud', '--aws-profile', 'mfa'], env);
    await terminal.shows(/MFA code for/);
    terminal.type('\x03');
    expect([await terminal.exit, codes]).toEqual([130, []]);
  });

  test('without a terminal says what to do', async () => {
    const { codes, env } = await start();
    const run = await runProgram(
      ['connect', 'us-east-1', '--yes', '--json', '--log-format', 'json', '--aws-profile', 'mfa'],
      env,
    );
    const { error } = JSON.parse(run.stderr);
    expect([run.exitCode, error.message]).toEqual([4, "The AWS profile 'mfa' needs an MFA code."]);
    expect(JSON.stringify(error)).toContain('aws configure export-credentials --profile mfa --format env');
    expect(codes).toEqual([]);
  });
});

test('Terraform for two regions asks a credential_process once', async () => {
  await sandbox.close();
  sandbox = await startSandbox({ awsKeys: keys, world: { readyAfter: 0 } });
  const env = withFiles({}, {});
  const asked = join(env.HOME ?? '', 'asked');
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = keys;
  const answer = JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken });
  const config = `[default]\ncredential_process = sh -c "echo >> '${asked}'; cat '${asked}.json'"\n`;
  writeFileSync(`${asked}.json`, answer);
  withFiles({ config });
  for (const line of ['create --region us-east-1 --remote-region eu-west-1 --wait', 'connect us-east-1 --yes']) {
    const made = await runProgram(line.split(' '), env);
    expect(made.exitCode, made.stderr).toBe(0);
  }
  writeFileSync(asked, '');
  const { stdout, stderr } = await runProgram(['list', '--output', 'terraform'], env);
  expect(stdout.match(/resource "aws_vpc_endpoint"/g), stderr).toHaveLength(1);
  expect(readFileSync(asked, 'utf8')).toBe('\n');
  expectNoSecrets(stdout + stderr);
});
