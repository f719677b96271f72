import { isAtlasId } from '../atlas/ids.js';
import { oneOf } from '../base/listed.js';
import { type Provider, providers } from '../clouds/all.js';
import type { Fate } from './faults.js';
import { Refusal } from './refusal.js';

/* What a request asks for, read and checked as Atlas checks it. */

/** The version of the API that almost all of these routes speak. */
const usualVersion = '2023-01-01';

/** One request as a route sees it. */
interface Visit {
  /** What the route's pattern caught, decoded. */
  parts: string[];
  /** The date of the version that it is answered in. */
  version: string;
  query: URLSearchParams;
  body: unknown;
  baseUrl: string;
  /** What is to become of something that is created. */
  fate: Fate | undefined;
}

export interface Reply {
  status: number;
  /** A string goes out as it is, anything else as JSON. */
  body: unknown;
  /** Content-Type, where it isn't the one of the route's version. */
  type?: string;
}

export interface Route {
  method: string;
  pattern: RegExp;
  /** The dates of the versions that it speaks, oldest first; none where it is older than versions are. */
  versions: readonly string[];
  reply: (visit: Visit) => Promise<Reply>;
}

/** A route of the Atlas Admin API; `*` in its path stands for one part, which is caught. */
export function route(
  method: string,
  path: string,
  reply: Route['reply'],
  versions: readonly string[] = [usualVersion],
): Route {
  return { method, pattern: patternOf(`/api/atlas/v2${path}`), versions, reply };
}

/** A route of the API before v2, which knows only `application/json`. */
export function olderRoute(method: string, path: string, reply: Route['reply']): Route {
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

/** One page of these, as the query asks for it. */
export function pageOf<T>(query: URLSearchParams, all: readonly T[]): { results: T[]; totalCount: number; links: [] } {
  const [page, size] = [pageNumber(query, 'pageNum', 1), pageNumber(query, 'itemsPerPage', 100, 500)];
  return { links: [], results: all.slice((page - 1) * size, page * size), totalCount: all.length };
}

function pageNumber(query: URLSearchParams, name: string, fallback: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = Number(query.get(name) ?? fallback);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Refusal(400, 'INVALID_QUERY_PARAMETER', `${name} is out of range.`, [name]);
}
