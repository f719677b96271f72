import type { IncomingMessage } from 'node:http';
import { isAtlasId } from '../atlas/ids.js';
import { oneOf } from '../base/words.js';
import { type Provider, providers } from '../clouds/all.js';
import { ensureAtlas, ensureKnown, pathPattern, type RestRequest, type RestRoute } from './frontend.js';
import type { KeyRights } from './gate.js';
import { forgetGone } from './services.js';
import type { World } from './world.js';

const usualVersion = '2023-01-01';

/** A request, as a route gets it. What its path does not name is an empty text, and AWS. */
export interface AtlasRequest extends RestRequest {
  project: string;
  provider: Provider;
  service: string;
  /** Of a cluster or a project, or the id of an interface endpoint. */
  name: string;
  /** The date of the API version of the response. Empty if the route has no versions. */
  version: string;
  publicKey: string | null;
  rights: KeyRights;
}

export interface ApiRoute extends RestRoute<AtlasRequest> {
  /** The dates of the supported versions, oldest first. Empty for a route from before versions existed. */
  versions: readonly string[];
}

export type ApiRead = (request: AtlasRequest) => unknown;
type ApiChange = (request: AtlasRequest) => { world: World; answer: unknown };

export function apiRead(path: string, answer: ApiRead, versions = [usualVersion]): ApiRoute {
  const reply: ApiRoute['reply'] = (request) => ({
    world: request.world,
    answer: { body: answer(request), type: typeOf(request) },
  });
  return { kind: 'read', method: 'GET', pattern: patternOf(`v2${path}`), versions, reply };
}

export function olderApiRead(path: string, answer: ApiRead): ApiRoute {
  return { ...apiRead(path, answer, []), pattern: patternOf(`v1.0${path}`) };
}

export function apiChange(method: string, path: string, status: number, act: ApiChange): ApiRoute {
  const reply: ApiRoute['reply'] = (request) => {
    const { world, answer: body } = act({ ...request, world: forgetGone(request) });
    return { world, answer: { status, body, type: typeOf(request) } };
  };
  return { kind: 'change', method, pattern: patternOf(`v2${path}`), versions: [usualVersion], reply };
}

function patternOf(path: string) {
  return new RegExp(`^/api/atlas/${pathPattern(path)}$`);
}

function typeOf({ version }: AtlasRequest) {
  // The charset stands in all recordings of 2026.
  return version === '' ? 'application/json' : `application/vnd.atlas.${version}+json;charset=utf-8`;
}

export function checkApiRequest(request: RestRequest, route: ApiRoute, incoming: IncomingMessage, rights: KeyRights) {
  const version = versionOf(incoming, route);
  const { project = '', provider = 'AWS', service = '', name = '' } = request.parts;
  if (project !== '') checkId(project, 'groupId');
  if (service !== '') checkId(service, 'endpointServiceId');
  const { projects } = request.world.options;
  const isThere = project === '' || projects === 'any' || projects.includes(project);
  ensureKnown(isThere, 'GROUP_NOT_FOUND', 'group with ID', project);
  return { ...request, version, project, provider: providerOf(provider), service, name, rights };
}

/** The newest version of the route that is not newer than the requested one. Empty if it has no versions. */
function versionOf({ headers, method }: IncomingMessage, { versions }: ApiRoute) {
  const [oldest] = versions;
  if (oldest === undefined) return '';
  const dateOf = (type = '') => /^application\/vnd\.atlas\.(\d{4}-\d{2}-\d{2})\+json/.exec(type)?.[1] ?? '';
  const version = versions.findLast((each) => each <= dateOf(headers.accept));
  const type = `application/vnd.atlas.${oldest}+json`;
  ensureAtlas(version, 'NOT_ACCEPTABLE', `Accept must be ${type} or later.`, 406);
  // The samples of the published description send application/json. Guess: how others are refused.
  const sent = method === 'POST' || method === 'PATCH' ? (headers['content-type'] ?? '') : type;
  const isTyped = /^application\/json\b/.test(sent) || dateOf(sent) >= oldest;
  ensureAtlas(isTyped, 'UNSUPPORTED_MEDIA_TYPE', `Content-Type must be ${type}.`, 415);
  return version;
}

function checkId(text: string, parameter: string) {
  const what = `${parameter} is not a 24-digit hexadecimal id.`;
  ensureAtlas(isAtlasId(text), 'PATH_PARAM_PARSE_ERROR', what, 400, parameter, text);
}

export function providerOf(text: string): Provider {
  const provider = providers.find((name) => name === text);
  const what = `cloudProvider must be ${oneOf(providers)}.`;
  ensureAtlas(provider, 'PATH_PARAM_PARSE_ERROR', what, 400, 'cloudProvider', text);
  return provider;
}

export function pageOf<T>(query: URLSearchParams, all: readonly T[]) {
  const page = wholeIn(query, 'pageNum', 1);
  const size = Math.min(500, wholeIn(query, 'itemsPerPage', 100));
  const counted = query.get('includeCount') !== 'false' && { totalCount: all.length };
  return { links: [], results: all.slice((page - 1) * size, page * size), ...counted };
}

/** The published description has 1 as the least value. Guess: the code. */
function wholeIn(query: URLSearchParams, name: string, usual: number) {
  const text = query.get(name) ?? String(usual);
  const what = `Invalid value ${text} for the query parameter ${name}.`;
  ensureAtlas(/^[1-9]\d*$/.test(text), 'INVALID_QUERY_PARAMETER', what, 400, name, text);
  return Number(text);
}
