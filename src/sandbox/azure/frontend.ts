import { STATUS_CODES } from 'node:http';
import { type CloudRoute, cloudRead, requireToken, visible } from '../collection.js';
import { ensure, type Frontend, type RestRequest, restFrontend, type SandboxOptions } from '../frontend.js';
import { isSame, type WorldView } from '../world.js';
import {
  type AzureRequest,
  azureError,
  azureNetworks,
  azureSubnets,
  checkAllowed,
  endpointsIn,
  findGroup,
  inGroup,
  inSubscription,
  nameInId,
  networkId,
  networkResource,
  permissionsAnswer,
  provider,
  type Resource,
  securityGroupResources,
  subnetResource,
  subscriptionId,
} from './account.js';
import { changeRoutes } from './change-endpoints.js';
import { endpointResource, interfaceResource } from './endpoints.js';
import { networkRoutes } from './networks.js';
import { sandboxAzureTokens, signIn } from './sign-in.js';
import { subscriptionRoutes } from './subscriptions.js';

export function azureFrontend(prefix: string, options: SandboxOptions): Frontend {
  const rest = restFrontend(options, {
    prefix,
    // As recorded.
    type: 'application/json; charset=utf-8',
    authenticate: requireToken(sandboxAzureTokens, 'InvalidAuthenticationToken'),
    routes,
    check,
    errorReply: (refusal) => ({ body: { error: azureError(refusal) } }),
    errorCode: (status) => codes[status] ?? (STATUS_CODES[status] ?? 'Error').replaceAll(' ', ''),
  });
  return {
    ...rest,
    admit: async (arrival) => {
      const carryOut = signIn(arrival);
      return carryOut ? { carryOut } : rest.admit(arrival);
    },
  };
}

const codes: Readonly<Record<number, string>> = { 401: 'InvalidAuthenticationToken', 403: 'AuthorizationFailed' };

function check(request: RestRequest, { action }: CloudRoute<AzureRequest>) {
  const { world, query } = request;
  const version = query.get('api-version') ?? '';
  const isDate = /^20\d\d-[01]\d-[0-3]\d(?:-preview)?$/.test(version);
  ensure(isDate, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
  const group = findGroup(request);
  checkAllowed(world, action, subscriptionId);
  // Only the routes of subscriptions and tenants have none, and they read none.
  return { ...request, group: group ?? '', version };
}

const subnets = 'virtualNetworks/{network}/subnets';
const visibleEndpoints = (view: WorldView) => endpointsIn(visible('AZURE', view));

const routes: readonly CloudRoute<AzureRequest>[] = [
  ...subscriptionRoutes,
  // A private endpoint here has no DNS zones.
  ...reads('privateEndpoints/{network}/privateDnsZoneGroups', () => []),
  ...reads('virtualNetworks', (view) => azureNetworks(view).map(networkResource)),
  ...reads(subnets, (view) => azureSubnets(view).map(subnetResource)),
  ...reads('networkSecurityGroups', securityGroupResources),
  ...reads('privateEndpoints', (view) => visibleEndpoints(view).map((each) => endpointResource(view, each))),
  ...reads('networkInterfaces', (view) => visibleEndpoints(view).map((each) => interfaceResource(view, each))),
  ...changeRoutes,
  ...networkRoutes,
  permissionsRead(inGroup),
  permissionsRead(`${inGroup}/providers/${provider}/${subnets}/{name}`),
];

function reads(type: string, all: (view: WorldView) => Resource[]): CloudRoute<AzureRequest>[] {
  const action = `${provider}/${type.replace('/{network}', '')}/read`;
  const idOf = ({ parts, group }: AzureRequest) => networkId(group, type.replace('{network}', parts.network ?? ''));
  const list = (scope: string, isHere: (request: AzureRequest, id: string) => boolean) =>
    cloudRead(`${scope}/providers/${provider}/${type}`, action, (request: AzureRequest) => {
      const { root, path, query } = request;
      const here = all(request).filter(({ id }) => isHere(request, id));
      const start = Number(query.get('$skiptoken') ?? 0);
      const end = start + 50;
      const nextLink = `${root}${path}?api-version=${query.get('api-version')}&$skiptoken=${end}`;
      return { body: { value: here.slice(start, end), ...(end < here.length && { nextLink }) } };
    });
  return [
    list(inSubscription, ({ parts }, id) => isSame(id.split('/')[2] ?? '', `${parts.subscription}`)),
    list(inGroup, (request, id) => id.toLowerCase().startsWith(`${idOf(request).toLowerCase()}/`)),
    cloudRead(`${inGroup}/providers/${provider}/${type}/{name}`, action, (request) => {
      const id = `${idOf(request)}/${request.parts.name}`;
      const found = all(request).find((each) => isSame(each.id, id));
      const what = `The Resource '${id.replace(/^.*providers./, '')}' under resource group '${nameInId(request.group)}' was not found.`;
      ensure(found, 'ResourceNotFound', what, 404);
      return { body: found };
    }),
  ];
}

function permissionsRead(path: string) {
  const type = 'Microsoft.Authorization/permissions';
  return cloudRead(`${path}/providers/${type}`, `${type}/read`, permissionsAnswer);
}
