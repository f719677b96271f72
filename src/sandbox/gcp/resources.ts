import { freeAddress, isWithin } from '../../base/cidr.js';
import { existing } from '../collection.js';
import { ensure } from '../frontend.js';
import type { WorldView } from '../world.js';
import { findSubnetwork, gcpNetworks, partsOf, quotaExceeded, usualNetwork } from './account.js';
import { type Collection, checkReady, resourcesIn } from './collection.js';
import { connectionStatus, serviceAt } from './linking.js';
import { bodyOf, checkApi, checkField, checkKeys, ensureFound, pathIn, requirePermissions } from './request.js';

/* Networks and subnets. Neither their keys are checked, nor whether one that is deleted is used. */

/** Those of the sandbox itself, or of the faults file, stay. */
const checkDelete: Collection['checkDelete'] = (_, { path, createdAt }) =>
  ensure(createdAt > 0, 'invalid', `The sandbox keeps '${path}', with which it began.`);

export const networks: Collection = {
  name: 'networks',
  isGlobal: true,
  create: (request) => ({ body: { ...usualNetwork, ...bodyOf(request) } }),
  checkDelete,
};

export const subnetworks: Collection = {
  name: 'subnetworks',
  status: (_, { body: { ipCidrRange, privateIpGoogleAccess = false } }) => {
    const gatewayAddress = freeAddress(String(ipCidrRange), 1, 1, []);
    return { gatewayAddress, privateIpGoogleAccess, fingerprint: 'AAAA' };
  },
  create: (request) => {
    const given = bodyOf(request);
    const network = pathIn(given, 'network', 'global/networks/*');
    const all = gcpNetworks(request.world, partsOf(network).project);
    const found = all.find(({ path }) => path === network);
    ensureFound(found, network);
    return { body: { purpose: 'PRIVATE', stackType: 'IPV4_ONLY', ...given, network } };
  },
  checkDelete,
};

export const addresses: Collection = {
  name: 'addresses',
  hasLabels: true,
  suffix: 'Internal',
  status: (request, { path, readyAt }) => {
    const users = usersOf(request, path);
    const usage = users.length > 0 ? 'IN_USE' : 'RESERVED';
    const status = request.now < readyAt ? 'RESERVING' : usage;
    return { status, networkTier: 'PREMIUM', ...(users.length > 0 && { users }) };
  },
  create: (request) => {
    const { world, place } = request;
    const given = bodyOf(request);
    checkKeys(given, 'name description region labels addressType purpose subnetwork address networkTier ipVersion');
    const { addressType, purpose = 'GCE_ENDPOINT' } = given;
    const subnetwork = pathIn(given, 'subnetwork', 'regions/*/subnetworks/*');
    const subnet = findSubnetwork(world, subnetwork)?.body;
    ensureFound(subnet, subnetwork);
    const isInternal = /^PRIVATE(_RFC_1918)?$/.test(String(subnet.purpose)) && subnet.stackType !== 'IPV6_ONLY';
    const isHere = partsOf(subnetwork).region === partsOf(place).region;
    checkField(given, 'addressType', addressType === 'INTERNAL', 'The sandbox has only internal addresses.');
    checkField(given, 'purpose', purpose === 'GCE_ENDPOINT', 'The sandbox has only GCE_ENDPOINT.');
    checkField(given, 'subnetwork', isInternal && isHere, 'It has no such addresses in this region.');
    requirePermissions(world, subnetwork, 'compute.subnetworks.use');
    const others = existing('GCP', request).filter(({ body }) => body.subnetwork === subnetwork);
    const taken = others.map(({ body }) => body.address);
    const free = freeAddress(String(subnet.ipCidrRange), 2, 2, taken);
    const address = given.address ?? free;
    const isFree = isWithin(String(address), String(subnet.ipCidrRange)) && !taken.includes(address);
    const isFine = given.address === undefined || isFree;
    checkField(given, 'address', isFine, 'It is not a free address of the subnetwork.');
    const exhausted = { code: 'IP_SPACE_EXHAUSTED', message: `IP space of '${subnetwork}' is exhausted.` };
    const failure = address === undefined ? exhausted : quotaExceeded(request, place, 'INTERNAL_ADDRESSES');
    return { body: { ...given, purpose, subnetwork, address }, failure };
  },
  checkDelete: (request, { path }) => {
    const [user] = usersOf(request, path);
    const what = `The address resource '${path}' is already being used by '${user}'`;
    ensure(user === undefined, 'resourceInUseByAnotherResource', what);
  },
};

const may = (verb: string) => `compute.forwardingRules.${verb}`;

/** Without labels, which Google refuses here. */
const keys = 'region name description target network IPAddress allowPscGlobalAccess noAutomateDnsZone';

export const forwardingRules: Collection = {
  name: 'forwardingRules',
  hasLabels: true,
  status: (request, rule) => {
    const usual = { IPProtocol: 'TCP', networkTier: 'PREMIUM', fingerprint: 'AAAA', pscConnectionId: rule.id };
    // Guess: it has no IP address while it is created.
    if (request.now < rule.readyAt) return { ...usual, IPAddress: undefined };
    const pscConnectionStatus = connectionStatus(request, rule);
    // Recorded: a new rule has no status. Guess: when it gets which.
    const isNew = pscConnectionStatus === 'PENDING' && !rule.acceptedBy;
    return isNew ? usual : { ...usual, pscConnectionStatus };
  },
  create: (request) => {
    const { world, place, project } = request;
    const given = bodyOf(request);
    checkKeys(given, keys);
    const { name, description, allowPscGlobalAccess = false } = given;
    const target = pathIn(given, 'target', 'regions/*/serviceAttachments/*');
    ensureFound(serviceAt(request, target), target);
    const uses = pathIn(given, 'IPAddress', 'regions/*/addresses/*');
    const address = resourcesIn(request, 'addresses').find(({ path }) => path === uses);
    ensureFound(address, uses);
    checkReady(request, address);
    const usual = { network: `projects/${project}/global/networks/default`, ...given };
    const network = pathIn(usual, 'network', 'global/networks/*');
    const own = findSubnetwork(world, String(address.body.subnetwork))?.body.network;
    const isHere = partsOf(target).region === partsOf(place).region;
    checkField(given, 'target', isHere, 'The service attachment is in another region.');
    checkField(given, 'network', own === network, 'The address is not in this network.');
    requirePermissions(world, network, 'compute.networks.use');
    // Guess: no network here has a default for Service Directory, so that its permissions are not needed.
    requirePermissions(world, place, may('pscCreate'), 'compute.addresses.use');
    // Google's guide asks for this API.
    checkApi(world, 'servicedirectory', project);

    const [user] = usersOf(request, uses);
    const message = `The address '${uses}' is already being used by '${user}'.`;
    const inUse = user === undefined ? undefined : { code: 'IP_IN_USE_BY_ANOTHER_RESOURCE', message };
    const failure = inUse ?? quotaExceeded(request, `projects/${project}`, 'PSC_INTERNAL_LB_FORWARDING_RULES');
    const { address: IPAddress, subnetwork } = address.body;
    // Guess: it has the subnetwork of its address. It was recorded once with one, which the request named, and once without.
    const body = { name, description, target, network, subnetwork, IPAddress, allowPscGlobalAccess };
    return { body, uses, failure };
  },
  update: (request, { body }) => {
    const given = bodyOf(request);
    // gcloud sends the fingerprint that it has read.
    checkKeys(given, 'name allowPscGlobalAccess fingerprint');
    const { allowPscGlobalAccess = body.allowPscGlobalAccess } = given;
    // Guess: which permission this needs.
    requirePermissions(request.world, request.place, may('pscUpdate'));
    return { ...body, allowPscGlobalAccess };
  },
  checkDelete: ({ world, place }) => requirePermissions(world, place, may('pscDelete')),
};

/** The paths of the forwarding rules that use an address. They still do so for a moment after they were deleted. */
function usersOf({ world, now }: WorldView, address: string) {
  const rules = existing('GCP', { world, now: now - world.options.gcpLag });
  return rules.filter(({ uses }) => uses === address).map(({ path }) => path);
}
