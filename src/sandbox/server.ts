import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.js';
import { CliError, codeOf } from '../base/errors.js';
import { atlasDoor, troubleText } from './atlas-door.js';
import type { AwsKeys } from './aws/identity.js';
import { type AwsServiceName, awsServiceAt } from './aws/paths.js';
import { createFaults, type Fault, type Faults } from './faults.js';
import type { Keys, RequestsPerWindow } from './gate.js';
import { addressOf } from './incoming.js';
import { interfaceRoutes } from './interface-routes.js';
import type { KeyRights } from './key.js';
import { projectRoutes } from './project-routes.js';
import { type ApiRoute, createRouter, type Reply } from './requests.js';
import { serviceRoutes } from './service-routes.js';
import type { Store } from './store.js';

export interface SandboxOptions {
  store: Store;
  clock: Clock;
  random?: () => number;
  /** So generous by default that nobody meets it; the headers are there all the same, as at the live API. */
  rateLimit?: RequestsPerWindow | undefined;
  /** Those of every sandbox, unless a test has its own. */
  keys?: Keys | undefined;
  /** The access key of AWS, likewise. */
  awsKeys?: AwsKeys | undefined;
  /** The roles and the access list of the keys. */
  rights?: KeyRights | undefined;
  /** What goes wrong with which requests. */
  faults?: Faults | undefined;
  /** Awaited before each accepted request is carried out. */
  beforeReply?: (() => Promise<void>) | undefined;
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

/** The Atlas Admin API over HTTP, as far as the sandbox does it, and EC2 and STS. */
export function createSandbox({
  store,
  clock,
  random = Math.random,
  rateLimit,
  keys,
  awsKeys,
  rights = {},
  faults = createFaults([]),
  beforeReply,
  onTrouble,
}: SandboxOptions): Sandbox {
  const closing = new AbortController();
  const atlas = atlasDoor({ routes: createRoutes(store, random, rights), clock, rateLimit, keys, rights });
  /** Loaded on the first request: most commands use only Atlas. */
  const aws = async (service: AwsServiceName) => {
    const { awsDoor } = await import('./aws/door.js');
    return awsDoor(service, { store, clock, random, keys: awsKeys, troubleText });
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let fault: Fault | undefined;
    let reply: Reply;
    let door = atlas;
    response.setHeader('Date', new Date(clock.now()).toUTCString());
    try {
      const { method = 'GET' } = request;
      const { baseUrl, target } = addressOf(request);
      const awsService = awsServiceAt(target.pathname);
      if (awsService) door = await aws(awsService);
      const { action, carryOut } = await door.admit({ request, response, target, baseUrl });
      await beforeReply?.();

      // Faults count what was let in: how often a client is challenged first is its own affair.
      fault = faults.next(method, target.pathname, action);
      if (fault?.drop === 'before') return void request.socket.destroy();
      if (fault?.auth) throw door.expire(response);
      reply = hasStatus(fault) && !fault.effect ? door.faultReply(fault) : await carryOut(fault?.fate);
    } catch (error) {
      if (!door.isRefusal(error)) onTrouble?.(error);
      reply = door.refuse(error, response);
    }
    if (fault?.delayMs) await clock.sleep(fault.delayMs, closing.signal);
    if (fault?.drop) return void request.socket.destroy();
    if (hasStatus(fault) && fault.effect) reply = door.faultReply(fault);

    const { status, body } = reply;
    const inEnvelope = /^\/api\/atlas\/.*[?&]envelope=true(?:&|$)/.test(request.url ?? '');
    const text = typeof body === 'string' ? body : JSON.stringify(inEnvelope ? { status, content: body } : body);
    response.writeHead(reply.status, { 'Content-Type': reply.type ?? 'application/json', ...fault?.headers });
    response.end(text.slice(0, fault?.truncate));
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

function hasStatus(fault: Fault | undefined): fault is Fault & { status: number } {
  return fault?.status !== undefined;
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

/** The part of the Atlas Admin API that the sandbox supports, with the status codes of the live API. */
function createRoutes(store: Store, random: () => number, key: KeyRights): ApiRoute[] {
  const router = createRouter(store);
  // Fixed names such as regionalMode come before patterns that match any name.
  return [...projectRoutes(router, key), ...serviceRoutes(router, random), ...interfaceRoutes(router)];
}
