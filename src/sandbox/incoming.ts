import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/* Reads an incoming request: its address and its body. */

const largestBody = 64 * 1024;

/**
 * The base URL and the target of a request. The Host must be a name of this machine. Otherwise a web page could make a
 * browser on this machine send requests to the sandbox (DNS rebinding).
 */
export function addressOf({ headers, url = '', socket }: IncomingMessage): { baseUrl: string; target: URL } {
  const { host = '' } = headers;
  if (!/^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host)) {
    throw new Refusal(400, 'INVALID_HOST', 'The sandbox accepts only the hosts localhost and 127.0.0.1.', [host]);
  }
  // Rejects `*`, a full URL, and `//`, which could start another host.
  if (!/^\/(?!\/)/.test(url)) throw new Refusal(400, 'INVALID_URL', 'The request target is not a path.', [url]);
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  return { baseUrl: `${scheme}://${host}`, target: new URL(`http://localhost${url}`) };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk;
      if (text.length > largestBody) throw new Refusal(413, 'PAYLOAD_TOO_LARGE', 'The request is too large.');
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'INVALID_BODY', 'The request was incomplete.');
  }
  return text;
}

export function parseBody(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'INVALID_JSON', 'Received JSON is malformed.');
  }
}
