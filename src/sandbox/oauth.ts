import type { IncomingMessage } from 'node:http';
import { type Gate, tokenLifeSeconds } from './gate.js';
import { readText } from './incoming.js';
import type { Reply } from './requests.js';

// RFC 6749 §5.2: a token endpoint has its own error bodies.
const invalidClient = { status: 401, body: { error: 'invalid_client', error_description: 'Invalid client.' } };

/** The token endpoint and the revocation endpoint, by path. */
export function oauthRoutes(gate: Gate): Record<string, (request: IncomingMessage) => Promise<Reply>> {
  return {
    '/api/oauth/token': async (request) => {
      const form = new URLSearchParams(await readText(request));
      if (form.get('grant_type') !== 'client_credentials') {
        return { status: 400, body: { error: 'unsupported_grant_type' } };
      }
      const token = gate.issueToken(request.headers.authorization);
      if (token === null) return invalidClient;
      return { status: 200, body: { access_token: token, expires_in: tokenLifeSeconds, token_type: 'Bearer' } };
    },
    '/api/oauth/revoke': async (request) => {
      const form = new URLSearchParams(await readText(request));
      const isFine = gate.revokeToken(request.headers.authorization, form.get('token') ?? '');
      return isFine ? { status: 200, body: {} } : invalidClient;
    },
  };
}
