import { isAtlasId } from '../atlas/ids.js';
import { type Provider, providers } from '../atlas/provider.js';
import type { Clock } from '../clock.js';
import { projectAnswer, projectName, serviceAnswer } from './answers.js';
import type { Store } from './store.js';
import {
  type CreateRequest,
  checkProject,
  createService,
  deleteService,
  type Fate,
  findService,
  forgetGone,
  projectsOf,
  Refusal,
  servicesOf,
} from './world.js';

/** The newest version of the API that these routes speak. */
export const version = '2023-01-01';

export interface Reply {
  status: number;
  /** A string goes out as it is, anything else as JSON. */
  body: unknown;
  /** Content-Type; `application/json` where it isn't given. */
  type?: string;
}

/** One request as a route sees it. */
interface Visit {
  /** What the route's pattern caught, decoded. */
  parts: string[];
  query: URLSearchParams;
  body: unknown;
  baseUrl: string;
  /** What is to become of a service that is created. */
  fate: Fate | undefined;
}

interface Route {
  method: string;
  pattern: RegExp;
  reply: (visit: Visit) => Promise<Reply>;
}

/** What the sandbox does of the Atlas Admin API, with the status codes of the live one. */
export function createRoutes(store: Store, clock: Clock, random: () => number): Route[] {
  return [
    {
      method: 'GET',
      pattern: /^\/api\/atlas\/v2\/groups$/,
      reply: async ({ query, baseUrl }) => {
        const [page, size] = [pageNumber(query, 'pageNum', 1), pageNumber(query, 'itemsPerPage', 100, 500)];
        const all = projectsOf(await store.read());
        const results = all.slice((page - 1) * size, page * size).map((id) => projectAnswer(id, baseUrl));
        return { status: 200, body: { links: [], results, totalCount: all.length } };
      },
    },
    {
      method: 'GET',
      pattern: /^\/api\/atlas\/v2\/groups\/byName\/([^/]+)$/,
      reply: async ({ parts: [name = ''], baseUrl }) => {
        const id = projectsOf(await store.read()).find((project) => projectName(project) === name);
        if (!id) throw new Refusal(404, 'GROUP_NOT_FOUND', `No group with name ${name} exists.`, [name]);
        return { status: 200, body: projectAnswer(id, baseUrl) };
      },
    },
    {
      method: 'GET',
      pattern: /^\/api\/atlas\/v2\/groups\/([^/]+)$/,
      reply: async ({ parts: [id = ''], baseUrl }) => {
        const project = atlasId(id, 'groupId');
        checkProject(await store.read(), project);
        return { status: 200, body: projectAnswer(project, baseUrl) };
      },
    },
    {
      method: 'POST',
      pattern: /^\/api\/atlas\/v2\/groups\/([^/]+)\/privateEndpoint\/endpointService$/,
      reply: async ({ parts: [group = ''], body, fate }) => {
        const project = atlasId(group, 'groupId');
        const request = createRequest(body);
        const now = clock.now();
        const created = await store.update((world) => {
          const next = createService(forgetGone(world, now), { now, random }, project, request, fate);
          return { world: next.world, answer: serviceAnswer(next.world, next.service, now) };
        });
        return { status: 201, body: created };
      },
    },
    {
      method: 'GET',
      pattern: /^\/api\/atlas\/v2\/groups\/([^/]+)\/privateEndpoint\/([^/]+)\/endpointService$/,
      reply: async ({ parts: [group = '', cloud = ''] }) => {
        const [world, now] = [await store.read(), clock.now()];
        const services = servicesOf(world, now, atlasId(group, 'groupId'), providerOf(cloud));
        return { status: 200, body: services.map((service) => serviceAnswer(world, service, now)) };
      },
    },
    {
      method: 'GET',
      pattern: /^\/api\/atlas\/v2\/groups\/([^/]+)\/privateEndpoint\/([^/]+)\/endpointService\/([^/]+)$/,
      reply: async ({ parts: [group = '', cloud = '', id = ''] }) => {
        const [world, now] = [await store.read(), clock.now()];
        const [project, provider] = [atlasId(group, 'groupId'), providerOf(cloud)];
        const service = findService(world, now, project, provider, atlasId(id, 'endpointServiceId'));
        return { status: 200, body: serviceAnswer(world, service, now) };
      },
    },
    {
      method: 'DELETE',
      pattern: /^\/api\/atlas\/v2\/groups\/([^/]+)\/privateEndpoint\/([^/]+)\/endpointService\/([^/]+)$/,
      reply: async ({ parts: [group = '', cloud = '', id = ''] }) => {
        const [project, provider, now] = [atlasId(group, 'groupId'), providerOf(cloud), clock.now()];
        const service = atlasId(id, 'endpointServiceId');
        await store.update((world) => ({
          world: deleteService(forgetGone(world, now), now, project, provider, service),
          answer: undefined,
        }));
        return { status: 202, body: {} };
      },
    },
  ];
}

function createRequest(body: unknown): CreateRequest {
  const {
    providerName,
    region,
    supportedRemoteRegions = null,
    portMappingEnabled = false,
  } = Object(body) as Record<string, unknown>;
  const isRegions = Array.isArray(supportedRemoteRegions) && supportedRemoteRegions.length <= 35;
  const wrong = [
    !providers.some((name) => name === providerName) && {
      field: 'providerName',
      description: 'must be AWS, AZURE or GCP',
    },
    (typeof region !== 'string' || region === '') && { field: 'region', description: 'must not be empty' },
    supportedRemoteRegions !== null &&
      !isRegions && { field: 'supportedRemoteRegions', description: 'up to 35 regions' },
    typeof portMappingEnabled !== 'boolean' && { field: 'portMappingEnabled', description: 'must be true or false' },
  ].filter((field) => field !== false);
  if (wrong.length > 0) {
    const names = wrong.map(({ field }) => field);
    throw new Refusal(400, 'INVALID_ATTRIBUTE', `Invalid attribute ${names.join(', ')} specified.`, names, wrong);
  }
  return {
    provider: providerName as Provider,
    region: region as string,
    supportedRemoteRegions: supportedRemoteRegions === null ? null : (supportedRemoteRegions as unknown[]).map(String),
    portMappingEnabled: portMappingEnabled as boolean,
  };
}

function atlasId(text: string, parameter: string): string {
  if (isAtlasId(text)) return text;
  throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', `${parameter} is no 24-digit hexadecimal id.`, [parameter, text]);
}

function providerOf(text: string): Provider {
  const provider = providers.find((name) => name === text);
  if (provider) return provider;
  throw new Refusal(400, 'PATH_PARAM_PARSE_ERROR', 'cloudProvider must be AWS, AZURE or GCP.', ['cloudProvider', text]);
}

function pageNumber(query: URLSearchParams, name: string, fallback: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = Number(query.get(name) ?? fallback);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Refusal(400, 'INVALID_QUERY_PARAMETER', `${name} is out of range.`, [name]);
}
