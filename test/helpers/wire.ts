import { afterAll, beforeAll } from 'vitest';
import { digestHeader, parseChallenge } from '../../src/atlas/digest.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { createSandbox } from '../../src/sandbox/server.js';
import { memoryStore } from '../../src/sandbox/store.js';
import { defaultProject, emptyWorld } from '../../src/sandbox/world.js';
import { fakeClock } from './fake-clock.js';

/* One sandbox over loopback for all tests of a file. Requests are sent without our client. */

export const clock = fakeClock();
const sandbox = createSandbox({ store: memoryStore(emptyWorld({ projects: [defaultProject] })), clock });
export let baseUrl = '';
beforeAll(async () => {
  baseUrl = await sandbox.listen(0);
});
afterAll(() => sandbox.close());

export const services = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AWS/endpointService`;
export const creation = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/endpointService`;
export const media = 'application/vnd.atlas.2023-01-01+json';

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export async function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}, host = baseUrl) {
  const response = await fetch(`${host}${path}`, {
    method,
    headers: { accept: media, ...headers },
    ...(body && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

export async function challenge() {
  const { headers } = await ask(services);
  const found = parseChallenge(headers.get('www-authenticate') ?? '');
  if (!found) throw new Error('no challenge');
  return found;
}

export type Given = Awaited<ReturnType<typeof challenge>>;

export function digest(
  given: Given,
  uri: string,
  { method = 'GET', count = 1, password = sandboxKeys.privateKey as string } = {},
) {
  return { authorization: digestHeader(given, { method, uri, username: sandboxKeys.publicKey, password, count }) };
}

/** Sends a request with valid keys. */
export async function atlas(path: string, options: Ask = {}) {
  const authorization = digest(await challenge(), path, options.method ? { method: options.method } : {});
  return ask(path, { ...options, headers: { ...authorization, ...options.headers } });
}

export const post = (body: unknown) =>
  atlas(creation, { method: 'POST', headers: { 'content-type': media }, body: JSON.stringify(body) });
