import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { listen } from './listen.js';
import { type CliOptions, endsOf, ownFolders, runCli } from './run-cli.js';

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Starts a server that responds as the handler says. `count` is the number of the request, from 1. */
export async function serveAnswers(handler: Handler) {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    handler(request, response, count);
  });
  const { host, ...served } = await listen(server);
  return { ...served, baseUrl: `http://${host}`, count: () => count };
}

/** The same for one test. */
export async function startServer(handler: Handler) {
  const server = await serveAnswers(handler);
  onTestFinished(server.close);
  return server;
}

/** The environment of a command that is signed in to this server. */
export function signedIn(baseUrl: string): Record<string, string> {
  const token = { ATLAS_PE_ACCESS_TOKEN: 't', ATLAS_PE_PROJECT: defaultProject };
  return { ...ownFolders(), ...token, ATLAS_PE_BASE_URL: baseUrl };
}

/** Starts a server for one test. `run` runs a command against it. */
export async function fakeAtlas(handler: Handler, more: Record<string, string> = {}) {
  const server = await startServer(handler);
  const env = { ...signedIn(server.baseUrl), ...more };
  const run = (line: string | readonly string[], options: CliOptions = {}) =>
    runCli(typeof line === 'string' ? line.split(' ') : line, { env, ...options });
  return { ...server, env, run, ends: endsOf(run) };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
