import { CliError, UsageError } from '../base/errors.js';
import { type Json, parseJson } from '../base/json.js';
import { RequestError } from '../http/request-error.js';
import { retryAfterSeconds } from '../http/retries.js';
import { type CallRequest, createCall, type How } from './call.js';
import type { CloudContext } from './cloud-side.js';
import type { SignInContext } from './entry.js';
import { networkHint } from './errors.js';

/* A cloud's REST API: JSON over the program's own connections, so that proxies, authorities, limits and --verbose are one. */

type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface RestAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/**
 * Sends one request. Throws a `RequestError` if there was no answer, which says whether the request may have arrived, and a
 * usage error if credentials must not go to that host.
 */
export type Exchange = (request: {
  method: RestMethod;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  /** Aborts it after `limitMs` milliseconds, or with the command. */
  limit: AbortSignal;
  limitMs: number;
}) => Promise<RestAnswer>;

interface RestRequest extends Omit<CallRequest<unknown>, 'send' | 'isHarmless'> {
  method: RestMethod;
  /** Path and query, encoded, below the base URL; or a whole URL below it, as the cloud returns for a next page. */
  path: string;
  body?: Json | undefined;
  /** Default: true for GET, PUT and DELETE. */
  isHarmless?: boolean;
  /** Default: all but GET. */
  isChange?: boolean;
}

/** Sends a request. The body of the answer is undefined if it is empty. */
export type Rest = (
  request: RestRequest,
) => Promise<{ headers: RestAnswer['headers']; body: unknown; retryAfterMs: number }>;

export interface RestOptions {
  /** The cloud, for the lines of --verbose: `GCP`. */
  name: string;
  /** Without a slash at the end. */
  baseUrl: string;
  exchange: Exchange;
  /** The headers that carry the credentials. Throws a `RequestError`. */
  authorize(limit: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** What an answer with an error status means. `body` is undefined if it isn't JSON. */
  refusal(answer: RestAnswer & { body: unknown; action: string }): RequestError;
}

/** The base URL of an API, without a slash at the end: that of a variable, or the usual one. */
export function baseUrlOf({ env, sandbox, isLocal }: SignInContext, variable: string, usual: string): string {
  const url = (sandbox ?? env)[variable] || usual;
  // Credentials go to another host only over TLS, or to this machine.
  if (URL.canParse(url) && (new URL(url).protocol === 'https:' || isLocal(url))) return url.replace(/\/+$/, '');
  throw new UsageError(`${variable} is not a valid https URL.`, `Example: ${usual}`);
}

/** Warns that Atlas is a sandbox on this machine, but the cloud is the real one. */
export function warnOfRealCloud({ io, localAtlas }: SignInContext, cloud: string, variables: string): void {
  if (localAtlas === undefined) return;
  io.warn(
    `Atlas requests go to ${localAtlas}, but ${cloud} requests go to the real ${cloud}. To use the sandbox's ${cloud}, use sandbox exec, or set the ${variables} variables that sandbox serve prints.`,
  );
}

export function openRest({ name, baseUrl, exchange, authorize, refusal }: RestOptions, line: CloudContext): Rest {
  const call = createCall(line, {
    name,
    toFault: async (error, { action, isTimeout }) => {
      if (!isTimeout) throw error;
      const details = { hint: networkHint, mayPass: true, cause: error };
      return new RequestError(`No response from ${name} to ${action}.`, details);
    },
  });
  return ({ action, method, path, body, isHarmless, isChange = method !== 'GET', limits }) => {
    // Azure's links name the usual port.
    const url = path.startsWith('/') ? `${baseUrl}${path}` : path.replace(':443/', '/');
    // Credentials go only to the API that they are for.
    if (!url.startsWith(`${baseUrl}/`)) throw new RequestError(`${name} returned a link to another host.`);
    const send = async ({ abortSignal: limit, limitMs }: How) => {
      const credentials = await authorize(limit);
      const content = body === undefined ? {} : { 'content-type': 'application/json' };
      const headers = { accept: 'application/json', ...content, ...credentials };
      if (Object.values(headers).some((value) => /[^ -~]/.test(value))) {
        const what = `The access token for ${name} contains a line break or another character that it cannot have.`;
        throw new CliError('notAllowed', what, { hint: 'Check where it is set.' });
      }
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await exchange({ method, url, headers, body: text, limit, limitMs });
      const read = parseJson(answer.text);
      const retryAfterMs = 1000 * (retryAfterSeconds(answer.headers['retry-after'], line.clock.now()) ?? 0);
      if (answer.status >= 400) throw Object.assign(refusal({ ...answer, body: read, action }), { retryAfterMs });
      if (answer.status >= 300 || (read === undefined && answer.text !== '')) {
        const what = `${name} sent an invalid response to ${action} (HTTP ${answer.status}).`;
        throw new RequestError(what, { hint: 'Check the proxy settings.' });
      }
      return { headers: answer.headers, body: read, retryAfterMs };
    };
    return call({ action, send, isChange, isHarmless: isHarmless ?? method !== 'POST', limits });
  };
}

/** All items of a list. `read` returns those of a page, and where the next page is. */
export async function readPages<T>(
  first: string,
  read: (page: string) => Promise<{ items: readonly T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let page: string | null = first; page; ) {
    const { items, next } = await read(page);
    all.push(...items);
    page = next;
  }
  return all;
}

/** The last part of a path or an id: the name. */
export function nameIn(path: string): string {
  return path.split('/').at(-1) ?? path;
}
