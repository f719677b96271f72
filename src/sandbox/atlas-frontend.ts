import type { ServerResponse } from 'node:http';
import type { Frontend, Reply, SandboxOptions } from './frontend.js';
import { createGate, createLimiter, type Gate, sandboxKeys, tokenLifeSeconds } from './gate.js';
import { readBody } from './incoming.js';
import { checkRights } from './key.js';
import { errorAnswer, Refusal } from './refusal.js';
import { type ApiRoute, checkApiRequest } from './requests.js';
import { restFrontend } from './rest.js';

/** The Atlas Admin API: Digest or token authentication, versions, a rate limit, errors in JSON. */
export function atlasFrontend(options: SandboxOptions, routes: readonly ApiRoute[]): Frontend {
  const { clock, rateLimit = { requests: 100_000, perMs: 60_000 }, keys = sandboxKeys, rights = {} } = options;
  const gate = createGate(clock, keys);
  const limiter = createLimiter(rateLimit, clock);
  const oauth = oauthRoutes(gate);

  const rest = restFrontend(options, {
    prefix: '',
    routes,
    authenticate: ({ request, response, target }) => {
      const refused = gate.refuse(request);
      if (refused !== null) throw challenge(response, refused);
      limiter(response);
      checkRights(rights, request, target.pathname);
    },
    check: (request, route: ApiRoute, incoming) => {
      const publicKey = /^Digest /i.test(incoming.headers.authorization ?? '') ? keys.publicKey : null;
      return { ...checkApiRequest(request, route, incoming), publicKey };
    },
    errorReply: (refusal) => ({ body: errorAnswer(refusal), headers: { 'X-Error-Code': refusal.errorCode } }),
    errorCode: (status) => codes[status] ?? 'UNEXPECTED_ERROR',
  });

  return {
    ...rest,
    admit: async (arrival) => {
      const { request, response, target } = arrival;
      const tokens = request.method === 'POST' ? oauth[target.pathname] : undefined;
      if (!tokens) return rest.admit(arrival);
      limiter(response);
      return {
        carryOut: async () => {
          const form = new URLSearchParams(await readBody(request));
          if (gate.isAccount(request.headers.authorization)) return tokens(form);
          return { status: 401, body: { error: 'invalid_client', error_description: 'Invalid client.' } };
        },
      };
    },
    expire: (response) => challenge(response, gate.expire()),
  };
}

const codes: Readonly<Record<number, string>> = { 429: 'RATE_LIMITED', 501: 'NOT_IMPLEMENTED' };

/** What a 401 carries: a challenge to come back with other credentials. */
function challenge(response: ServerResponse, header: string): Refusal {
  for (const name of ['RateLimit-Limit', 'RateLimit-Remaining']) response.removeHeader(name);
  response.setHeader('WWW-Authenticate', header);
  return new Refusal(401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.');
}

/** The token endpoint and the revocation endpoint, by path. RFC 6749 §5.2: they have their own error bodies. */
function oauthRoutes(gate: Gate): Record<string, (form: URLSearchParams) => Reply> {
  return {
    '/api/oauth/token': (form) => {
      if (form.get('grant_type') !== 'client_credentials') {
        return { status: 400, body: { error: 'unsupported_grant_type' } };
      }
      return { body: { access_token: gate.issueToken(), expires_in: tokenLifeSeconds, token_type: 'Bearer' } };
    },
    '/api/oauth/revoke': (form) => {
      gate.revokeToken(form.get('token') ?? '');
      return { body: {} };
    },
  };
}
