import { tellAtlasOfDelete } from '../linking.js';
import type { CloudRoute } from '../rest.js';
import { usersOf } from './addresses.js';
import { checkFingerprint, deleteGcp, findGcp, fingerprintOf, gcpReads, insertGcp, setGcpLabels } from './changes.js';
import { createdOnes } from './collection.js';
import { connectionStatus, serviceAt } from './linking.js';
import { findSubnetwork, networksOf } from './network.js';
import { gcpId, operate } from './operations.js';
import { quotaExceeded } from './project.js';
import { notFound, notReady } from './refusal.js';
import {
  bodyOf,
  checkApi,
  checkFields,
  type GcpRequest,
  gcpChange,
  inRegion,
  pathIn,
  requirePermissions,
} from './request.js';
import { type GcpBody, partsOf } from './resources.js';

/* Forwarding rules to service attachments. */

const rules = `${inRegion}/forwardingRules`;
const may = (verb: string) => `compute.forwardingRules.${verb}`;

export const forwardingRuleRoutes: readonly CloudRoute[] = [
  ...gcpReads('forwardingRules', 'forwardingRule', (request, rule) => ({
    fingerprint: fingerprintOf(rule.body),
    ...(request.now >= rule.readyAt && { pscConnectionStatus: connectionStatus(request, rule) }),
  })),
  gcpChange('POST', rules, may('create'), insert),
  gcpChange('PATCH', `${rules}/{name}`, may('update'), patch),
  gcpChange('POST', `${rules}/{name}/setLabels`, may('setLabels'), (request) => {
    requirePermissions(request.world, request.place, may('pscSetLabels'));
    return setGcpLabels(request, 'forwardingRules');
  }),
  gcpChange('DELETE', `${rules}/{name}`, may('delete'), (request) => {
    const { acceptedBy } = findGcp(request, 'forwardingRules');
    requirePermissions(request.world, request.place, may('pscDelete'), 'servicedirectory.services.delete');
    const { world, operation } = deleteGcp(request, 'forwardingRules', 'deleteRegionPscForwardingRule');
    if (!acceptedBy) return { world, operation };
    const { service, endpoint } = acceptedBy;
    return { world: tellAtlasOfDelete(world, 'forwarding rule', endpoint, request.now, service), operation };
  }),
];

/** The keys of other forwarding rules, which Google refuses for this kind. */
const others = ['labels', 'subnetwork', 'IPProtocol', 'ports', 'portRange', 'allPorts', 'backendService'];
const keys = ['name', 'description', 'target', 'network', 'IPAddress', 'allowPscGlobalAccess', 'noAutomateDnsZone'];

function insert(request: GcpRequest) {
  const { world, place, project } = request;
  const given = bodyOf(request, [...keys, 'loadBalancingScheme', 'region', ...others]);
  const { name, description, allowPscGlobalAccess = false, loadBalancingScheme = '' } = given;
  const notAllowed = others.map((key) => [key, [given[key] === undefined, 'Cannot be set in a create for PSC.']]);
  checkFields(given, {
    ...Object.fromEntries(notAllowed),
    loadBalancingScheme: [loadBalancingScheme === '', 'Must be empty for PSC.'],
    allowPscGlobalAccess: [typeof allowPscGlobalAccess === 'boolean', 'Must be true or false.'],
  });
  const target = pathIn(request, given, 'target', 'regions/*/serviceAttachments/*');
  if (!serviceAt(request, target)) throw notFound(target);
  const address = readAddress(request, given);
  const usual = { network: `projects/${project}/global/networks/default`, ...given };
  const network = pathIn(request, usual, 'network', 'global/networks/*');
  if (!networksOf(world, network.split('/')[1] ?? '').includes(network)) throw notFound(network);
  const own = findSubnetwork(world, address.body.subnetwork)?.body.network;
  checkFields(given, {
    target: [partsOf(target).region === partsOf(place).region, 'The service attachment is in another region.'],
    network: [own === network, 'The address is in another network.'],
  });
  requirePermissions(world, network, 'compute.networks.use');
  requirePermissions(world, place, may('pscCreate'), 'compute.addresses.use', 'servicedirectory.services.create');
  checkApi(world, 'servicedirectory', project);

  const [user] = usersOf(request, address.path);
  const message = `The address '${address.path}' is already being used by '${user}'.`;
  const inUse = user === undefined ? undefined : { code: 'IP_IN_USE_BY_ANOTHER_RESOURCE', message };
  const made = { name, description, target, network, allowPscGlobalAccess, IPAddress: address.body.address };
  const psc = {
    pscConnectionId: gcpId(request, 17),
    serviceDirectoryRegistrations: [{ namespace: 'goog-psc-default' }],
  };
  return insertGcp(request, 'forwardingRules', 'createRegionPscForwardingRule', {
    body: { ...made, ...psc } as GcpBody,
    uses: address.path,
    failure: inUse ?? quotaExceeded(request, 'PSC_INTERNAL_LB_FORWARDING_RULES'),
  });
}

/** The reserved address, which is given by its path or as a number. */
function readAddress(request: GcpRequest, given: Record<string, unknown>) {
  const all = createdOnes(request, 'addresses');
  const byNumber = all.find(({ body }) => body.address === given.IPAddress);
  const path = byNumber?.path ?? pathIn(request, given, 'IPAddress', 'regions/*/addresses/*');
  const address = byNumber ?? all.find((each) => each.path === path);
  if (!address) throw notFound(path);
  if (request.now < address.readyAt || address.goneAt !== null) throw notReady(path);
  return address;
}

/** Only global access can change in place. */
function patch(request: GcpRequest) {
  const rule = findGcp(request, 'forwardingRules');
  requirePermissions(request.world, rule.path, may('pscUpdate'));
  const given: GcpBody = bodyOf(request, ['allowPscGlobalAccess', 'fingerprint']);
  const { allowPscGlobalAccess, fingerprint = fingerprintOf(rule.body) } = given;
  checkFields(given, { allowPscGlobalAccess: [typeof allowPscGlobalAccess === 'boolean', 'Must be true or false.'] });
  checkFingerprint(fingerprint, rule.body);
  return operate(request, 'patch', { ...rule, body: { ...rule.body, allowPscGlobalAccess } as GcpBody });
}
