import { texts } from '../../base/json.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { Frontend, SandboxOptions } from '../frontend.js';
import { type CloudRoute, restFrontend } from '../rest.js';
import { collectionReads, findNamed, pageOfItems, resourcesIn } from './collection.js';
import { endpointRoutes } from './endpoints.js';
import { networksOf, quotaOf, sandboxGcpToken } from './network.js';
import { operationAnswer } from './operations.js';
import { gcpErrorBody, invalidField, notFound, reasonOfStatus } from './refusal.js';
import { bodyOf, type GcpRequest, gcpRead, inProject, inRegion } from './request.js';

/** Compute Engine v1 and Resource Manager v3, as far as private endpoints need them. */
export function gcpFrontend(options: SandboxOptions): Frontend {
  return restFrontend(options, {
    prefix: '/gcp',
    token: sandboxGcpToken,
    routes: [...reads, ...endpointRoutes],
    errorBody: gcpErrorBody,
    errorCode: reasonOfStatus,
    refusals: { credentials: { status: 401, code: 'authError' }, route: { status: 404, code: 'notFound' } },
  });
}

/** What can only be read. */
const reads: readonly CloudRoute[] = [
  quotaRead(inProject, 'projects', 'PSC_INTERNAL_LB_FORWARDING_RULES'),
  quotaRead(inRegion, 'regions', 'INTERNAL_ADDRESSES'),
  gcpRead('GET', `${inProject}/getXpnHost`, 'compute.projects.get', ({ project, world, url }) => {
    const { hostProject: name = project } = world.options.gcp;
    return name === project ? {} : { kind: 'compute#project', name, selfLink: url(`projects/${name}`) };
  }),
  gcpRead('GET', `${inProject}/aggregated/subnetworks/listUsable`, 'compute.subnetworks.list', (request) => {
    const usable = resourcesIn(request, 'subnetworks').map(({ path, body }) => {
      const { network, ipCidrRange, purpose, stackType } = body;
      return { subnetwork: request.url(path), network: request.url(String(network)), ipCidrRange, purpose, stackType };
    });
    return { kind: 'compute#usableSubnetworksAggregatedList', ...pageOfItems(request, usable) };
  }),
  ...collectionReads('subnetworks', 'subnetwork', () => ({})),
  gcpRead(
    'POST',
    `${inRegion}/subnetworks/{name}/testIamPermissions`,
    'compute.subnetworks.testIamPermissions',
    (request) => {
      findNamed(request, 'subnetworks');
      return grantedOf(request, /^compute\.subnetworks\.\w+$/);
    },
  ),
  gcpRead(
    'POST',
    '/v3/projects/{project}:testIamPermissions',
    'resourcemanager.projects.testIamPermissions',
    (request) => grantedOf(request, /^\w+\.\w+\.\w+$/),
  ),
  gcpRead(
    'GET',
    `${inProject}/global/networks/{name}/getEffectiveFirewalls`,
    'compute.networks.getEffectiveFirewalls',
    ({ place, parts, world, project, url }) => {
      const path = `${place}/global/networks/${parts.name}`;
      if (!networksOf(world, project).includes(path)) throw notFound(path);
      const { firewalls = [], firewallPolicies: firewallPolicys = [] } = world.options.gcp;
      return { firewalls: firewalls.map((rule) => ({ network: url(path), ...rule })), firewallPolicys };
    },
  ),
  gcpRead('GET', `${inRegion}/operations/{name}`, 'compute.regionOperations.get', readOperation),
  // The real one waits up to two minutes, but may return before the operation is done. This one returns at once.
  gcpRead('POST', `${inRegion}/operations/{name}/wait`, 'compute.regionOperations.get', readOperation),
];

/** A project or a region. Only its quotas matter. */
function quotaRead(path: string, collection: string, metric: Parameters<typeof quotaOf>[1]): CloudRoute {
  return gcpRead('GET', path, `compute.${collection}.get`, (request) => {
    const { project, parts, place, url } = request;
    return { name: parts.region ?? project, quotas: [quotaOf(request, metric)], selfLink: url(place) };
  });
}

/** Which of the permissions in the body the user has. */
function grantedOf(request: GcpRequest, shape: RegExp): AnswerBody {
  const { permissions } = bodyOf(request, ['permissions']);
  const all = texts(permissions);
  if (all.length === 0 || all.length > 100 || !all.every((each) => shape.test(each)))
    throw invalidField('permissions', permissions, 'They are not permissions of this resource.');
  const granted = all.filter((each) => !request.world.options.gcp.without?.includes(each));
  return granted.length > 0 ? { permissions: granted } : {};
}

function readOperation(request: GcpRequest): AnswerBody {
  const path = `${request.place}/operations/${request.parts.name}`;
  const found = request.world.gcp.operations.find((each) => each.path === path);
  if (found) return operationAnswer(request, found);
  throw notFound(path);
}
