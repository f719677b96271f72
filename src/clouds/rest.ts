import { orAbort } from '../base/clock.js';
import { CliError, UsageError } from '../base/errors.js';
import { type Json, parseJson } from '../base/json.js';
import { isLoopback } from '../base/loopback.js';
import { type AskedRequest, type Attempt, ask, type Limit, retryAfterMsIn } from '../http/ask.js';
import type { Answer } from '../http/dispatcher.js';
import type { HostRequest } from '../http/host.js';
import { RequestError } from '../http/request-error.js';
import type { CloudContext, SignInContext } from './cloud.js';

/* A cloud's REST API: JSON over the program's own connections, so that proxies, authorities, limits and --verbose are one. */

/** Sends one request, as `openHost` does, to any host. Throws a usage error if credentials must not go there. */
export type Exchange = (
  request: Omit<HostRequest, 'path'> & { url: string },
  attempt: Attempt,
  limit: Limit,
) => Promise<Answer>;

/** `isHarmless`: default: true for GET, PUT and DELETE. `isChange`: default: all but GET. */
interface RestRequest extends Partial<Pick<AskedRequest<unknown>, 'isHarmless' | 'isChange' | 'limits'>> {
  /** As the cloud names the permission for it: `compute.addresses.list`. */
  action: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query, encoded, below the base URL; or a whole URL below it, as the cloud returns for a next page. */
  path: string;
  body?: Json | undefined;
}

/** Sends a request. The body of the answer is undefined if it is empty. */
export type Rest = ReturnType<typeof openRest>;

export interface RestOptions {
  /** The cloud, for the lines of --verbose: `GCP`. */
  name: string;
  /** Without a slash at the end. */
  baseUrl: string;
  /** Domains with more hosts of the API. */
  domains?: readonly string[];
  exchange: Exchange;
  /** The headers that carry the credentials; fresh ones if the API has refused those before. Throws a `RequestError`. */
  authorize(isRefused: boolean): Promise<Readonly<Record<string, string>>>;
  /** What an answer with an error status means. `body` is undefined if it isn't JSON. */
  refusal(answer: { status: number; body: unknown; action: string }): RequestError;
}

/** Whether credentials may go to a URL: to another host only over TLS, or to this machine. */
export function isSafe(url: string) {
  return URL.canParse(url) && (new URL(url).protocol === 'https:' || isLoopback(url));
}

/** The base URL of an API, without a slash at the end: that of a variable, or the usual one. */
export function baseUrlOf({ env, sandbox }: SignInContext, variable: string, usual: string) {
  const url = (sandbox ?? env)[variable] || usual;
  if (isSafe(url)) return url.replace(/\/+$/, '');
  throw new UsageError(`${variable} is not a valid https URL.`, `Example: ${usual}`);
}

export function warnOfRealCloud({ io, localAtlas }: SignInContext, cloud: string, variables: string) {
  if (localAtlas === undefined) return;
  io.warn(
    `Atlas requests go to ${localAtlas}, but ${cloud} requests go to the real ${cloud}. To ` +
      `use the sandbox's ${cloud}, use sandbox exec, or set the ${variables} variables that ` +
      'sandbox serve prints.',
  );
}

/**
 * Whether credentials for an API may go to a link that it returned: below its base URL, or over TLS to another host of the same
 * one of its `domains`. Resource Manager's operations may be at a region's host, such as `eastus.management.azure.com`.
 */
export function isOfApi(link: string, { baseUrl, domains = [] }: Pick<RestOptions, 'baseUrl' | 'domains'>) {
  if (link.startsWith(`${baseUrl}/`)) return true;
  if (!URL.canParse(link)) return false;
  const [{ protocol, hostname, port }, base] = [new URL(link), new URL(baseUrl)];
  const isIn = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);
  const isSame = domains.some((domain) => isIn(hostname, domain) && isIn(base.hostname, domain));
  return isSame && protocol === 'https:' && port === '' && base.port === '';
}

export function openRest(api: RestOptions, context: CloudContext) {
  const { name, baseUrl, exchange, authorize, refusal } = api;
  return ({ action, method, path, body, ...how }: RestRequest) => {
    const url = path.startsWith('/') ? `${baseUrl}${path}` : path;
    // Credentials go only to the API that they are for.
    if (!isOfApi(url, api))
      throw new RequestError(`${name} returned a link to another host.`, { mayHaveArrived: false });
    const send = async (attempt: Attempt) => {
      const limit = attempt.limit();
      // A library may wait for what gives it credentials, such as another program.
      const credentials = (isRefused: boolean) => orAbort(authorize(isRefused), limit.signal);
      const content = body === undefined ? {} : { 'content-type': 'application/json' };
      const text = body === undefined ? undefined : JSON.stringify(body);
      const sendWith = (own: Readonly<Record<string, string>>) => {
        const headers = { accept: 'application/json', ...content, ...own };
        if (Object.values(headers).some((value) => /[^ -~]/.test(value))) {
          const what = `The access token for ${name} contains a line break or another character that it cannot have.`;
          throw new CliError('notAllowed', what, { hint: 'Check where it is set.' });
        }
        return exchange({ method, url, headers, body: text }, attempt, limit);
      };
      const first = await credentials(false);
      let answer = await sendWith(first);
      if (answer.status === 401) {
        // Nothing was done. A token may end sooner than it says.
        const fresh = await credentials(true);
        if (fresh.authorization !== first.authorization) answer = await sendWith(fresh);
      }
      const { status } = answer;
      const read = parseJson(answer.body);
      const retryAfterMs = retryAfterMsIn(answer.headers['retry-after'], context.clock.now());
      if (status >= 400) throw Object.assign(refusal({ status, body: read, action }), { retryAfterMs });
      if (status >= 300 || (read === undefined && answer.body !== '')) {
        const what = `${name} sent an invalid response to ${action} (HTTP ${status}).`;
        throw new RequestError(what, { hint: 'Check the proxy settings.' });
      }
      return { status, headers: answer.headers, body: read, retryAfterMs };
    };
    const usual = { isChange: method !== 'GET', isHarmless: method !== 'POST' };
    return ask(context, { title: `${name} ${action}`, send, ...usual, ...how });
  };
}

const mostPages = 100;

/** All items of a list. `read` gets a link, empty for the first page, and returns the next one, as the cloud has it. */
export async function readPages<T>(
  action: string,
  read: (link: string) => Promise<{ items: readonly T[]; next: unknown }>,
): Promise<T[]> {
  const all: T[] = [];
  const links = [''];
  for (let link = ''; ; links.push(link)) {
    const { items, next } = await read(link);
    all.push(...items);
    if (next === undefined || next === null || next === '') return all;
    const endless = `The list of ${action} does not end: no new page follows page ${links.length}.`;
    if (typeof next !== 'string' || links.includes(next) || links.length >= mostPages)
      throw new RequestError(endless, { mayHaveArrived: false });
    link = next;
  }
}
