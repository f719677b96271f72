import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliError, codeOf, hintText } from '../base/errors.js';
import { accounts } from './accounts.js';
import { errorsByCode } from './errors-by-code.js';
import type { Fault } from './faults.js';
import {
  ensure,
  type Frontend,
  Refusal,
  type Reply,
  readBody,
  restFrontend,
  type SandboxOptions,
} from './frontend.js';
import { checkRights, createGate, createLimiter, sandboxKeys, tokenLifeSeconds } from './gate.js';
import { projectRoutes } from './project-routes.js';
import { type ApiRoute, checkApiRequest } from './requests.js';
import { serviceRoutes } from './service-routes.js';

export function createSandbox(options: SandboxOptions) {
  const closing = new AbortController();
  const respond = createResponder(options, closing.signal);
  const server = createServer((request, response) => {
    respond(request, response).catch(() => request.socket.destroy());
  });

  return {
    server,
    /** Listens on this port of 127.0.0.1. 0 takes a free port. Returns the base URL. */
    listen: async (port: number) => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening').catch((error: unknown) => {
        const isTaken = codeOf(error) === 'EADDRINUSE';
        const what = isTaken ? `Port ${port} is already in use.` : `The sandbox cannot listen on port ${port}.`;
        throw new CliError('unexpected', what, { hint: 'Use another port, or remove --port.', cause: error });
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    close: () =>
      new Promise<void>((resolve) => {
        closing.abort(new Error('The sandbox is closed.'));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers requests. `signal`: the server closes. */
function createResponder(options: SandboxOptions, signal: AbortSignal) {
  const { clock, faults } = options;
  const atlas = atlasFrontend(options);
  const frontendAt = async (path: string) => {
    for (const account of Object.values(accounts)) {
      const found = account.path.exec(path);
      if (found) return account.open(options, found[1] ?? '');
    }
    return atlas;
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let fault: Fault | undefined;
    let reply: Reply = {};
    let frontend = atlas;
    response.setHeader('Date', new Date(clock.now()).toUTCString());
    try {
      const { method = 'GET' } = request;
      const { baseUrl, target } = addressOf(request);
      frontend = await frontendAt(target.pathname);
      const { action, carryOut } = await frontend.admit({ request, response, target, baseUrl });
      await options.beforeReply?.();

      // Requests that were refused for missing credentials do not count.
      fault = faults?.next(method, target.pathname, action);
      if (fault?.drop === 'before') return void request.socket.destroy();
      if (fault?.auth) throw frontend.expire(response);
      if (fault?.status === undefined || fault.effect) reply = await carryOut(fault?.fate);
    } catch (error) {
      if (!(error instanceof Refusal)) options.onTrouble?.(error);
      const refusal = error instanceof Refusal ? error : new Refusal(500, frontend.errorCode(500), troubleIn(error));
      reply = frontend.refuse(refusal, response);
    }
    if (fault?.delayMs) await clock.sleep(fault.delayMs, signal);
    if (fault?.drop) return void request.socket.destroy();
    if (fault?.status !== undefined) reply = faultReply(frontend, response, fault.status, fault);

    const { status = 200, body = '', type = frontend.type ?? 'application/json', headers } = reply;
    const asks = (name: string) => new RegExp(`^/api/atlas/.*[?&]${name}=true(?:&|$)`).test(request.url ?? '');
    const content = asks('envelope') ? { status, content: body } : body;
    const indent = asks('pretty') ? 2 : undefined;
    const text = typeof body === 'string' ? body : JSON.stringify(content, null, indent);
    response.writeHead(status, { 'Content-Type': type, ...headers, ...fault?.headers });
    response.end(text.slice(0, fault?.truncate));
  };
}

/** The Host must be a name of this machine. Otherwise a web page could send requests here (DNS rebinding). */
function addressOf({ headers, url = '', socket }: IncomingMessage) {
  const { host = '' } = headers;
  const isLocal = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
  ensure(isLocal, 'INVALID_HOST', 'The sandbox accepts only the hosts localhost and 127.0.0.1.');
  // Rejects `*`, a full URL, and `//`, which could start another host.
  ensure(/^\/(?!\/)/.test(url), 'INVALID_URL', 'The request target is not a path.');
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  return { baseUrl: `${scheme}://${host}`, target: new URL(`http://localhost${url}`) };
}

function troubleIn(error: unknown) {
  return error instanceof CliError ? `${error.message} ${hintText(error.hint)}` : 'Unexpected error in the sandbox.';
}

function faultReply(frontend: Frontend, response: ServerResponse, status: number, { code, body }: Fault) {
  if (body === undefined) {
    const { detail = 'A fault from the faults file of the sandbox.', parameters = [] } =
      errorsByCode[code ?? ''] ?? {};
    return frontend.refuse(new Refusal(status, code ?? frontend.errorCode(status), detail, { parameters }), response);
  }
  const markup = body.startsWith('<?xml') ? 'text/xml' : 'text/html';
  return { status, body, type: body.startsWith('<') ? markup : 'application/json' };
}

// Fixed names such as regionalMode come before patterns that match any name.
const routes = [...projectRoutes, ...serviceRoutes];

function atlasFrontend(options: SandboxOptions): Frontend {
  const { clock, rateLimit = { requests: 100_000, perMs: 60_000 }, keys = sandboxKeys, rights = {} } = options;
  const gate = createGate(clock, keys);
  const limiter = createLimiter(rateLimit, clock);
  // RFC 6749 §5.2: the token endpoint and the revocation endpoint have their own error bodies.
  const oauth: Record<string, (form: URLSearchParams) => Reply> = {
    '/api/oauth/token': () => {
      return { body: { access_token: gate.issueToken(), expires_in: tokenLifeSeconds, token_type: 'Bearer' } };
    },
    '/api/oauth/revoke': (form) => {
      gate.revokeToken(form.get('token') ?? '');
      return { body: {} };
    },
  };

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
      return { ...checkApiRequest(request, route, incoming, rights), publicKey };
    },
    errorReply: ({ status: error, errorCode, message: detail, more }) => {
      const reason = STATUS_CODES[error] ?? 'Error';
      // A challenge has neither parameters nor the header (42 of 42 recordings of August 2026).
      if (errorCode === unexpectedError && error === 401) return { body: { error, reason, detail, errorCode } };
      const body = { detail, error, errorCode, parameters: [], reason, ...more };
      return { body, headers: { 'X-Error-Code': errorCode } };
    },
    errorCode: (status) => codes[status] ?? unexpectedError,
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

/** What Atlas answers where it has no better code, also to a request that is not signed in. */
const unexpectedError = 'UNEXPECTED_ERROR';
const codes: Readonly<Record<number, string>> = { 429: 'RATE_LIMITED', 501: 'NOT_IMPLEMENTED' };

function challenge(response: ServerResponse, header: string): Refusal {
  for (const name of ['RateLimit-Limit', 'RateLimit-Remaining']) response.removeHeader(name);
  response.setHeader('WWW-Authenticate', header);
  return new Refusal(401, unexpectedError, 'You are not authorized for this resource.');
}
