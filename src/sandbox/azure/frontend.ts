import type { Frontend, SandboxOptions } from '../frontend.js';
import { type CloudAnswer, type CloudRequest, type CloudRoute, cloudChange, cloudRead, restFrontend } from '../rest.js';
import { deleteEndpoint, operationAnswer, putEndpoint } from './change-endpoints.js';
import { interfaceAnswer, interfaceId, privateEndpointAnswer, privateEndpointsOf } from './endpoints.js';
import { groupId, isSame, networkId, sandboxTenant } from './ids.js';
import {
  findGroup,
  findNetwork,
  findSubnet,
  findSubscription,
  networkAnswer,
  networksOf,
  notFound,
  securityGroupAnswer,
  subnetAnswer,
} from './network.js';
import { AzureRefusal, azureError } from './refusal.js';
import { authorize, permissionsAnswer } from './rights.js';
import { validateDeployment } from './validate.js';

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
    errorCode: (status) => codesByStatus[status] ?? (status < 500 ? 'BadRequest' : 'InternalServerError'),
  });
}

const codesByStatus: Readonly<Record<number, string>> = {
  401: 'InvalidAuthenticationToken',
  403: 'AuthorizationFailed',
  404: 'ResourceNotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** The versions of the APIs that this knows. */
const versions = {
  network: [
    '2023-09-01',
    '2023-11-01',
    '2024-01-01',
    '2024-03-01',
    '2024-05-01',
    '2024-07-01',
    '2025-01-01',
    '2025-05-01',
  ],
  subscriptions: ['2021-01-01', '2022-12-01'],
  permissions: ['2022-04-01'],
  deployments: ['2024-03-01', '2024-07-01', '2024-11-01'],
} as const;

type ApiName = keyof typeof versions;

/** Checks what ARM checks before it passes a request on. */
function checkRequest({ world, query, parts }: CloudRequest, api: ApiName, action: string): void {
  const version = query.get('api-version') ?? '';
  if (version === '') {
    const what = 'The api-version query parameter (?api-version=) is required for all requests.';
    throw new AzureRefusal(400, 'MissingApiVersionParameter', what);
  }
  const known: readonly string[] = versions[api];
  if (!known.includes(version)) {
    const what = `The api-version '${version}' is invalid. The supported versions are '${known.join(',')}'.`;
    throw new AzureRefusal(400, 'InvalidApiVersionParameter', what);
  }
  const subscription = findSubscription(world, parts.subscription ?? '');
  const { group } = parts;
  authorize(world, action, group === undefined ? `/subscriptions/${subscription}` : groupId({ subscription, group }));
}

function read(
  method: string,
  path: string,
  action: string,
  api: ApiName,
  reply: (request: CloudRequest) => CloudAnswer,
) {
  return cloudRead(method, path, action, (request) => {
    checkRequest(request, api, action);
    return reply(request);
  });
}

function get(
  path: string,
  action: string,
  reply: (request: CloudRequest) => unknown,
  api: ApiName = 'network',
): CloudRoute {
  return read('GET', path, action, api, (request) => ({ body: reply(request) }));
}

function change(method: string, path: string, action: string, reply: CloudRoute['reply']): CloudRoute {
  return cloudChange(method, path, action, (request) => {
    checkRequest(request, 'network', action);
    return reply(request);
  });
}

const pageSize = 50;

/** The page of a list that the query asks for. */
function pageOf({ root, query }: CloudRequest, path: string, all: readonly unknown[]): Record<string, unknown> {
  const start = Number(query.get('$skiptoken') ?? 0);
  const end = start + pageSize;
  const next = `${root}${path}?api-version=${query.get('api-version')}&$skiptoken=${end}`;
  return { value: all.slice(start, end), ...(end < all.length && { nextLink: next }) };
}

/** The parts of the path. Those that it does not have are empty. */
function placeOf({ parts }: CloudRequest) {
  const { subscription = '', group = '', network = '', subnet = '', name = '' } = parts;
  return { subscription, group, network, subnet, name };
}

const inSubscription = '/subscriptions/{subscription}';
const inGroup = `${inSubscription}/resourceGroups/{group}`;
const provider = '/providers/Microsoft.Network';
const networkPath = `${inGroup}${provider}/virtualNetworks/{network}`;
const subnetPath = `${networkPath}/subnets/{subnet}`;
const endpointPath = `${inGroup}${provider}/privateEndpoints/{name}`;
const permissions = 'providers/Microsoft.Authorization/permissions';
const [networkRead, endpointRead, permissionsRead] = [
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/privateEndpoints/read',
  'Microsoft.Authorization/permissions/read',
];

const routes: readonly CloudRoute[] = [
  get(
    inSubscription,
    'Microsoft.Resources/subscriptions/read',
    ({ world, parts }) => {
      const subscriptionId = findSubscription(world, parts.subscription ?? '');
      const common = { displayName: 'atlas-pe sandbox', state: 'Enabled', tenantId: sandboxTenant };
      return { id: `/subscriptions/${subscriptionId}`, subscriptionId, ...common, authorizationSource: 'RoleBased' };
    },
    'subscriptions',
  ),

  get(`${inSubscription}${provider}/virtualNetworks`, networkRead, (request) => {
    const subscription = findSubscription(request.world, request.parts.subscription ?? '');
    const all = networksOf(request.world).filter((each) => each.subscription === subscription);
    return pageOf(request, `/subscriptions/${subscription}${provider}/virtualNetworks`, all.map(networkAnswer));
  }),
  get(networkPath, networkRead, (request) => networkAnswer(findNetwork(request.world, placeOf(request)))),
  get(subnetPath, 'Microsoft.Network/virtualNetworks/subnets/read', (request) => {
    const network = findNetwork(request.world, placeOf(request));
    return subnetAnswer(network, findSubnet(network, placeOf(request).subnet));
  }),
  get(`${inGroup}${provider}/networkSecurityGroups/{name}`, 'Microsoft.Network/networkSecurityGroups/read', (request) =>
    securityGroupAnswer(request.world, placeOf(request)),
  ),

  get(`${inSubscription}${provider}/privateEndpoints`, endpointRead, (request) => {
    return endpointsPage(request, `/subscriptions/${findSubscription(request.world, placeOf(request).subscription)}`);
  }),
  get(`${inGroup}${provider}/privateEndpoints`, endpointRead, (request) => {
    return endpointsPage(request, groupId(findGroup(request.world, placeOf(request))));
  }),
  get(endpointPath, endpointRead, (request) => {
    const { group, name, ...place } = { ...placeOf(request), ...findGroup(request.world, placeOf(request)) };
    const path = `privateEndpoints/${name}`;
    const found = privateEndpointsOf(request).find(({ id }) => isSame(id, networkId({ ...place, group }, path)));
    return found ? privateEndpointAnswer(request, found) : notFound(path, group);
  }),
  change('PUT', endpointPath, 'Microsoft.Network/privateEndpoints/write', putEndpoint),
  change('DELETE', endpointPath, 'Microsoft.Network/privateEndpoints/delete', deleteEndpoint),

  get(`${inGroup}${provider}/networkInterfaces/{name}`, 'Microsoft.Network/networkInterfaces/read', (request) => {
    const { group, name, ...place } = { ...placeOf(request), ...findGroup(request.world, placeOf(request)) };
    const path = `networkInterfaces/${name}`;
    const id = networkId({ ...place, group }, path);
    const found = privateEndpointsOf(request).find((each) => isSame(interfaceId(each), id));
    return found ? interfaceAnswer(request, found) : notFound(path, group);
  }),

  read(
    'GET',
    `${inSubscription}${provider}/locations/{location}/operations/{operation}`,
    'Microsoft.Network/locations/operations/read',
    'network',
    operationAnswer,
  ),

  get(
    `${inGroup}/${permissions}`,
    permissionsRead,
    ({ world, parts: { subscription = '', group = '' } }) => {
      findGroup(world, { subscription, group });
      return permissionsAnswer(world);
    },
    'permissions',
  ),
  get(
    `${subnetPath}/${permissions}`,
    permissionsRead,
    (request) => {
      findSubnet(findNetwork(request.world, placeOf(request)), placeOf(request).subnet);
      return permissionsAnswer(request.world);
    },
    'permissions',
  ),
  read(
    'POST',
    `${inGroup}/providers/Microsoft.Resources/deployments/{deployment}/validate`,
    'Microsoft.Resources/deployments/validate/action',
    'deployments',
    validateDeployment,
  ),
];

function endpointsPage(request: CloudRequest, scope: string): Record<string, unknown> {
  const start = `${scope}/`.toLowerCase();
  const all = privateEndpointsOf(request).filter(({ id }) => id.toLowerCase().startsWith(start));
  const answers = all.map((each) => privateEndpointAnswer(request, each));
  return pageOf(request, `${scope}${provider}/privateEndpoints`, answers);
}
