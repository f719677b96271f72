import { texts } from '../../base/json.js';
import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { CloudRoute } from '../rest.js';
import { aggregatedAnswer, aggregatedNames, listAnswer, listNames } from './lists.js';
import { findSubnetwork, networksOf, type Subnetwork, subnetworkAnswer, subnetworksOf } from './network.js';
import { operationAnswer } from './operations.js';
import { quotasAnswer } from './quotas.js';
import { invalidField, notFound } from './refusal.js';
import { bodyOf, type GcpRequest, gcpRead, inProject, inRegion } from './request.js';
import { gcpUrl } from './resources.js';

/* What can only be read: projects and regions, their quotas, networks, operations and the user's permissions. */

const listSubnets = 'compute.subnetworks.list';
const readOperations = 'compute.regionOperations.get';

export const projectRoutesOfGcp: readonly CloudRoute[] = [
  gcpRead(inProject, 'compute.projects.get', (request) => ({
    kind: 'compute#project',
    name: request.project,
    quotas: quotasAnswer(request),
    selfLink: gcpUrl(request, `projects/${request.project}`),
  })),
  gcpRead(inRegion, 'compute.regions.get', (request) => ({
    kind: 'compute#region',
    name: request.region,
    status: 'UP',
    quotas: quotasAnswer(request),
    selfLink: gcpUrl(request, `projects/${request.project}/regions/${request.region}`),
  })),
  gcpRead(`${inProject}/getXpnHost`, 'compute.projects.get', (request) => {
    const { hostProject = request.project } = request.world.options.gcp;
    if (hostProject === request.project) return {};
    return { kind: 'compute#project', name: hostProject, selfLink: gcpUrl(request, `projects/${hostProject}`) };
  }),

  gcpRead(
    `${inRegion}/subnetworks`,
    listSubnets,
    (request) => {
      const here = subnetworksOf(request.world, request.project).filter(({ region }) => region === request.region);
      return listAnswer(request, 'subnetworkList', here.map(asAnswer(request)));
    },
    listNames,
  ),
  gcpRead(
    `${inProject}/aggregated/subnetworks`,
    listSubnets,
    (request) => {
      const all = subnetworksOf(request.world, request.project).map(asAnswer(request));
      return aggregatedAnswer(request, 'subnetworkAggregatedList', 'subnetworks', all, knownRegions('GCP'));
    },
    aggregatedNames,
  ),
  gcpRead(
    `${inProject}/aggregated/subnetworks/listUsable`,
    listSubnets,
    (request) => {
      const all = subnetworksOf(request.world, request.project).map((subnet) => ({
        subnetwork: gcpUrl(request, subnet.path),
        network: gcpUrl(request, subnet.network),
        ipCidrRange: subnet.range,
        purpose: subnet.purpose,
        stackType: subnet.stackType,
      }));
      return listAnswer(request, 'usableSubnetworksAggregatedList', all);
    },
    aggregatedNames,
  ),
  gcpRead(`${inRegion}/subnetworks/{name}`, 'compute.subnetworks.get', (request) =>
    asAnswer(request)(namedSubnetwork(request)),
  ),
  gcpRead(
    `${inRegion}/subnetworks/{name}/testIamPermissions`,
    'compute.subnetworks.testIamPermissions',
    (request) => {
      namedSubnetwork(request);
      return grantedOf(request, /^compute\.subnetworks\./);
    },
    [],
    'POST',
  ),
  gcpRead(
    '/v3/projects/{project}:testIamPermissions',
    'resourcemanager.projects.testIamPermissions',
    (request) => grantedOf(request, /^[a-z]+\.\w+\.\w+$/),
    [],
    'POST',
  ),
  gcpRead(
    `${inProject}/global/networks/{name}/getEffectiveFirewalls`,
    'compute.networks.getEffectiveFirewalls',
    (request) => {
      const path = `projects/${request.project}/global/networks/${request.parts.name}`;
      if (!networksOf(request.world, request.project).includes(path)) throw notFound(path);
      const own = { kind: 'compute#firewall', network: gcpUrl(request, path) };
      return { firewalls: (request.world.options.gcp.firewalls ?? []).map((rule) => ({ ...own, ...rule })) };
    },
  ),

  gcpRead(`${inRegion}/operations/{name}`, readOperations, readOperation),
  // The real one waits for up to two minutes, but may return before the operation is done. This one returns at once.
  gcpRead(`${inRegion}/operations/{name}/wait`, readOperations, readOperation, [], 'POST'),
];

const asAnswer = (request: GcpRequest) => (subnet: Subnetwork) =>
  subnetworkAnswer(subnet, (path) => gcpUrl(request, path));

function namedSubnetwork({ world, project, region, parts }: GcpRequest): Subnetwork {
  const path = `projects/${project}/regions/${region}/subnetworks/${parts.name}`;
  const found = findSubnetwork(world, path);
  if (found) return found;
  throw notFound(path);
}

/** Which of the permissions in the body the user has. */
function grantedOf(request: GcpRequest, shape: RegExp): AnswerBody {
  const { permissions } = bodyOf(request, ['permissions']);
  const all = texts(permissions);
  const wrong = all.find((each) => !shape.test(each));
  if (all.length === 0 || all.length > 100 || wrong !== undefined)
    throw invalidField('permissions', wrong ?? permissions, 'Permissions are not valid for this resource.');
  const granted = all.filter((each) => !request.world.options.gcp.without?.includes(each));
  return granted.length > 0 ? { permissions: granted } : {};
}

function readOperation(request: GcpRequest): AnswerBody {
  const { world, project, region, parts } = request;
  const found = world.gcp.operations.find(
    (each) => each.project === project && each.region === region && [each.name, each.id].includes(parts.name ?? ''),
  );
  if (found) return operationAnswer(request, found);
  throw notFound(`projects/${project}/regions/${region}/operations/${parts.name}`);
}
