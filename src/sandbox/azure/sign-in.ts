import { type Arrival, ensure, type Reply, readBody } from '../frontend.js';
import { sandboxTenant } from './account.js';

/* How Azure's clients find their endpoints and sign in: cloud metadata, OpenID Connect discovery, and client credentials. */

export const sandboxAzureClient = { id: '00000000-0000-4000-8000-0000000a71a0', secret: 'sandbox' };
const client = sandboxAzureClient;

/** Clients read claims in the token, and none checks its signature. It is not secret, because it works nowhere else. */
const claims = { tid: sandboxTenant, oid: client.id, appid: client.id, exp: 4_102_444_800 };
const token = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
  Buffer.from(JSON.stringify(part)).toString('base64url'),
);
export const sandboxAzureTokens = ['sandbox', `${token.join('.')}.`];

/** The reply to a request that needs no token. Undefined for all others. */
export function signIn({ request, target, baseUrl }: Arrival): (() => Promise<Reply>) | undefined {
  const [, tenant, path] = /^(?:\/azure)?\/([^/]+)\/(.*)$/i.exec(target.pathname) ?? [];
  const issuer = `${baseUrl}/${tenant}`;
  const token_endpoint = `${issuer}/oauth2/v2.0/token`;
  switch (path) {
    case 'endpoints':
      return async () => ({ body: metadata(baseUrl) });
    case 'v2.0/.well-known/openid-configuration':
      return async () => ({ body: { issuer, token_endpoint, authorization_endpoint: issuer, jwks_uri: issuer } });
    case 'oauth2/v2.0/token':
      return async () => {
        const form = new URLSearchParams(await readBody(request));
        const isKnown = form.get('client_id') === client.id && form.get('client_secret') === client.secret;
        ensure(isKnown, 'invalid_client', 'The client or its secret is not valid.', 401);
        return { body: { token_type: 'Bearer', expires_in: 3600, access_token: sandboxAzureTokens[1] } };
      };
    default:
      return undefined;
  }
}

/** In version 2022-09-01. Clients need names for storage and vaults before they ask for any of them. */
function metadata(baseUrl: string) {
  const audiences = [baseUrl, 'https://management.azure.com/'];
  return {
    name: 'AzureCloud',
    resourceManager: baseUrl,
    authentication: { loginEndpoint: baseUrl, audiences, tenant: 'common', identityProvider: 'AAD' },
    microsoftGraphResourceId: baseUrl,
    suffixes: { storage: 'storage.invalid', keyVaultDns: 'vault.invalid' },
  };
}
