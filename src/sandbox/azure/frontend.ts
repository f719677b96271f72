import { STATUS_CODES } from 'node:http';
import { isSame } from '../chance.js';
import { type CloudRoute, cloudRead, requireToken, visible } from '../collection.js';
import { ensure, type Frontend, type RestRequest, restFrontend, type SandboxOptions } from '../frontend.js';
import type { WorldView } from '../world.js';
import { azureSubnets, findGroup, networkResources, securityGroupResources, subnetResource } from './account.js';
import { changeRoutes } from './change-endpoints.js';
import { endpointResource, interfaceResource } from './endpoints.js';
import {
  type AzureRequest,
  azureError,
  checkAllowed,
  inGroup,
  inSubscription,
  networkId,
  permissionsAnswer,
  provider,
  type Resource,
  subscriptionId,
} from './request.js';

export function azureFrontend(options: SandboxOptions): Frontend {
  return restFrontend(options, {
    prefix: '/azure',
    authenticate: requireToken('sandbox', 'InvalidAuthenticationToken'),
    routes,
    check,
    errorReply: (refusal) => ({ body: { error: azureError(refusal) } }),
    errorCode: (status) => codes[status] ?? (STATUS_CODES[status] ?? 'Error').replaceAll(' ', ''),
  });
}

const codes: Readonly<Record<number, string>> = { 401: 'InvalidAuthenticationToken', 403: 'AuthorizationFailed' };

const versions: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Network': '2023-11-01 2024-01-01 2024-03-01 2024-05-01 2024-07-01 2025-01-01 2025-05-01'.split(' '),
  'Microsoft.Authorization': ['2022-04-01'],
  'Microsoft.Resources': ['2021-01-01', '2022-12-01', '2024-03-01', '2024-11-01'],
};

function check(request: RestRequest, { action }: CloudRoute<AzureRequest>) {
  const { world, query, parts } = request;
  const version = query.get('api-version') ?? '';
  ensure(version !== '', 'MissingApiVersionParameter', 'The query parameter api-version is required.');
  const known = versions[action.split('/')[0] ?? ''] ?? [];
  const what = `The api-version '${version}' is invalid. The supported versions are '${known.join(',')}'.`;
  ensure(known.includes(version), 'InvalidApiVersionParameter', what);
  const group = findGroup(world, parts);
  checkAllowed(world, action, subscriptionId);
  return { ...request, group };
}

const subnets = 'virtualNetworks/{network}/subnets';

const routes: readonly CloudRoute<AzureRequest>[] = [
  cloudRead(inSubscription, 'Microsoft.Resources/subscriptions/read', () => {
    const tenantId = '00000000-0000-4000-8000-0000000a71a5';
    return { body: { id: subscriptionId, tenantId, displayName: 'atlas-pe sandbox', state: 'Enabled' } };
  }),
  ...reads('virtualNetworks', ({ world }) => networkResources(world)),
  ...reads(subnets, ({ world }) => azureSubnets(world).map(subnetResource)),
  ...reads('networkSecurityGroups', ({ world }) => securityGroupResources(world)),
  ...reads('privateEndpoints', (view) => visible('AZURE', view).map((each) => endpointResource(view, each))),
  ...reads('networkInterfaces', (view) => visible('AZURE', view).map((each) => interfaceResource(view, each))),
  ...changeRoutes,
  permissionsRead(inGroup),
  permissionsRead(`${inGroup}/providers/${provider}/${subnets}/{name}`),
];

function reads(type: string, all: (view: WorldView) => Resource[]): CloudRoute<AzureRequest>[] {
  const action = `${provider}/${type.replace('/{network}', '')}/read`;
  return [
    cloudRead(`${inSubscription}/providers/${provider}/${type}`, action, (request) => {
      const { root, query } = request;
      const here = all(request);
      const start = Number(query.get('$skiptoken') ?? 0);
      const end = start + 50;
      const path = `${subscriptionId}/providers/${provider}/${type}`;
      const nextLink = `${root}${path}?api-version=${query.get('api-version')}&$skiptoken=${end}`;
      return { body: { value: here.slice(start, end), ...(end < here.length && { nextLink }) } };
    }),
    cloudRead(`${inGroup}/providers/${provider}/${type}/{name}`, action, (request) => {
      const { parts, group } = request;
      const path = `${type.replace('{network}', parts.network ?? '')}/${parts.name}`;
      const found = all(request).find(({ id }) => isSame(id, networkId(group, path)));
      const what = `The Resource '${provider}/${path}' under resource group '${group}' was not found.`;
      ensure(found, 'ResourceNotFound', what, 404);
      return { body: found };
    }),
  ];
}

function permissionsRead(path: string) {
  const type = 'Microsoft.Authorization/permissions';
  return cloudRead(`${path}/providers/${type}`, `${type}/read`, permissionsAnswer);
}
