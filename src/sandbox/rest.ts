import type { IncomingMessage } from 'node:http';
import type { Chance } from './chance.js';
import { type Arrival, type Frontend, type Reply, readBody, type SandboxOptions } from './frontend.js';
import type { FaultOutcome } from './lifetime.js';
import { Refusal } from './refusal.js';
import type { World, WorldView } from './world.js';

/* What the REST APIs of the sandbox share, those of Atlas, Azure and GCP: routes, JSON, and errors in their own format. */

export interface RestRequest extends Chance, WorldView {
  /** The named parts of the path, decoded. */
  parts: Readonly<Record<string, string>>;
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

/** A path has parts such as `{project}`, which match anything but a slash. */
export function pathPattern(path: string): string {
  return path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
}

interface RestApi<R, T extends RestRoute<R>> {
  prefix: string;
  routes: readonly T[];
  authenticate(arrival: Arrival): void;
  /** Checks what the API checks of every request, and adds what its routes need. Throws refusals. */
  check(request: RestRequest, route: T, incoming: IncomingMessage): R;
  errorReply(refusal: Refusal): Pick<Reply, 'body' | 'headers'>;
  errorCode(status: number): string;
}

export function restFrontend<R, T extends RestRoute<R>>(
  { store, clock, random = Math.random }: SandboxOptions,
  api: RestApi<R, T>,
): Frontend {
  const refused = (status: number, message: string) => new Refusal(status, api.errorCode(status), message);
  return {
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
          const about = { parts, query: target.searchParams, body, root: `${baseUrl}${api.prefix}`, random, fate };
          const reply = (world: World) => route.reply(api.check({ ...about, world, now: clock.now() }, route, request));
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
