import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.js';
import { bytesOf } from '../base/files.js';
import type { AwsKeys } from './aws/identity.js';
import type { Faults } from './faults.js';
import type { createLimiter, KeyRights, Keys } from './gate.js';
import type { Chance, FaultOutcome, Store, World, WorldView } from './world.js';

export interface SandboxOptions {
  store: Store;
  clock: Clock;
  random?: () => number;
  /** Default: a limit that clients do not reach, with headers like those of the live API. */
  rateLimit?: Parameters<typeof createLimiter>[0] | undefined;
  keys?: Keys | undefined;
  awsKeys?: AwsKeys | undefined;
  rights?: KeyRights | undefined;
  faults?: Faults | undefined;
  beforeReply?: (() => Promise<void>) | undefined;
  onTrouble?: ((error: unknown) => void) | undefined;
}

export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  target: URL;
  baseUrl: string;
}

export interface Reply {
  /** Default: 200. */
  status?: number;
  /** A string is sent as it is, anything else as JSON. Undefined for an answer without a body. */
  body?: unknown;
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface Frontend {
  /** The Content-Type of answers that have no other. */
  type?: string | undefined;
  admit(arrival: Arrival): Promise<{ action?: string | undefined; carryOut(fate?: FaultOutcome): Promise<Reply> }>;
  /** Makes the accepted credentials expire, and returns the refusal for this request. */
  expire(response: ServerResponse): Refusal;
  /** The code of the errors with this status, for a fault that names none. */
  errorCode(status: number): string;
  refuse(refusal: Refusal, response: ServerResponse): Reply;
}

const largestBody = 64 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  const bytes = await bytesOf(request, largestBody).catch(() => {
    throw new Refusal(400, 'INVALID_BODY', 'The request was incomplete.');
  });
  ensure(bytes, 'PAYLOAD_TOO_LARGE', 'The request is too large.', 413);
  return bytes.toString('utf8');
}

/** An error response. It has no `code`, because the store takes errors with a `code` for system errors. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export function ensure(isFine: unknown, code: string, message: string, status = 400, more = {}): asserts isFine {
  if (!isFine) throw new Refusal(status, code, message, more);
}

/** The same with an error of Atlas, which has the names in its message as parameters. */
export function ensureAtlas(
  isFine: unknown,
  code: string,
  message: string,
  status: number,
  ...parameters: string[]
): asserts isFine {
  ensure(isFine, code, message, status, { parameters });
}

export function checkBody(checks: Record<string, [isFine: boolean, description: string]>): void {
  const wrong = Object.entries(checks).flatMap(([field, [isFine, description]]) =>
    isFine ? [] : [{ field, description }],
  );
  const parameters = wrong.map(({ field }) => field);
  const what = `Invalid attribute ${parameters.join(', ')} specified.`;
  ensure(wrong.length === 0, 'INVALID_ATTRIBUTE', what, 400, { parameters, badRequestDetail: { fields: wrong } });
}

/** `what`: the words of Atlas's message, such as `group with ID`. */
export function ensureKnown(found: unknown, code: string, what: string, name: string): asserts found {
  ensureAtlas(found, code, `No ${what} ${name} exists.`, 404, name);
}

export function isAddress(value: unknown): boolean {
  return typeof value === 'string' && isIP(value) !== 0;
}

/* What the REST APIs of the sandbox share, those of Atlas, Azure and GCP: routes, JSON, and errors in their own format. */

export interface RestRequest extends Chance, WorldView {
  /** The named parts of the path, decoded. */
  parts: Readonly<Record<string, string>>;
  /** From `root` on. */
  path: string;
  query: URLSearchParams;
  body: unknown;
  /** Where the API begins, for links in answers: `http://127.0.0.1:8080/azure`. */
  root: string;
  fate: FaultOutcome | undefined;
}

export interface RestRoute<R> {
  method: string;
  pattern: RegExp;
  /** Of a cloud: the permission that it needs, by which the faults file names it: `compute.addresses.createInternal`. */
  action?: string;
  kind: 'read' | 'change';
  /** Throws refusals. A read returns the world as it was. */
  reply(request: R): { world: World; answer: Reply };
}

export function pathPattern(path: string): string {
  return path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
}

interface RestApi<R, T extends RestRoute<R>> extends Pick<Frontend, 'type' | 'errorCode'> {
  prefix: string;
  routes: readonly T[];
  authenticate(arrival: Arrival): void;
  /** Checks what the API checks of every request, and adds what its routes need. Throws refusals. */
  check(request: RestRequest, route: T, incoming: IncomingMessage): R;
  errorReply(refusal: Refusal): Pick<Reply, 'body' | 'headers'>;
}

export function restFrontend<R, T extends RestRoute<R>>(
  { store, clock, random = Math.random }: SandboxOptions,
  api: RestApi<R, T>,
): Frontend {
  const refused = (status: number, message: string) => new Refusal(status, api.errorCode(status), message);
  return {
    type: api.type,
    admit: async (arrival) => {
      api.authenticate(arrival);
      const { request, target, baseUrl } = arrival;
      const { method = 'GET' } = request;
      const path = target.pathname.slice(api.prefix.length);
      const route = api.routes.find((each) => each.method === method && each.pattern.test(path));
      return {
        action: route?.action,
        carryOut: async (fate) => {
          if (!route) throw refused(501, `The sandbox does not support ${method} ${path}. The real API may.`);
          const named = Object.entries(route.pattern.exec(path)?.groups ?? {});
          const parts = Object.fromEntries(named.map(([name, part]) => [name, decode(part)]));
          const body = parseBody(await readBody(request));
          const [query, root] = [target.searchParams, `${baseUrl}${api.prefix}`];
          const about = { parts, path, query, body, root, random, fate };
          const reply = (world: World) => {
            const asked = { ...about, world, now: clock.now() };
            return route.reply(api.check(asked, route, request));
          };
          return route.kind === 'read' ? reply(await store.read()).answer : store.update(reply);
        },
      };
    },
    expire: () => refused(401, 'The access token has expired.'),
    errorCode: api.errorCode,
    refuse: (refusal) => ({ status: refusal.status, ...api.errorReply(refusal) }),
  };
}

function parseBody(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'INVALID_JSON', 'Received JSON is malformed.');
  }
}

function decode(part: string) {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', 'The path is not properly encoded.', { parameters: [part] });
  }
}
