import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { contractChecker, operationOf } from '../helpers/contract.js';
import { listen } from '../helpers/listen.js';
import type { Exchange } from '../helpers/sandbox.js';

/** Stands before Atlas on this machine, sends all requests on, and keeps what was asked and answered. */
export async function recorder(atlas: string) {
  const exchanges: Exchange[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const { host, connection, 'content-length': _length, 'transfer-encoding': _encoding, ...sent } = request.headers;
    try {
      const requestBody = await text(request);
      const asked = {
        method,
        headers: sent as Record<string, string>,
        ...(requestBody !== '' && { body: requestBody }),
      };
      const answer = await fetch(`${atlas}${url}`, { ...asked, redirect: 'manual' });
      const body = await answer.text();
      // What `fetch` has unpacked is neither compressed nor of that length.
      const { 'content-encoding': _packed, 'content-length': _size, ...headers } = Object.fromEntries(answer.headers);
      exchanges.push({
        method,
        url,
        requestHeaders: request.headers,
        requestBody,
        status: answer.status,
        headers,
        body,
      });
      response.writeHead(answer.status, headers).end(body);
    } catch {
      response.destroy();
    }
  });
  const { host, close } = await listen(server);
  return { exchanges, baseUrl: `http://${host}`, close };
}

/** The answers to one kind of request that are unlike the sandbox's. */
interface Unlike {
  /** Such as `GET /api/atlas/v2/groups 200`. */
  answer: string;
  /** Paths of keys with the kind of their value, such as `results[].id: string`. */
  onlyInAtlas: string[];
  onlyInTheSandbox: string[];
  /** What the contract forbids. */
  problems: string[];
  /** One of them, of whose texts only the API's words are shown: any other may be the name of a customer's cluster. */
  example: unknown;
}

/** Compares the answers to each kind of request, by their keys, kinds of values, and words of the API such as AVAILABLE. */
export function unlikeTheSandbox(atlas: readonly Exchange[], sandbox: readonly Exchange[]): Unlike[] {
  const [real, built] = [answersOf(atlas), answersOf(sandbox)];
  const check = contractChecker();
  return [...real].flatMap(([answer, { keys, exchanges }]) => {
    const known = built.get(answer)?.keys ?? new Set();
    const onlyInAtlas = [...keys].filter((key) => !known.has(key));
    const onlyInTheSandbox = [...known].filter((key) => !keys.has(key));
    const problems = [...new Set(exchanges.flatMap((each) => check(each)).map(withoutIds))];
    const isLike = built.has(answer) && [onlyInAtlas, onlyInTheSandbox, problems].every(({ length }) => length === 0);
    const example = JSON.parse(exchanges[0]?.body ?? 'null', (_, value) => (isText(value) ? 'TEXT' : value));
    return isLike ? [] : [{ answer, onlyInAtlas, onlyInTheSandbox, problems, example }];
  });
}

function answersOf(exchanges: readonly Exchange[]) {
  const answers = new Map<string, { keys: Set<string>; exchanges: Exchange[] }>();
  for (const exchange of exchanges) {
    const operation = operationOf(exchange);
    // Another one, such as of a token, is none of private endpoints.
    if (operation === undefined) continue;
    const name = `${operation} ${exchange.status}`;
    const answer = answers.get(name) ?? { keys: new Set(), exchanges: [] };
    for (const key of keysOf(JSON.parse(exchange.body))) answer.keys.add(key);
    answer.exchanges.push(exchange);
    answers.set(name, answer);
  }
  return answers;
}

function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => keysOf(each, `${path}[]`));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, each]) => keysOf(each, path === '' ? key : `${path}.${key}`));
  }
  const kind = value === null ? 'null' : typeof value;
  return [`${path}: ${kind === 'string' && !isText(value) ? value : kind}`];
}

/** Anything but a word of the API, such as AVAILABLE. */
function isText(value: unknown) {
  return typeof value === 'string' && !/^[A-Z][A-Z_0-9]+$/.test(value);
}

/** Replaces what names a project, an account, a resource, a person or an address. */
export function withoutIds(text: string): string {
  return text
    .replaceAll(/[\w.+-]+@[\w.-]+/g, 'EMAIL')
    .replaceAll(/[\w-]+(?:\.[\w-]+)*\.mongodb\.net/g, 'HOST')
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'IP')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, 'UUID')
    .replaceAll(/\b(?:[0-9a-f]{24}|[0-9a-f]{17}|\d{12})\b/g, 'ID');
}
