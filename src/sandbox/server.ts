import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.js';
import { CliError, codeOf } from '../base/errors.js';
import { hintText } from '../base/hint.js';
import { createFaults, type Fate, type Fault, type Faults } from './faults.js';
import { createGate, type Keys } from './gate.js';
import { addressOf, decode, readJson, versionOf } from './incoming.js';
import { createLimiter, type RateLimit } from './limiter.js';
import { oauthRoutes } from './oauth.js';
import { errorAnswer, Refusal } from './refusal.js';
import type { Reply } from './requests.js';
import { createRoutes } from './routes.js';
import type { Store } from './store.js';

export interface SandboxOptions {
  store: Store;
  clock: Clock;
  random?: () => number;
  /** So generous by default that nobody meets it; the headers are there all the same, as at the live API. */
  rateLimit?: RateLimit | undefined;
  /** Those of every sandbox, unless a test has its own. */
  keys?: Keys | undefined;
  /** What goes wrong with which requests. */
  faults?: Faults | undefined;
  /** Told when the sandbox itself is in trouble, before the answer is sent that says so. */
  onTrouble?: ((error: unknown) => void) | undefined;
}

export interface Sandbox {
  server: Server;
  /** Starts listening on loopback; port 0 takes a free one. Returns the base URL. */
  listen(port: number): Promise<string>;
  /** Stops at once, open connections included. */
  close(): Promise<void>;
}

/** The Atlas Admin API over HTTP, as far as the sandbox does it. */
export function createSandbox({
  store,
  clock,
  random = Math.random,
  rateLimit,
  keys,
  faults = createFaults([]),
  onTrouble,
}: SandboxOptions): Sandbox {
  const closing = new AbortController();
  const gate = createGate(clock, keys);
  const limiter = createLimiter(rateLimit ?? { requests: 100_000, perMs: 60_000 }, clock);
  const oauth = oauthRoutes(gate);
  const routes = createRoutes(store, clock, random);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let fault: Fault | undefined;
    let reply: Reply;
    response.setHeader('Date', new Date(clock.now()).toUTCString());
    try {
      const { method = 'GET' } = request;
      const { baseUrl, target } = addressOf(request);
      const tokens = method === 'POST' ? oauth[target.pathname] : undefined;
      admit(request, response, tokens !== undefined);

      // Faults count what was let in: how often a client is challenged first is its own affair.
      fault = faults.next(method, target.pathname);
      if (fault?.drop === 'before') return void request.socket.destroy();
      if (fault?.auth) throw refuse(response, gate.expire());
      if (fault?.status !== undefined && !fault.effect) reply = faultReply(fault.status, fault);
      else if (tokens) reply = await tokens(request);
      else reply = await carryOut(request, target, baseUrl, fault?.fate);
    } catch (error) {
      if (!(error instanceof Refusal)) onTrouble?.(error);
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'UNEXPECTED_ERROR', failure(error));
      response.setHeader('X-Error-Code', refusal.errorCode);
      reply = { status: refusal.status, body: errorAnswer(refusal) };
    }
    if (fault?.delayMs) await clock.sleep(fault.delayMs, closing.signal);
    if (fault?.drop) return void request.socket.destroy();
    if (fault?.status !== undefined && fault.effect) reply = faultReply(fault.status, fault);

    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    response.writeHead(reply.status, { 'Content-Type': reply.type ?? 'application/json', ...fault?.headers });
    response.end(text.slice(0, fault?.truncate));
  }

  /** Lets a request in, or throws the refusal. The token endpoint looks at the credentials itself. */
  function admit({ method = 'GET', url = '/', headers }: IncomingMessage, response: ServerResponse, isOauth: boolean) {
    const refused = isOauth ? null : gate.refuse({ method, url, authorization: headers.authorization });
    if (refused !== null) throw refuse(response, refused);
    const limit = limiter();
    response.setHeader('RateLimit-Limit', limit.limit);
    response.setHeader('RateLimit-Remaining', limit.remaining);
    limit.check(response);
  }

  async function carryOut(request: IncomingMessage, { pathname, searchParams }: URL, baseUrl: string, fate?: Fate) {
    const { method = 'GET' } = request;
    const route = routes.find(({ method: its, pattern }) => its === method && pattern.test(pathname));
    if (!route) {
      const what = `${method} ${pathname}`;
      throw new Refusal(501, 'NOT_IMPLEMENTED', `The sandbox does not support ${what}. The real Atlas may.`, [what]);
    }
    const version = versionOf(request, route);
    const parts = (route.pattern.exec(pathname) ?? []).slice(1).map(decode);
    const body = method === 'POST' || method === 'PATCH' ? await readJson(request) : undefined;
    const reply = await route.reply({ parts, query: searchParams, version, body, baseUrl, fate });
    return { type: version === '' ? 'application/json' : `application/vnd.atlas.${version}+json`, ...reply };
  }

  const server = createServer((request, response) => {
    respond(request, response).catch(() => request.socket.destroy());
  });

  return {
    server,
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.once('error', (error) => reject(listenError(error, port)));
        server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
      }),
    close: () =>
      new Promise((resolve) => {
        closing.abort(new Error('The sandbox is closed.'));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a 401 carries: a challenge to come back with other credentials. */
function refuse(response: ServerResponse, challenge: string): Refusal {
  for (const name of ['RateLimit-Limit', 'RateLimit-Remaining']) response.removeHeader(name);
  response.setHeader('WWW-Authenticate', challenge);
  return new Refusal(401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.');
}

/** A status that a fault asks for; where it gives no body, with the error that Atlas writes. */
function faultReply(status: number, { body }: Fault): Reply {
  if (body !== undefined) return { status, body, type: body.startsWith('<') ? 'text/html' : 'application/json' };
  const code = status === 429 ? 'RATE_LIMITED' : 'UNEXPECTED_ERROR';
  return {
    status,
    body: errorAnswer(new Refusal(status, code, 'A fault from the faults file of the sandbox.')),
  };
}

/** The sandbox's own trouble, such as a state file that can't be read, reaches the user through the API's error. */
function failure(error: unknown): string {
  return error instanceof CliError ? `${error.message} ${hintText(error.hint)}` : 'Unexpected error in the sandbox.';
}

function listenError(error: unknown, port: number): CliError {
  if (codeOf(error) === 'EADDRINUSE') {
    return new CliError('unexpected', `Port ${port} is already in use.`, {
      hint: 'Use another port, or remove --port.',
    });
  }
  return new CliError('unexpected', `The sandbox cannot listen on port ${port}.`, {
    hint: 'Use another port, or remove --port.',
    cause: error,
  });
}
