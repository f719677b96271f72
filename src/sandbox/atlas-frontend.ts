import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultOutcome } from './faults.js';
import type { Arrival, Frontend, SandboxOptions } from './frontend.js';
import { createGate, createLimiter, type Gate, sandboxKeys, tokenLifeSeconds } from './gate.js';
import { readBody, readJson, versionOf } from './incoming.js';
import { checkRights } from './key.js';
import { errorAnswer, Refusal, troubleText } from './refusal.js';
import { type ApiRoute, placeOf, type Reply } from './requests.js';

/** The Atlas Admin API: Digest or token authentication, versions, a rate limit, errors in JSON. */
export function atlasFrontend(options: SandboxOptions, routes: readonly ApiRoute[]): Frontend {
  const { clock, rateLimit = { requests: 100_000, perMs: 60_000 }, keys = sandboxKeys, rights = {} } = options;
  const gate = createGate(clock, keys);
  const limiter = createLimiter(rateLimit, clock);
  const oauth = oauthRoutes(gate);

  /** Throws a refusal if the request is not allowed. The token endpoint checks the credentials itself. */
  function check({ request, response, target }: Arrival, isOauth: boolean) {
    const refused = isOauth ? null : gate.refuse(request);
    if (refused !== null) throw challenge(response, refused);
    limiter(response);
    if (!isOauth) checkRights(rights, request, target.pathname);
  }

  async function carryOut({ request, target: { pathname, searchParams }, baseUrl }: Arrival, fate?: FaultOutcome) {
    const { method = 'GET' } = request;
    const route = routes.find(({ method: its, pattern }) => its === method && pattern.test(pathname));
    if (!route) {
      const what = `${method} ${pathname}`;
      throw new Refusal(501, 'NOT_IMPLEMENTED', `The sandbox does not support ${what}. The real Atlas may.`, [what]);
    }
    const version = versionOf(request, route);
    if (!/^(true|false)$/.test(searchParams.get('envelope') ?? 'false')) {
      throw new Refusal(400, 'INVALID_QUERY_PARAMETER', 'envelope must be true or false.', ['envelope']);
    }
    const place = placeOf(route, pathname);
    const now = clock.now();
    const body = method === 'POST' || method === 'PATCH' ? await readJson(request) : undefined;
    const publicKey = /^Digest /i.test(request.headers.authorization ?? '') ? keys.publicKey : null;
    const reply = await route.reply({ ...place, now, query: searchParams, version, body, baseUrl, publicKey, fate });
    return { type: version === '' ? 'application/json' : `application/vnd.atlas.${version}+json`, ...reply };
  }

  return {
    admit: async (arrival) => {
      const { request, target } = arrival;
      const tokens = request.method === 'POST' ? oauth[target.pathname] : undefined;
      check(arrival, tokens !== undefined);
      return { carryOut: (fate) => (tokens ? tokens(request) : carryOut(arrival, fate)) };
    },
    expire: (response) => challenge(response, gate.expire()),
    errorCode: (status) => (status === 429 ? 'RATE_LIMITED' : 'UNEXPECTED_ERROR'),
    refuse: (error, response) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'UNEXPECTED_ERROR', troubleText(error));
      response.setHeader('X-Error-Code', refusal.errorCode);
      return { status: refusal.status, body: errorAnswer(refusal) };
    },
  };
}

/** What a 401 carries: a challenge to come back with other credentials. */
function challenge(response: ServerResponse, header: string): Refusal {
  for (const name of ['RateLimit-Limit', 'RateLimit-Remaining']) response.removeHeader(name);
  response.setHeader('WWW-Authenticate', header);
  return new Refusal(401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.');
}

// RFC 6749 §5.2: a token endpoint has its own error bodies.
const invalidClient = { status: 401, body: { error: 'invalid_client', error_description: 'Invalid client.' } };

/** The token endpoint and the revocation endpoint, by path. */
function oauthRoutes(gate: Gate): Record<string, (request: IncomingMessage) => Promise<Reply>> {
  return {
    '/api/oauth/token': async (request) => {
      const form = new URLSearchParams(await readBody(request));
      if (form.get('grant_type') !== 'client_credentials') {
        return { status: 400, body: { error: 'unsupported_grant_type' } };
      }
      const token = gate.issueToken(request.headers.authorization);
      if (token === null) return invalidClient;
      return { status: 200, body: { access_token: token, expires_in: tokenLifeSeconds, token_type: 'Bearer' } };
    },
    '/api/oauth/revoke': async (request) => {
      const form = new URLSearchParams(await readBody(request));
      const isFine = gate.revokeToken(request.headers.authorization, form.get('token') ?? '');
      return isFine ? { status: 200, body: {} } : invalidClient;
    },
  };
}
