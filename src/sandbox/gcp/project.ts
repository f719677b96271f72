import { texts } from '../../base/json.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { CloudRoute } from '../rest.js';
import { collectionReads, findNamed, pageOfItems } from './collection.js';
import { networksOf, subnetworksOf } from './network.js';
import { operationAnswer } from './operations.js';
import { invalidField, notFound } from './refusal.js';
import { bodyOf, type GcpRequest, gcpRead, inProject, inRegion } from './request.js';
import { isThere, type OperationError } from './resources.js';

/* What can only be read: projects, regions, networks, operations, and the permissions of the user. */

const subnetworks = ({ world, project }: GcpRequest) => subnetworksOf(world, project);
const readOperation = (request: GcpRequest) =>
  operationAnswer(request, findNamed(request, 'operations', request.world.gcp.operations));

export const gcpProjectRoutes: readonly CloudRoute[] = [
  gcpRead('GET', inProject, 'compute.projects.get', (request) => {
    const quotas = [quotaOf(request, 'PSC_INTERNAL_LB_FORWARDING_RULES')];
    return { kind: 'compute#project', name: request.project, quotas, selfLink: request.url(request.place) };
  }),
  gcpRead('GET', inRegion, 'compute.regions.get', (request) => {
    const quotas = [quotaOf(request, 'INTERNAL_ADDRESSES')];
    return { kind: 'compute#region', name: request.parts.region, quotas, selfLink: request.url(request.place) };
  }),
  gcpRead('GET', `${inProject}/getXpnHost`, 'compute.projects.get', ({ project, world, url }) => {
    const { hostProject: name = project } = world.options.gcp;
    return name === project ? {} : { kind: 'compute#project', name, selfLink: url(`projects/${name}`) };
  }),
  gcpRead('GET', `${inProject}/aggregated/subnetworks/listUsable`, 'compute.subnetworks.list', (request) => {
    const usable = subnetworks(request).map(({ path, body }) => {
      const { network = '', ipCidrRange, purpose, stackType } = body;
      return { subnetwork: request.url(path), network: request.url(network), ipCidrRange, purpose, stackType };
    });
    return { kind: 'compute#usableSubnetworksAggregatedList', ...pageOfItems(request, usable) };
  }),
  ...collectionReads({ name: 'subnetworks', kind: 'subnetwork', all: subnetworks }),
  gcpRead(
    'POST',
    `${inRegion}/subnetworks/{name}/testIamPermissions`,
    'compute.subnetworks.testIamPermissions',
    (request) => {
      findNamed(request, 'subnetworks', subnetworks(request));
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

/** Which of the permissions in the body the user has. */
function grantedOf(request: GcpRequest, shape: RegExp): AnswerBody {
  const { permissions } = bodyOf(request, ['permissions']);
  const all = texts(permissions);
  if (all.length === 0 || all.length > 100 || !all.every((each) => shape.test(each)))
    throw invalidField('permissions', permissions, 'They are not permissions of this resource.');
  const granted = all.filter((each) => !request.world.options.gcp.without?.includes(each));
  return granted.length > 0 ? { permissions: granted } : {};
}

/** The quotas that concern private endpoints: their usual limits, and what they count in which place. */
const metrics = {
  INTERNAL_ADDRESSES: { usual: 175, counts: /^(projects\/[^/]+\/regions\/[^/]+)\/addresses\// },
  PSC_INTERNAL_LB_FORWARDING_RULES: { usual: 20, counts: /^(projects\/[^/]+)\/.*\/forwardingRules\// },
} as const;

function quotaOf({ world, now, place }: GcpRequest, metric: keyof typeof metrics) {
  const { usual, counts } = metrics[metric];
  const isCounted = (path: string) => `${place}/`.startsWith(`${counts.exec(path)?.[1]}/`);
  const usage = world.gcp.resources.filter((each) => isCounted(each.path) && isThere(each, now)).length;
  return { metric, limit: world.options.gcp.quotas?.[metric] ?? usual, usage };
}

/** Why one more can't be created. */
export function quotaExceeded(request: GcpRequest, metric: keyof typeof metrics): OperationError | undefined {
  const { limit, usage } = quotaOf(request, metric);
  if (usage < limit) return undefined;
  const message = `Quota '${metric}' exceeded. Limit: ${limit}`;
  const metricName = `compute.googleapis.com/${metric.toLowerCase()}`;
  const quotaInfo = { metricName, limitName: metric, limit, dimensions: { region: request.parts.region } };
  return { code: 'QUOTA_EXCEEDED', message, errorDetails: [{ quotaInfo }] };
}
