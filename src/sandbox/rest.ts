import type { Chance } from './chance.js';
import type { FaultOutcome } from './faults.js';
import type { Frontend, SandboxOptions } from './frontend.js';
import { readJson } from './incoming.js';
import { Refusal, troubleText } from './refusal.js';
import type { World } from './world.js';

/* What the REST APIs of the sandbox's clouds share: routes, a bearer token, JSON, and errors in the format of the cloud. */

/** A request, as a route gets it. */
export interface CloudRequest extends Chance {
  world: World;
  /** The named parts of the path, decoded. */
  parts: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Undefined if there is none. */
  body: unknown;
  /** Where the API begins, for links in answers: `http://127.0.0.1:8080/azure`. */
  root: string;
  /** What happens to what the request creates. */
  fate: FaultOutcome | undefined;
}

export interface CloudAnswer {
  /** Default: 200. */
  status?: number;
  /** Undefined for an answer without a body. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

export interface CloudRoute<R = CloudRequest> {
  method: string;
  pattern: RegExp;
  /** The permission that it needs, by which the faults file names it: `compute.addresses.createInternal`. */
  action: string;
  kind: 'read' | 'change';
  /** Throws refusals. A read returns the world as it was. */
  reply(request: R): { world: World; answer: CloudAnswer };
}

/** A path has parts such as `{project}`, which match anything but a slash. */
export function cloudChange<R>(
  method: string,
  path: string,
  action: string,
  reply: CloudRoute<R>['reply'],
): CloudRoute<R> {
  const pattern = path.replaceAll(/[.:]/g, '\\$&').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/:]+)');
  // Azure does not distinguish upper and lower case.
  return { kind: 'change', method, action, reply, pattern: new RegExp(`^${pattern}/?$`, 'i') };
}

export function cloudRead<R extends CloudRequest>(
  method: string,
  path: string,
  action: string,
  reply: (request: R) => CloudAnswer,
): CloudRoute<R> {
  const answer = (request: R) => ({ world: request.world, answer: reply(request) });
  return { ...cloudChange(method, path, action, answer), kind: 'read' };
}

interface RestApi<R> {
  /** Where it begins: `/gcp`. */
  prefix: string;
  routes: readonly CloudRoute<R>[];
  /** Checks what the API checks of every request, and adds what its routes need. Throws refusals. */
  check(request: CloudRequest, action: string): R;
  /** The only bearer token that it accepts. */
  token: string;
  errorBody(refusal: Refusal): unknown;
  /** The usual code of the errors with this status. */
  errorCode(status: number): string;
}

export function restFrontend<R>({ store, clock, random = Math.random }: SandboxOptions, api: RestApi<R>): Frontend {
  const refused = (status: number, message: string) => new Refusal(status, api.errorCode(status), message);
  return {
    admit: async ({ request, target, baseUrl }) => {
      const { method = 'GET', headers } = request;
      if (headers.authorization !== `Bearer ${api.token}`) {
        throw refused(401, 'The access token is missing or not valid.');
      }
      const path = target.pathname.slice(api.prefix.length);
      const decoded = path.includes('%') ? decode(path) : path;
      const route = api.routes.find((each) => each.method === method && each.pattern.test(decoded));
      if (!route) throw refused(501, `The sandbox does not support ${method} ${path}. The real cloud may.`);
      const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
      const body = hasBody ? await readJson(request) : undefined;
      const parts = { ...route.pattern.exec(decoded)?.groups };
      const about = { parts, query: target.searchParams, body, root: `${baseUrl}${api.prefix}` };
      return {
        action: route.action,
        carryOut: async (fate) => {
          const reply = (world: World) =>
            route.reply(api.check({ ...about, world, now: clock.now(), random, fate }, route.action));
          const answer = route.kind === 'read' ? reply(await store.read()).answer : await store.update(reply);
          return { status: answer.status ?? 200, body: answer.body ?? '', headers: answer.headers ?? {} };
        },
      };
    },
    expire: () => refused(401, 'The access token has expired.'),
    errorCode: api.errorCode,
    refuse: (error) => {
      const refusal = error instanceof Refusal ? error : refused(500, troubleText(error));
      return { status: refusal.status, body: api.errorBody(refusal) };
    },
  };
}

/** Whether the user has a permission. `without`: those that the faults file takes away. */
export function hasPermission(without: readonly string[] | undefined, permission: string): boolean {
  return !without?.some((each) => each.toLowerCase() === permission.toLowerCase());
}

/** Why something fails, as the faults file says it: `CODE: message`, or only a message. */
export function readFailure(reason: string, usualCode: string): { code: string; message: string } {
  const [, code = usualCode, message = ''] = /^(?:([A-Z]\w+): )?(.*)$/s.exec(reason) ?? [];
  return { code, message };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
