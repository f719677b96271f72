import { beforeAll } from 'vitest';
import { digestHeader, parseChallenge } from '../../src/atlas/digest.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeClock } from './fake-clock.js';
import { startSandbox } from './sandbox.js';

/* Requests to a sandbox over loopback, sent without our client. */

export const services = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AWS/endpointService`;
export const creation = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint/endpointService`;
export const media = 'application/vnd.atlas.2023-01-01+json';

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export async function ask(host: string, path: string, { method = 'GET', headers = {}, body }: Ask = {}) {
  const response = await fetch(`${host}${path}`, {
    method,
    headers: { accept: media, ...headers },
    ...(body && { body }),
  });
  const text = await response.text();
  const { status, headers: given } = response;
  return { status, headers: given, text, body: text === '' ? undefined : JSON.parse(text) };
}

export type Given = NonNullable<ReturnType<typeof parseChallenge>>;

export function digest(
  given: Given,
  uri: string,
  { method = 'GET', count = 1, password = sandboxKeys.privateKey as string } = {},
) {
  return {
    authorization: digestHeader(
      { challenge: given, count },
      { method, uri, username: sandboxKeys.publicKey, password },
    ),
  };
}

/** One sandbox for all tests of a file. */
export function openWire() {
  const clock = fakeClock();
  let baseUrl = '';
  beforeAll(async () => {
    const sandbox = await startSandbox({ clock });
    baseUrl = sandbox.baseUrl;
    return sandbox.close;
  });

  const askHere = (path: string, options?: Ask) => ask(baseUrl, path, options);
  const challenge = async () => {
    const { headers } = await askHere(services);
    const found = parseChallenge(headers.get('www-authenticate') ?? '');
    if (!found) throw new Error('no challenge');
    return found;
  };
  /** Sends a request with valid keys. */
  const atlas = async (path: string, options: Ask = {}) => {
    const authorization = digest(await challenge(), path, options.method ? { method: options.method } : {});
    return askHere(path, { ...options, headers: { ...authorization, ...options.headers } });
  };
  const post = (body: unknown) =>
    atlas(creation, { method: 'POST', headers: { 'content-type': media }, body: JSON.stringify(body) });
  return { clock, baseUrl: () => baseUrl, ask: askHere, challenge, atlas, post };
}
