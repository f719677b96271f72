import { isAtlasId } from '../atlas/ids.js';
import { oneOf } from '../base/listed.js';
import { type Provider, providers } from '../clouds/all.js';
import type { Fate } from './faults.js';
import { Refusal } from './refusal.js';

/* Reads requests and checks them like Atlas does. */

/** The API version of almost all these routes. */
const usualVersion = '2023-01-01';

/** A request, as a route gets it. */
interface Visit {
  /** The parts of the path that match `*`, decoded. */
  parts: string[];
  /** The date of the API version of the response. */
  version: string;
  query: URLSearchParams;
  body: unknown;
  baseUrl: string;
  /** The public key of the caller; null if the caller has a token. */
  publicKey: string | null;
  /** What happens to an object that the request creates. */
  fate: Fate | undefined;
}

export interface Reply {
  status: number;
  /** A string is sent as it is, anything else as JSON. */
  body: unknown;
  /** The Content-Type, if it is not that of the route's version. */
  type?: string;
}

export interface ApiRoute {
  method: string;
  pattern: RegExp;
  /** The dates of the supported versions, oldest first. Empty for a route from before versions existed. */
  versions: readonly string[];
  reply: (visit: Visit) => Promise<Reply>;
}

/** A route of the Atlas Admin API. `*` in its path matches one part, which is passed to the route. */
export function route(
  method: string,
  path: string,
  reply: ApiRoute['reply'],
  versions: readonly string[] = [usualVersion],
): ApiRoute {
  return { method, pattern: patternOf(`/api/atlas/v2${path}`), versions, reply };
}

/** A route of the API before v2, which has only `application/json`. */
export function olderRoute(method: string, path: string, reply: ApiRoute['reply']): ApiRoute {
  return { method, pattern: patternOf(`/api/atlas/v1.0${path}`), versions: [], reply };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}$`);
}

export function atlasId(text: string, parameter: string): string {
  if (isAtlasId(text)) return text;
  throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', `${parameter} is not a 24-digit hexadecimal id.`, [parameter, text]);
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
