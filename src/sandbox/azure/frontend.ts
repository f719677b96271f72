import { STATUS_CODES } from 'node:http';
import type { Frontend, SandboxOptions } from '../frontend.js';
import { type CloudAnswer, type CloudRequest, type CloudRoute, cloudChange, cloudRead, restFrontend } from '../rest.js';
import type { WorldView } from '../world.js';
import {
  asyncOperationAnswer,
  deletePrivateEndpoint,
  putPrivateEndpoint,
  validateDeployment,
} from './change-endpoints.js';
import { endpointResource, foundEndpoints, interfaceResource } from './endpoints.js';
import { groupId, isSame, networkId, type Resource } from './ids.js';
import { findPlace, networkResources, securityGroupResources, subnetResources } from './network.js';
import { azureError, ensure } from './refusal.js';
import { checkAllowed, permissionsAnswer } from './rights.js';

/** Azure Resource Manager, as far as private endpoints need it. */
export function azureFrontend(options: SandboxOptions): Frontend {
  return restFrontend(options, {
    prefix: '/azure',
    token: 'sandbox',
    routes,
    errorBody: (refusal) => ({ error: azureError(refusal) }),
    refusals: {
      credentials: { status: 401, code: 'InvalidAuthenticationToken' },
      route: { status: 501, code: 'NotImplemented' },
    },
    errorCode: (status) =>
      status === 403 ? 'AuthorizationFailed' : (STATUS_CODES[status] ?? 'Error').replaceAll(' ', ''),
  });
}

/** The versions of each API that the sandbox knows. */
const versions: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Network': '2023-11-01 2024-01-01 2024-03-01 2024-05-01 2024-07-01 2025-01-01 2025-05-01'.split(' '),
  'Microsoft.Authorization': ['2022-04-01'],
  'Microsoft.Resources': ['2021-01-01', '2022-12-01', '2024-03-01', '2024-11-01'],
};

const verbs: Readonly<Record<string, string>> = { GET: 'read', PUT: 'write', DELETE: 'delete', POST: 'action' };

/** What the end of a path is about: `Microsoft.Network`, `virtualNetworks`, `subnets`. */
function typesOf(path: string): string[] {
  const [, ...providers] = path.split('/providers/');
  const last = providers.at(-1) ?? 'Microsoft.Resources/subscriptions';
  return last.split('/').filter((part) => !part.startsWith('{'));
}

function actionOf(method: string, path: string): string {
  return [...typesOf(path), verbs[method]].join('/');
}

/** Checks what ARM checks before anything else. */
function checkRequest({ world, query, parts }: CloudRequest, method: string, path: string): void {
  const version = query.get('api-version') ?? '';
  ensure(version !== '', 'MissingApiVersionParameter', 'The query parameter api-version is required.');
  const known = versions[typesOf(path)[0] ?? ''] ?? [];
  const what = `The api-version '${version}' is invalid. The supported versions are '${known.join(',')}'.`;
  ensure(known.includes(version), 'InvalidApiVersionParameter', what);
  const { subscription } = findPlace(world, { subscription: parts.subscription ?? '' });
  const scope =
    parts.group === undefined ? `/subscriptions/${subscription}` : groupId({ subscription, group: parts.group });
  checkAllowed(world, actionOf(method, path), scope);
}

function checked<A>(method: string, path: string, reply: (request: CloudRequest) => A) {
  return (request: CloudRequest): A => {
    checkRequest(request, method, path);
    return reply(request);
  };
}

function read(method: string, path: string, reply: (request: CloudRequest) => CloudAnswer): CloudRoute {
  return cloudRead(method, path, actionOf(method, path), checked(method, path, reply));
}

function change(method: string, path: string, reply: CloudRoute['reply']): CloudRoute {
  return cloudChange(method, path, actionOf(method, path), checked(method, path, reply));
}

const inSubscription = '/subscriptions/{subscription}';
const inGroup = `${inSubscription}/resourceGroups/{group}`;
const provider = 'providers/Microsoft.Network';
const endpointPath = `${inGroup}/${provider}/privateEndpoints/{name}`;
const subnetPath = `${inGroup}/${provider}/virtualNetworks/{network}/subnets/{name}`;
const permissions = 'providers/Microsoft.Authorization/permissions';

/** The resources of each type. */
const resources: Readonly<Record<string, (view: WorldView) => Resource[]>> = {
  virtualNetworks: ({ world }) => networkResources(world),
  networkSecurityGroups: ({ world }) => securityGroupResources(world),
  privateEndpoints: (view) => foundEndpoints(view).map((each) => endpointResource(view, each)),
  networkInterfaces: (view) => foundEndpoints(view).map((each) => interfaceResource(view, each)),
};

const routes: readonly CloudRoute[] = [
  read('GET', inSubscription, ({ world, parts }) => {
    const { subscription: subscriptionId } = findPlace(world, { subscription: parts.subscription ?? '' });
    const id = `/subscriptions/${subscriptionId}`;
    const tenantId = '00000000-0000-4000-8000-0000000a71a5';
    return { body: { id, subscriptionId, tenantId, displayName: 'atlas-pe sandbox', state: 'Enabled' } };
  }),
  ...Object.entries(resources).flatMap(([type, all]) => [
    read('GET', `${inSubscription}/${provider}/${type}`, (request) => pageOf(request, type, all(request))),
    read('GET', `${inGroup}/${provider}/${type}`, (request) => pageOf(request, type, all(request))),
    read('GET', `${inGroup}/${provider}/${type}/{name}`, (request) => {
      return { body: find(request, `${type}/${request.parts.name}`, all(request)) };
    }),
  ]),
  read('GET', subnetPath, (request) => ({ body: findSubnetOf(request) })),
  change('PUT', endpointPath, putPrivateEndpoint),
  change('DELETE', endpointPath, deletePrivateEndpoint),
  read('GET', `${inSubscription}/${provider}/locations/{location}/operations/{operation}`, asyncOperationAnswer),
  read('GET', `${inGroup}/${permissions}`, ({ world, parts }) => {
    findPlace(world, parts);
    return { body: permissionsAnswer(world) };
  }),
  read('GET', `${subnetPath}/${permissions}`, (request) => {
    findSubnetOf(request);
    return { body: permissionsAnswer(request.world) };
  }),
  read('POST', `${inGroup}/providers/Microsoft.Resources/deployments/{deployment}/validate`, validateDeployment),
];

function findSubnetOf(request: CloudRequest): Resource {
  const { network, name } = request.parts;
  return find(request, `virtualNetworks/${network}/subnets/${name}`, subnetResources(request.world));
}

function find({ world, parts }: CloudRequest, path: string, all: readonly Resource[]): Resource {
  const place = findPlace(world, parts);
  const id = networkId(place, path);
  const found = all.find((each) => isSame(each.id, id));
  const what = `The Resource 'Microsoft.Network/${path}' under resource group '${place.group}' was not found.`;
  ensure(found, 'ResourceNotFound', what, 404);
  return found;
}

const pageSize = 50;

/** The page of a list that the query asks for: the resources in a subscription or in a resource group. */
function pageOf({ root, query, world, parts }: CloudRequest, type: string, all: readonly Resource[]): CloudAnswer {
  const place = findPlace(world, parts);
  const scope = parts.group === undefined ? `/subscriptions/${place.subscription}` : groupId(place);
  const here = all.filter(({ id }) => id.startsWith(`${scope}/`));
  const start = Number(query.get('$skiptoken') ?? 0);
  const end = start + pageSize;
  const value = here.slice(start, end);
  const next = `${root}${scope}/${provider}/${type}?api-version=${query.get('api-version')}&$skiptoken=${end}`;
  return { body: { value, ...(end < here.length && { nextLink: next }) } };
}
