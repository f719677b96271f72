import { isAtlasId } from '../atlas/ids.js';
import { oneOf } from '../base/listed.js';
import { type Provider, providers } from '../clouds/all.js';
import type { FaultOutcome } from './faults.js';
import { Refusal } from './refusal.js';
import { forgetGone } from './services.js';
import type { Store } from './store.js';
import { checkProject, type World, type WorldView } from './world.js';

/* Reads requests and checks them like Atlas does. */

/** The API version of almost all these routes. */
const usualVersion = '2023-01-01';

/** What the path of a request names. Where a path has no such part, it is an empty text, and AWS. */
interface PathParts {
  project: string;
  provider: Provider;
  /** The id of a private endpoint service. */
  service: string;
  /** Of a cluster or a project, or the id of an interface endpoint. */
  name: string;
}

/** A request, as a route gets it. */
interface ApiRequest extends PathParts, WorldView {
  /** The date of the API version of the response. */
  version: string;
  query: URLSearchParams;
  body: unknown;
  baseUrl: string;
  /** The public key of the caller; null if the caller has a token. */
  publicKey: string | null;
  /** What happens to an object that the request creates. */
  fate: FaultOutcome | undefined;
}

export interface Reply {
  status: number;
  /** A string is sent as it is, anything else as JSON. */
  body: unknown;
  /** The Content-Type, if it is not that of the route's version. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface ApiRoute {
  method: string;
  pattern: RegExp;
  /** The dates of the supported versions, oldest first. Empty for a route from before versions existed. */
  versions: readonly string[];
  reply: (request: Omit<ApiRequest, 'world'>) => Promise<Reply>;
}

export type ApiRead = (request: ApiRequest) => unknown;
type ApiChange = (request: ApiRequest) => { world: World; answer: unknown };

/**
 * Makes routes of the Atlas Admin API. A path has parts such as `{project}`, which are named in `PathParts`. A route under a
 * project that does not exist answers 404.
 */
export function createRouter(store: Store) {
  const route = (method: string, path: string, reply: ApiRoute['reply'], versions = [usualVersion]): ApiRoute => {
    return { method, pattern: patternOf(`/api/atlas/v2${path}`), versions, reply };
  };
  const read =
    (answer: ApiRead): ApiRoute['reply'] =>
    async (request) => {
      const world = await store.read();
      checkProject(world, request.project);
      return { status: 200, body: answer({ ...request, world }) };
    };
  return {
    get: (path: string, answer: ApiRead, versions?: string[]) => route('GET', path, read(answer), versions),
    /** A route of the API before v2, which has only `application/json`. */
    olderGet: (path: string, answer: ApiRead): ApiRoute => {
      return { method: 'GET', pattern: patternOf(`/api/atlas/v1.0${path}`), versions: [], reply: read(answer) };
    },
    change: (method: string, path: string, status: number, change: ApiChange, versions?: string[]) =>
      route(
        method,
        path,
        async (request) => {
          const body = await store.update((world) => {
            checkProject(world, request.project);
            return change({ ...request, world: forgetGone({ world, now: request.now }) });
          });
          return { status, body };
        },
        versions,
      ),
  };
}

export type Router = ReturnType<typeof createRouter>;

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

/** What the path names. Throws a refusal if a part of it is malformed. */
export function placeOf({ pattern }: ApiRoute, path: string): PathParts {
  const parts = Object.entries(pattern.exec(path)?.groups ?? {}).map(([name, part]) => [name, decode(part)]);
  const { project = '', provider = 'AWS', service = '', name = '' } = Object.fromEntries(parts) as Partial<PathParts>;
  if (project !== '') checkId(project, 'groupId');
  if (service !== '') checkId(service, 'endpointServiceId');
  return { project, provider: providerOf(provider), service, name };
}

function checkId(text: string, parameter: string): void {
  if (isAtlasId(text)) return;
  throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', `${parameter} is not a 24-digit hexadecimal id.`, [parameter, text]);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', 'The path is not properly encoded.', [part]);
  }
}

export function providerOf(text: string): Provider {
  const provider = providers.find((name) => name === text);
  if (provider) return provider;
  throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', `cloudProvider ${mustBe(providers)}.`, ['cloudProvider', text]);
}

/** `must be AWS, AZURE or GCP`. */
export function mustBe(names: readonly string[]): string {
  return `must be ${oneOf(names)}`;
}

/** The page of the list that the query requests. */
export function pageOf<T>(query: URLSearchParams, all: readonly T[]): { results: T[]; totalCount: number; links: [] } {
  const [page, size] = [pageNumber(query, 'pageNum', 1), pageNumber(query, 'itemsPerPage', 100, 500)];
  return { links: [], results: all.slice((page - 1) * size, page * size), totalCount: all.length };
}

function pageNumber(query: URLSearchParams, name: string, fallback: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = Number(query.get(name) ?? fallback);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Refusal(400, 'INVALID_QUERY_PARAMETER', `${name} is out of range.`, [name]);
}
