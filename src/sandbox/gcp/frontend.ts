import { texts } from '../../base/json.js';
import { type CloudRoute, hasPermission, requireToken } from '../collection.js';
import { type Frontend, restFrontend, type SandboxOptions } from '../frontend.js';
import { quotaOf, sandboxGcpToken } from './account.js';
import { collectionRoutes, readOperation, resourcesIn } from './collection.js';
import { addresses, forwardingRules } from './endpoints.js';
import { networks, subnetworks } from './networks.js';
import {
  bodyOf,
  checkGcpRequest,
  type GcpRequest,
  gcpRead,
  inGlobal,
  inProject,
  inRegion,
  selected,
} from './request.js';

export function gcpFrontend(prefix: string, options: SandboxOptions): Frontend {
  return restFrontend(options, {
    prefix,
    authenticate: requireToken([sandboxGcpToken], reasonOfStatus(401)),
    routes: [...reads, ...[networks, subnetworks, addresses, forwardingRules].flatMap(collectionRoutes)],
    check: checkGcpRequest,
    errorReply: ({ status: code, errorCode, message, more }) => {
      const reason = errorCode === 'INVALID_JSON' ? 'parseError' : errorCode;
      const errors = [{ message, domain: 'global', reason }];
      return { body: { error: { code, message, errors, ...more } } };
    },
    errorCode: reasonOfStatus,
  });
}

const reasons: Readonly<Record<number, string>> = {
  401: 'authError',
  403: 'forbidden',
  404: 'notFound',
  409: 'alreadyExists',
  412: 'conditionNotMet',
  429: 'rateLimitExceeded',
  501: 'notImplemented',
};

function reasonOfStatus(status: number) {
  return reasons[status] ?? (status < 500 ? 'invalid' : 'backendError');
}

const reads: readonly CloudRoute<GcpRequest>[] = [
  gcpRead(inProject, 'compute.projects.get', (request) => {
    return { quotas: [quotaOf(request, request.place, 'PSC_INTERNAL_LB_FORWARDING_RULES')] };
  }),
  gcpRead(inRegion, 'compute.regions.get', (request) => {
    return { quotas: [quotaOf(request, request.place, 'INTERNAL_ADDRESSES')] };
  }),
  gcpRead(`${inProject}/getXpnHost`, 'compute.projects.get', ({ project, world }) => {
    const { hostProject: name = project } = world.options.gcp;
    return name === project ? {} : { name };
  }),
  gcpRead(`${inProject}/aggregated/subnetworks/listUsable`, 'compute.subnetworks.list', (request) => {
    const all = resourcesIn(request, 'subnetworks').map(({ path, body }) => ({ subnetwork: path, ...body }));
    return { items: selected(request, all) };
  }),
  permissionsRead(`${inRegion}/subnetworks/{name}/testIamPermissions`, 'compute.subnetworks'),
  permissionsRead('/v3/projects/{project}:testIamPermissions', 'resourcemanager.projects'),
  gcpRead(
    `${inProject}/global/networks/{name}/getEffectiveFirewalls`,
    'compute.networks.getEffectiveFirewalls',
    ({ world }) => {
      const { firewalls = [], firewallPolicies: firewallPolicys = [] } = world.options.gcp;
      return { firewalls, firewallPolicys };
    },
  ),
  ...[inRegion, inGlobal].flatMap((place) => {
    const action = `compute.${place === inRegion ? 'region' : 'global'}Operations.get`;
    return [
      gcpRead(`${place}/operations/{name}`, action, readOperation),
      gcpRead(`${place}/operations/{name}/wait`, action, readOperation, 'POST'),
    ];
  }),
];

function permissionsRead(path: string, resource: string) {
  const test = (request: GcpRequest) => {
    const { permissions } = bodyOf(request, 'TestPermissionsRequest');
    const granted = texts(permissions).filter((each) => hasPermission(request.world.options.gcp.without, each));
    return granted.length > 0 ? { permissions: granted } : {};
  };
  return gcpRead(path, `${resource}.testIamPermissions`, test, 'POST');
}
