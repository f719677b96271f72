import { createHash } from 'node:crypto';
import { createServer, request } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach } from 'vitest';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { testProxy, testServer, tlsFile, tlsOptions } from './listen.js';
import { startSandbox } from './sandbox.js';

/* What AWS's tools sign in with: files of a home folder, and servers that give temporary keys for them. */

/** The temporary keys. The sandbox of a test accepts only these. */
export const temporaryKeys = {
  accessKeyId: 'ASIATEMPORARY',
  secretAccessKey: 'secret-of-the-role',
  sessionToken: 'token-of-the-role',
};

/** A sandbox for each test, which accepts only the temporary keys. */
export function sandboxForTemporaryKeys() {
  const own = {
    sandbox: undefined as unknown as Awaited<ReturnType<typeof startSandbox>>,
    start: async (world: Partial<WorldOptions> = {}) => {
      own.sandbox = await startSandbox({ awsKeys: temporaryKeys, world });
    },
  };
  beforeEach(() => own.start());
  afterEach(() => own.sandbox.close());
  return own;
}

export const permanentKeys = { id: 'AKIAPERMANENT', secret: 'secret-of-the-user' };

const startUrl = 'https://example.awsapps.com/start';
const token = { startUrl, region: 'us-east-1', accessToken: 'token-of-sso', expiresAt: '2999-01-01T00:00:00Z' };
const role = ['[profile work]', 'sso_account_id = 123456789012', 'sso_role_name = dev'].join('\n');
const place = `sso_start_url = ${startUrl}\nsso_region = us-east-1\n`;
const cached = (key: string) => `sso/cache/${createHash('sha1').update(key).digest('hex')}.json`;
const registered = { clientId: 'a', clientSecret: 'b', refreshToken: 'c' };

/** The files of a user who has signed in with `aws sso login`. */
export const ssoFiles = { config: `${role}\n${place}`, [cached(startUrl)]: JSON.stringify(token) };

/** The same, with a session whose token has expired. */
export const expiredSsoFiles = {
  config: `${role}\nsso_session = me\n[sso-session me]\n${place}`,
  [cached('me')]: JSON.stringify({ ...token, ...registered, expiresAt: '2020-01-01T00:00:00Z' }),
};

/** A portal that has keys for the token, and a proxy that leads to it. */
export async function startSso(status = 200) {
  const portal = createHttps(tlsOptions('atlas'), ({ headers }, response) => {
    const isKnown = headers['x-amz-sso_bearer_token'] === token.accessToken;
    response.writeHead(isKnown ? status : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ roleCredentials: { ...temporaryKeys, expiration: Date.now() + 3_600_000 } }));
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

const device = 'arn:aws:iam::123456789012:mfa/me';

/** The files of a user with a role that needs an MFA code. */
export const mfaFiles = {
  config: `[profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/dev\nsource_profile = me\nmfa_serial = ${device}\n`,
  credentials: `[me]\naws_access_key_id = ${permanentKeys.id}\naws_secret_access_key = ${permanentKeys.secret}\n`,
};

/** STS with AssumeRole, for the code 471108. The sandbox answers everything else. `codes` records those that were sent. */
export async function startMfa(baseUrl: string) {
  const codes: (string | null)[] = [];
  const sts = createServer(async (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    const body = await text(incoming);
    const form = new URLSearchParams(body);
    if (form.get('Action') === 'AssumeRole') {
      codes.push(form.get('TokenCode'));
      const isFine = form.get('TokenCode') === '471108' && form.get('SerialNumber') === device;
      response.writeHead(isFine && headers.authorization?.includes(permanentKeys.id) ? 200 : 403);
      return response.end(isFine ? assumed() : denied);
    }
    const passed = request(new URL(url, baseUrl), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.end(body);
  });
  return { codes, env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${await testServer(sts)}/aws/sts` } };
}

const assumed = () => `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>${temporaryKeys.accessKeyId}</AccessKeyId><SecretAccessKey>${temporaryKeys.secretAccessKey}</SecretAccessKey>
<SessionToken>${temporaryKeys.sessionToken}</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const denied = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA one time pass code.</Message></Error>
</ErrorResponse>`;

/** Whether a text has a part of the secrets above. None of them is shown, whatever happens. */
export const hasSecret = (shown: string) => /secret-of|token-of|471108/.test(shown);
