import { constants, verify } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testProxy, testServer, tlsFile, tlsOptions } from '../helpers/listen.js';
import { runCli } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { azureSubscription, startSandbox } from '../helpers/sandbox.js';
import { temporaryFolder, writeFiles } from '../helpers/temporary-folder.js';

/* Where the built program gets Azure credentials from. The sandbox accepts only the token `sandbox`. */

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeEach(async () => {
  sandbox = await startSandbox({
    world: { clusters: [{ name: 'Cluster0', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] }] },
  });
});
afterEach(() => sandbox.close());

/** The environment of the program without a token, and with files in its home folder. */
function withFiles(files: Record<string, string>, more: Record<string, string> = {}): Record<string, string> {
  const { AZURE_ACCESS_TOKEN, AZURE_SUBSCRIPTION_ID, ...env } = sandbox.env;
  writeFiles(join(env.HOME ?? '', '.azure'), files);
  return { ...env, ...more };
}

const profile = (...ids: string[]) => ({
  // The Azure CLI begins this file with a byte order mark.
  'azureProfile.json': `\uFEFF${JSON.stringify({ subscriptions: ids.map((id, index) => ({ id, isDefault: index === 1 })) })}`,
});
const other = '11111111-2222-3333-4444-555555555555';

/** A PATH with an Azure CLI that records its arguments. */
function withAzureCli(script: string) {
  const folder = temporaryFolder();
  const path = join(folder, 'az');
  writeFileSync(path, `#!/bin/sh\necho "$*" >> '${folder}/calls'\n${script}\n`);
  chmodSync(path, 0o755);
  return { env: { PATH: `${folder}:/usr/bin:/bin` }, calls: () => readFileSync(join(folder, 'calls'), 'utf8') };
}

const signedIn = `echo '{"accessToken": "sandbox", "expires_on": 32503680000}'`;
const signedOut = `echo 'ERROR: Please run az login to setup account.' >&2; exit 1`;

const plan = ['connect', 'eastus2', '--provider', 'azure', '--dry-run', '--json'];
const disconnect = ['disconnect', 'eastus2', '--yes'];

describe('the Azure CLI', () => {
  test('gives a token once, and the default subscription', async () => {
    const { env, calls } = withAzureCli(signedIn);
    const { stdout, stderr } = await runProgram(plan, withFiles(profile(other, azureSubscription), env));
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).cloud.account).toBe(azureSubscription);
    expect(calls()).toBe('account get-access-token --output json --resource https://management.azure.com\n');
  });

  test('is asked for the tenant of a subscription that it knows', async () => {
    const { env, calls } = withAzureCli(signedIn);
    const known = withFiles(profile(azureSubscription, other), env);
    expect((await runProgram([...plan, '--subscription', azureSubscription], known)).stderr).toBe('');
    expect(calls()).toContain(`--subscription ${azureSubscription}`);
  });
});

test('without any credentials, one sentence says what was searched', async () => {
  const { env } = withAzureCli(signedOut);
  const started = Date.now();
  const { exitCode, stdout, stderr } = await runProgram(
    ['connect', 'eastus2', '--provider', 'azure', '--yes'],
    withFiles(profile(other, azureSubscription), env),
  );
  const said =
    /^Error: No valid Azure credentials found\. Searched: environment variables, .*\.\nHint: Sign in: az login\n$/;
  expect([exitCode, stdout, stderr]).toEqual([4, '', expect.stringMatching(said)]);
  expect(Date.now() - started).toBeLessThan(30_000);
  const blind = await runProgram(plan, withFiles(profile(other, azureSubscription), env));
  expect([blind.exitCode, JSON.parse(blind.stdout).notes]).toEqual([
    0,
    [expect.stringMatching(/^Cannot read the Azure resources\. No valid/)],
  ]);
});

describe("Terraform's variables, behind a proxy", () => {
  const secret = 'secret-of-the-app';

  /** Microsoft Entra ID, and a proxy that leads to it. */
  async function start(status = 200, tokens: readonly string[] = []) {
    const forms: URLSearchParams[] = [];
    const authority = createHttps(tlsOptions('atlas'), async (request, response) => {
      const root = 'https://atlas.test/tenant';
      const token = `${root}/oauth2/v2.0/token`;
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET') {
        const more = {
          issuer: `${root}/v2.0`,
          authorization_endpoint: `${root}/authorize`,
          jwks_uri: `${root}/keys`,
        };
        response.end(JSON.stringify({ token_endpoint: token, end_session_endpoint: `${root}/logout`, ...more }));
        return;
      }
      forms.push(new URLSearchParams(await text(request)));
      const refusal = {
        error: 'invalid_client',
        error_description: 'AADSTS7000222: The secret has expired. Trace ID: 1',
      };
      const granted = { token_type: 'Bearer', expires_in: 3600, access_token: tokens[forms.length - 1] ?? 'sandbox' };
      response.writeHead(status).end(JSON.stringify(status === 200 ? granted : refusal));
    });
    const { port, targets } = await testProxy(await testServer(authority));
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: tlsFile('atlas'),
      AZURE_AUTHORITY_HOST: 'https://atlas.test',
      ARM_TENANT_ID: 'tenant',
      ARM_CLIENT_ID: 'app',
      ARM_CLIENT_SECRET: secret,
      ARM_SUBSCRIPTION_ID: azureSubscription,
    };
    return { targets, forms, env };
  }

  test('give a token', async () => {
    const { env, targets, forms } = await start();
    const { stdout, stderr } = await runProgram([...plan, '--verbose'], withFiles({}, env));
    expect(JSON.parse(stdout).cloud.account, stderr).toBe(azureSubscription);
    expect([...new Set(targets)]).toEqual(['atlas.test:443']);
    expect(forms.map((form) => form.get('scope'))).toEqual(['https://management.azure.com/.default']);
    expect(stderr).toMatch(/^Azure POST atlas\.test 200$/m);
    expect(stdout + stderr).not.toContain(secret);
  });

  test('or those of Azure, with a certificate, give a token', async () => {
    const { env, forms } = await start();
    const { ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET, ...others } = env;
    const both = join(temporaryFolder(), 'app.pem');
    writeFileSync(both, readFileSync(tlsFile('key'), 'utf8') + readFileSync(tlsFile('cert'), 'utf8'));
    const app = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'app', AZURE_CLIENT_CERTIFICATE_PATH: both };
    const { stdout, stderr } = await runProgram(plan, withFiles({}, { ...others, ...app }));
    expect(JSON.parse(stdout).cloud.account, stderr).toBe(azureSubscription);
    const [head, payload, signature = ''] = forms[0]?.get('client_assertion')?.split('.') ?? [];
    const key = { key: readFileSync(tlsFile('cert')), padding: constants.RSA_PKCS1_PSS_PADDING };
    expect(verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('give a fresh token if Azure refuses the first one', async () => {
    const { env, forms } = await start(200, ['ended']);
    const { stdout, stderr } = await runProgram(plan, withFiles({}, env));
    expect([JSON.parse(stdout).cloud.account, stderr, forms.length]).toEqual([azureSubscription, '', 2]);
  });

  test.each<[what: string, status: number, more: Record<string, string>, exit: number, said: RegExp]>([
    ['that are refused', 401, {}, 4, /refused .*AADSTS7000222: The secret has expired/],
    ['with a proxy that does not answer', 200, { HTTPS_PROXY: 'http://127.0.0.1:1' }, 1, /^Error: .*:1\b.*\nHint: /],
  ])('%s', async (_, status, more, exit, said) => {
    const { env } = await start(status);
    const { exitCode, stderr } = await runProgram(disconnect, withFiles({}, { ...env, ...more }));
    expect([exitCode, stderr]).toEqual([exit, expect.stringMatching(said)]);
    expect(stderr).not.toContain(secret);
  });
});

test.each([
  [{ AZURE_RESOURCE_MANAGER_ENDPOINT: 'http://management.test' }, /AZURE_RESOURCE_MANAGER_ENDPOINT is not/],
  [{ AZURE_AUTHORITY_HOST: 'http://login.test' }, /AZURE_AUTHORITY_HOST is not/],
  [{ AZURE_SUBSCRIPTION_ID: '', AZURE_CONFIG_DIR: '/nonexistent' }, /^Error: Missing Azure subscription\.\nHint: Se/],
])('%j is refused', async (env, said) => {
  const { exitCode, stderr } = await runCli(plan, { env: { ...sandbox.env, ...env } });
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(said)]);
});

test('what the library of Azure refuses is an error', async () => {
  const env = { ...sandbox.env, AZURE_TOKEN_CREDENTIALS: 'nope', AZURE_ACCESS_TOKEN: '' };
  const { exitCode, stderr } = await runProgram(plan, env);
  const why = 'Invalid value for AZURE_TOKEN_CREDENTIALS = nope';
  const said = `Error: The Azure credentials are not valid: ${why}.\nHint: Check AZURE_TOKEN_CREDENTIALS`;
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(said)]);
});

test('a local Atlas with the real Azure is a warning, and its token does not go there', async () => {
  const env = withFiles({}, { AZURE_ACCESS_TOKEN: 'sandbox', ...withAzureCli(signedOut).env });
  const { AZURE_RESOURCE_MANAGER_ENDPOINT, ...real } = env;
  const { stderr } = await runProgram(plan, real);
  expect(stderr).toMatch(
    /^Warning: Atlas requests go to http:\/\/127\.0\.0\.1:\d+, but Azure requests go to the real Azure\./,
  );
});
