import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliError, codeOf } from '../base/errors.js';
import { atlasFrontend } from './atlas-frontend.js';
import type { AwsServiceName } from './aws/frontend.js';
import type { Fault } from './faults.js';
import type { Frontend, Reply, SandboxOptions } from './frontend.js';
import { addressOf } from './incoming.js';
import { kindRoutes } from './kind-routes.js';
import { projectRoutes } from './project-routes.js';
import { Refusal } from './refusal.js';
import { serviceRoutes } from './service-routes.js';

/** The Atlas Admin API over HTTP, and EC2 and STS, as far as the sandbox supports them. */
export function createSandbox(options: SandboxOptions) {
  const { clock, rights = {}, faults } = options;
  const closing = new AbortController();
  // Fixed names such as regionalMode come before patterns that match any name.
  const atlas = atlasFrontend(options, [...projectRoutes(rights), ...serviceRoutes, ...kindRoutes(rights)]);
  /** The API at this path. Those of clouds are loaded on the first request, because most commands use only Atlas. */
  const frontendAt = async (path: string) => {
    if (path.startsWith('/gcp/')) return (await import('./gcp/frontend.js')).gcpFrontend(options);
    if (path.startsWith('/azure/')) return (await import('./azure/frontend.js')).azureFrontend(options);
    // Some clients add a slash.
    const service = /^\/aws\/(ec2|sts)\/?$/.exec(path)?.[1] as AwsServiceName | undefined;
    if (service === undefined) return atlas;
    const { awsFrontend } = await import('./aws/frontend.js');
    return awsFrontend(service, options);
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
      reply = frontend.refuse(error, response);
    }
    if (fault?.delayMs) await clock.sleep(fault.delayMs, closing.signal);
    if (fault?.drop) return void request.socket.destroy();
    if (fault?.status !== undefined) reply = faultReply(frontend, response, fault.status, fault);

    const { status = 200, body = '', type = 'application/json', headers } = reply;
    const inEnvelope = /^\/api\/atlas\/.*[?&]envelope=true(?:&|$)/.test(request.url ?? '');
    const text = typeof body === 'string' ? body : JSON.stringify(inEnvelope ? { status, content: body } : body);
    response.writeHead(status, { 'Content-Type': type, ...headers, ...fault?.headers });
    response.end(text.slice(0, fault?.truncate));
  }

  const server = createServer((request, response) => {
    respond(request, response).catch(() => request.socket.destroy());
  });

  return {
    server,
    /** Listens on this port of 127.0.0.1. 0 takes a free port. Returns the base URL. */
    listen: async (port: number) => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening').catch((error: unknown) => {
        throw listenError(error, port);
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    /** Closes the server and all open connections. */
    close: () =>
      new Promise<void>((resolve) => {
        closing.abort(new Error('The sandbox is closed.'));
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function faultReply(frontend: Frontend, response: ServerResponse, status: number, { code, body }: Fault): Reply {
  if (body === undefined) {
    const what = 'A fault from the faults file of the sandbox.';
    return frontend.refuse(new Refusal(status, code ?? frontend.errorCode(status), what), response);
  }
  const type = body.startsWith('<?xml') ? 'text/xml' : body.startsWith('<') ? 'text/html' : 'application/json';
  return { status, body, type };
}

function listenError(error: unknown, port: number): CliError {
  const what =
    codeOf(error) === 'EADDRINUSE' ? `Port ${port} is already in use.` : `The sandbox cannot listen on port ${port}.`;
  return new CliError('unexpected', what, { hint: 'Use another port, or remove --port.', cause: error });
}
