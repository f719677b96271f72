import { addressIn, contains, parseCidr, sizeOf } from '../aws/cidr.js';
import type { AnswerBody } from '../clouds/cloud.js';
import { tellAtlasOfDelete } from '../linking.js';
import { Refusal } from '../refusal.js';
import type { CloudRoute } from '../rest.js';
import type { WorldView } from '../world.js';
import {
  checkFingerprint,
  checkReady,
  collectionReads,
  findNamed,
  fingerprintOf,
  insert,
  remove,
  resourcesIn,
  setLabels,
} from './collection.js';
import { connectionStatus, serviceAt } from './linking.js';
import { findSubnetwork, networksOf, quotaExceeded } from './network.js';
import { gcpId, operate } from './operations.js';
import { invalidField, notFound } from './refusal.js';
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
import { type GcpResource, isThere, partsOf } from './resources.js';

/* What a private endpoint needs: a reserved internal address, and a forwarding rule from it to a service attachment. */

const addresses = `${inRegion}/addresses`;
const rules = `${inRegion}/forwardingRules`;
const may = (verb: string) => `compute.forwardingRules.${verb}`;

export const endpointRoutes: readonly CloudRoute[] = [
  ...collectionReads('addresses', 'address', (request, { path, readyAt, body }) => {
    const users = usersOf(request, path).map(request.url);
    const status = request.now < readyAt ? 'RESERVING' : users.length > 0 ? 'IN_USE' : 'RESERVED';
    return { status, ...(users.length > 0 && { users }), labelFingerprint: fingerprintOf(body.labels) };
  }),
  gcpChange('POST', addresses, 'compute.addresses.createInternal', reserve),
  gcpChange('POST', `${addresses}/{name}/setLabels`, 'compute.addresses.setLabels', (request) => {
    return setLabels(request, 'addresses');
  }),
  gcpChange('DELETE', `${addresses}/{name}`, 'compute.addresses.deleteInternal', (request) => {
    const { path } = findNamed(request, 'addresses');
    const [user] = usersOf(request, path);
    if (user === undefined) return remove(request, 'addresses', 'delete');
    const what = `The address resource '${path}' is already being used by '${user}'`;
    throw new Refusal(400, 'resourceInUseByAnotherResource', what);
  }),
  ...collectionReads('forwardingRules', 'forwardingRule', (request, rule) => ({
    fingerprint: fingerprintOf(rule.body),
    labelFingerprint: fingerprintOf(rule.body.labels),
    ...(request.now >= rule.readyAt && { pscConnectionStatus: connectionStatus(request, rule) }),
  })),
  gcpChange('POST', rules, may('create'), connect),
  gcpChange('PATCH', `${rules}/{name}`, may('update'), patch),
  gcpChange('POST', `${rules}/{name}/setLabels`, may('setLabels'), (request) => {
    requirePermissions(request.world, request.place, may('pscSetLabels'));
    return setLabels(request, 'forwardingRules');
  }),
  gcpChange('DELETE', `${rules}/{name}`, may('delete'), (request) => {
    const { acceptedBy } = findNamed(request, 'forwardingRules');
    requirePermissions(request.world, request.place, may('pscDelete'), 'servicedirectory.services.delete');
    const { world, operation } = remove(request, 'forwardingRules', 'deleteRegionPscForwardingRule');
    if (!acceptedBy) return { world, operation };
    const { service, endpoint } = acceptedBy;
    return { world: tellAtlasOfDelete(world, 'forwarding rule', endpoint, request.now, service), operation };
  }),
];

/** The paths of the forwarding rules that use an address. They still do so for a moment after they were deleted. */
function usersOf({ world, now }: WorldView, address: string): string[] {
  const users = world.gcp.resources.filter(({ uses }) => uses === address);
  return users.filter((rule) => isThere(rule, now - world.options.gcpLag)).map(({ path }) => path);
}

function reserve(request: GcpRequest) {
  const { world, place } = request;
  const keys = ['name', 'description', 'labels', 'addressType', 'purpose', 'subnetwork', 'address', 'region'];
  const given = { purpose: 'GCE_ENDPOINT', ...bodyOf(request, keys) } as Record<string, unknown>;
  const path = pathIn(request, given, 'subnetwork', 'regions/*/subnetworks/*');
  const subnet = findSubnetwork(world, path)?.body;
  if (!subnet) throw notFound(path);
  const isInternal = /^PRIVATE(_RFC_1918)?$/.test(String(subnet.purpose)) && subnet.stackType !== 'IPV6_ONLY';
  const isHere = partsOf(path).region === partsOf(place).region;
  checkFields(given, {
    addressType: [given.addressType === 'INTERNAL', 'The sandbox has only internal addresses.'],
    purpose: [given.purpose === 'GCE_ENDPOINT', 'The sandbox has only GCE_ENDPOINT.'],
    subnetwork: [isInternal && isHere, 'It has no such addresses in this region.'],
  });
  requirePermissions(world, path, 'compute.subnetworks.use');
  const address = chooseIp(request, path, String(subnet.ipCidrRange), given.address);
  const exhausted = { code: 'IP_SPACE_EXHAUSTED', message: `IP space of '${path}' is exhausted.` };
  return insert(request, 'addresses', 'insert', {
    body: { ...given, subnetwork: path, address },
    failure: quotaExceeded(request, 'INTERNAL_ADDRESSES') ?? (address === undefined ? exhausted : undefined),
  });
}

/** The wanted address, or the first free one. Undefined if there is none. */
function chooseIp({ world, now }: GcpRequest, subnetwork: string, range: string, wanted: unknown): string | undefined {
  const taken = world.gcp.resources.filter((each) => each.body.subnetwork === subnetwork && isThere(each, now));
  const isFree = (ip: unknown) => !taken.some(({ body }) => body.address === ip);
  const cidr = parseCidr(range) ?? { first: 0, bits: 32 };
  // Google reserves the first two and the last two.
  const length = Math.min(sizeOf(cidr) - 4, taken.length + 1);
  if (wanted === undefined) return Array.from({ length }, (_, index) => addressIn(cidr, index + 2)).find(isFree);
  const own = parseCidr(`${wanted}/32`);
  if (own && contains(cidr, own) && isFree(wanted)) return String(wanted);
  throw invalidField('resource.address', wanted, `The address is not in the range ${range}, or it is in use.`);
}

/** Without those of other kinds of rules, such as `ports`, and without labels, which Google refuses here. */
const keys = ['name', 'description', 'target', 'network', 'IPAddress', 'allowPscGlobalAccess', 'noAutomateDnsZone'];

function connect(request: GcpRequest) {
  const { world, place, project } = request;
  const given = bodyOf(request, [...keys, 'loadBalancingScheme', 'region']);
  const { name, description, allowPscGlobalAccess = false, loadBalancingScheme = '' } = given;
  checkFields(given, {
    loadBalancingScheme: [loadBalancingScheme === '', 'Must be empty for PSC.'],
    allowPscGlobalAccess: [typeof allowPscGlobalAccess === 'boolean', 'Must be true or false.'],
  });
  const target = pathIn(request, given, 'target', 'regions/*/serviceAttachments/*');
  if (!serviceAt(request, target)) throw notFound(target);
  const { path: uses, body: address } = readAddress(request, given);
  const usual = { network: `projects/${project}/global/networks/default`, ...given };
  const network = pathIn(request, usual, 'network', 'global/networks/*');
  if (!networksOf(world, partsOf(network).project).includes(network)) throw notFound(network);
  const own = findSubnetwork(world, String(address.subnetwork))?.body.network;
  checkFields(given, {
    target: [partsOf(target).region === partsOf(place).region, 'The service attachment is in another region.'],
    network: [own === network, 'The address is in another network.'],
  });
  requirePermissions(world, network, 'compute.networks.use');
  requirePermissions(world, place, may('pscCreate'), 'compute.addresses.use', 'servicedirectory.services.create');
  checkApi(world, 'servicedirectory', project);

  const [user] = usersOf(request, uses);
  const message = `The address '${uses}' is already being used by '${user}'.`;
  const inUse = user === undefined ? undefined : { code: 'IP_IN_USE_BY_ANOTHER_RESOURCE', message };
  const psc = { allowPscGlobalAccess, pscConnectionId: gcpId(request, 17) };
  const body = { name, description, target, network, IPAddress: address.address, ...psc };
  const failure = inUse ?? quotaExceeded(request, 'PSC_INTERNAL_LB_FORWARDING_RULES');
  return insert(request, 'forwardingRules', 'createRegionPscForwardingRule', { body, uses, failure });
}

/** The reserved address, which is given by its path or as a number. */
function readAddress(request: GcpRequest, given: AnswerBody): GcpResource {
  const all = resourcesIn(request, 'addresses');
  const byNumber = all.find(({ body }) => body.address === given.IPAddress);
  const path = byNumber?.path ?? pathIn(request, given, 'IPAddress', 'regions/*/addresses/*');
  const address = byNumber ?? all.find((each) => each.path === path);
  if (!address) throw notFound(path);
  checkReady(request, address);
  return address;
}

/** Only global access can change in place. */
function patch(request: GcpRequest) {
  const rule = findNamed(request, 'forwardingRules');
  requirePermissions(request.world, rule.path, may('pscUpdate'));
  const given = bodyOf(request, ['allowPscGlobalAccess', 'fingerprint']);
  const { allowPscGlobalAccess, fingerprint = fingerprintOf(rule.body) } = given;
  checkFields(given, { allowPscGlobalAccess: [typeof allowPscGlobalAccess === 'boolean', 'Must be true or false.'] });
  checkFingerprint(fingerprint, rule.body);
  return operate(request, 'patch', { ...rule, body: { ...rule.body, allowPscGlobalAccess } });
}
