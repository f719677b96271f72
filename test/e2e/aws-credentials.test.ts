import { createServer } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as aws from '../helpers/aws-sign-in.js';
import { testServer, tlsFile, tlsOptions } from '../helpers/listen.js';
import { runProgram } from '../helpers/run-program.js';
import { writeFiles } from '../helpers/temporary-folder.js';
import { Terminal } from '../helpers/terminal.js';

/* The built program with the AWS SDK as it is bundled. test/clouds/aws/credentials.test.ts has what differs by source. */

const own = aws.sandboxForTemporaryKeys();

/** The environment of the program, with files in its home folder. */
function withFiles(files: Record<string, string>, more: Record<string, string>): Record<string, string> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, ...env } =
    own.sandbox.env;
  writeFiles(join(env.HOME ?? '', '.aws'), files);
  return { ...env, ...more };
}

const plan = ['connect', 'us-east-1', '--dry-run', '--json'];

test('SSO behind a proxy, with the authorities of AWS_CA_BUNDLE', async () => {
  const { targets, env } = await aws.startSso();
  const { stdout, stderr } = await runProgram(plan, withFiles(aws.ssoFiles, env));
  expect(JSON.parse(stdout).cloud.account, stderr).toBe('123456789012');
  expect([targets, aws.hasSecret(stdout + stderr)]).toEqual([['atlas.test:443'], false]);
});

test('a web identity', async () => {
  const sts = createServer(tlsOptions(), (_, response) => void response.writeHead(400).end());
  const url = `https://localhost:${await testServer(sts)}`;
  const role = 'role_arn = arn:aws:iam::123456789012:role/dev\nweb_identity_token_file = /dev/null\n';
  const env = { AWS_CA_BUNDLE: tlsFile('cert'), AWS_ENDPOINT_URL_STS: url };
  const { exitCode, stderr } = await runProgram(plan, withFiles({ config: `[default]\n${role}` }, env));
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('AWS rejected sts:AssumeRoleWithWebIdentity')]);
});

test('the authorities of NODE_EXTRA_CA_CERTS', async () => {
  const server = createServer(tlsOptions(), (_, response) => void response.writeHead(404).end());
  const { stderr } = await runProgram(
    plan,
    withFiles(
      {},
      {
        AWS_ENDPOINT_URL_STS: `https://localhost:${await testServer(server)}`,
        AWS_ACCESS_KEY_ID: aws.permanentKeys.id,
        AWS_SECRET_ACCESS_KEY: aws.permanentKeys.secret,
        NODE_EXTRA_CA_CERTS: tlsFile('cert'),
      },
    ),
  );
  expect(stderr).toMatch(/AWS rejected sts:GetCallerIdentity/);
});

test('a role is assumed with an MFA code from the terminal', async () => {
  const { codes, env } = await aws.startMfa(own.sandbox.baseUrl);
  const line = ['connect', 'us-east-1', '--dry-run', '--aws-profile', 'mfa'];
  const terminal = new Terminal(line, withFiles(aws.mfaFiles, env));
  await terminal.shows(/MFA code for arn:aws:iam::123456789012:mfa\/me:/);
  terminal.type('471108\r');
  expect(await terminal.exit, terminal.lines().join('\n')).toBe(0);
  expect([codes, aws.hasSecret(terminal.raw())]).toEqual([['471108'], false]);
});
