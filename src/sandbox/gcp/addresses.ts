import { knownRegions } from '../../clouds/regions.js';
import { addressIn, parseCidr, sizeOf } from '../aws/cidr.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { CloudRoute } from '../rest.js';
import type { World, WorldView } from '../world.js';
import { findGcp, insertError, isListed, readLabels, removeGcp, setLabels } from './collection.js';
import { aggregatedAnswer, aggregatedNames, listAnswer, listNames } from './lists.js';
import { findSubnetwork, type Subnetwork } from './network.js';
import { operationMs, startOperation } from './operations.js';
import { checkQuota } from './quotas.js';
import { GcpRefusal, invalidField, notFound } from './refusal.js';
import {
  bodyOf,
  type GcpRequest,
  gcpChange,
  gcpRead,
  inProject,
  inRegion,
  pathIn,
  readNamed,
  requirePermissions,
} from './request.js';
import { fingerprintOf, gcpId, gcpPath, gcpUrl, isThere, type StoredAddress, withGcp } from './resources.js';

/* Reserved internal addresses. */

export const addressRoutes: readonly CloudRoute[] = [
  gcpRead(
    `${inRegion}/addresses`,
    'compute.addresses.list',
    (request) => listAnswer(request, 'addressList', answers(request, request.region)),
    listNames,
  ),
  gcpRead(
    `${inProject}/aggregated/addresses`,
    'compute.addresses.list',
    (request) => aggregatedAnswer(request, 'addressAggregatedList', 'addresses', answers(request), knownRegions('GCP')),
    aggregatedNames,
  ),
  gcpRead(`${inRegion}/addresses/{name}`, 'compute.addresses.get', (request) =>
    addressAnswer(request, findGcp(request, 'addresses')),
  ),
  gcpChange('POST', `${inRegion}/addresses`, 'compute.addresses.createInternal', insert),
  gcpChange('POST', `${inRegion}/addresses/{name}/setLabels`, 'compute.addresses.setLabels', (request) =>
    setLabels(request, 'addresses'),
  ),
  gcpChange('DELETE', `${inRegion}/addresses/{name}`, 'compute.addresses.deleteInternal', (request) => {
    const address = findGcp(request, 'addresses');
    const [user] = usersOf(request, gcpPath('addresses', address));
    if (user !== undefined) {
      const what = `The address resource '${gcpPath('addresses', address)}' is already being used by '${user}'`;
      throw new GcpRefusal(400, 'resourceInUseByAnotherResource', what);
    }
    return removeGcp(request, 'addresses', address, 'delete');
  }),
];

function answers(request: GcpRequest, region?: string): AnswerBody[] {
  const all = request.world.gcp.addresses.filter((each) => isListed(request, each, region));
  return all.map((each) => addressAnswer(request, each));
}

function addressAnswer(request: GcpRequest, address: StoredAddress): AnswerBody {
  const { project, region, name, id, description, createdAt, readyAt, labels, subnetwork, ip } = address;
  const path = gcpPath('addresses', address);
  const users = usersOf(request, path);
  const isReserved = request.now >= readyAt && address.fate?.kind !== 'never-ready';
  return {
    kind: 'compute#address',
    id,
    creationTimestamp: new Date(createdAt).toISOString(),
    name,
    description,
    address: ip,
    addressType: 'INTERNAL',
    purpose: 'GCE_ENDPOINT',
    networkTier: 'PREMIUM',
    status: isReserved ? (users.length > 0 ? 'IN_USE' : 'RESERVED') : 'RESERVING',
    subnetwork: gcpUrl(request, subnetwork),
    ...(users.length > 0 && { users: users.map((user) => gcpUrl(request, user)) }),
    ...(Object.keys(labels).length > 0 && { labels }),
    labelFingerprint: fingerprintOf(labels),
    region: gcpUrl(request, `projects/${project}/regions/${region}`),
    selfLink: gcpUrl(request, path),
  };
}

/** The paths of the forwarding rules that use an address. They do so for a moment after they were deleted. */
export function usersOf({ world, now }: WorldView, address: string): string[] {
  const all = world.gcp.forwardingRules.filter((rule) => rule.address === address);
  return all
    .filter((rule) => isThere(rule, now - world.options.gcpLag))
    .map((rule) => gcpPath('forwardingRules', rule));
}

/** The keys of an address. Those that only answers have are ignored. */
const ignored = ['kind', 'id', 'creationTimestamp', 'status', 'users', 'region', 'selfLink', 'labelFingerprint'];
const keys = [
  'name',
  'description',
  'addressType',
  'purpose',
  'subnetwork',
  'network',
  'address',
  'labels',
  ...ignored,
];

function insert(request: GcpRequest) {
  const { world, now, fate, project, region } = request;
  const body = bodyOf(request, keys);
  const named = { ...readNamed(body), project, region };
  const subnet = readSubnetwork(request, body);
  const labels = readLabels(body.labels);
  if (Object.keys(labels).length > 0) requirePermissions(world, `projects/${project}`, ['compute.addresses.setLabels']);
  requirePermissions(world, subnet.path, ['compute.subnetworks.use']);
  const target = gcpPath('addresses', named);
  if (world.gcp.addresses.some((each) => gcpPath('addresses', each) === target && isThere(each, now)))
    throw new GcpRefusal(409, 'alreadyExists', `The resource '${target}' already exists`);
  const exceeded = checkQuota(request, 'INTERNAL_ADDRESSES');
  if (exceeded) throw new GcpRefusal(403, 'quotaExceeded', `${exceeded.message} in region ${region}.`);
  const ip = chooseIp(world, now, subnet, body.address);
  const id = gcpId(request);
  const full = ip === undefined && {
    status: 400,
    code: 'IP_SPACE_EXHAUSTED',
    message: `IP space of '${subnet.path}' is exhausted.`,
  };
  const error = insertError(fate) ?? (full || null);
  const started = { type: 'insert', target, targetId: id, error, neverEnds: fate?.kind === 'never-ready' };
  if (error || ip === undefined) return startOperation(request, world, started);
  const times = { createdAt: now, readyAt: now + operationMs(world.options), goneAt: null };
  const address: StoredAddress = { ...named, ...times, id, labels, fate, subnetwork: subnet.path, ip };
  return startOperation(request, withGcp(world, 'addresses', address), started);
}

function readSubnetwork(request: GcpRequest, body: AnswerBody): Subnetwork {
  const { addressType, purpose = 'GCE_ENDPOINT', subnetwork, network } = body;
  if (addressType !== 'INTERNAL')
    throw invalidField('resource.addressType', addressType, 'The sandbox has only internal addresses.');
  if (purpose !== 'GCE_ENDPOINT') throw invalidField('resource.purpose', purpose, 'The sandbox has only GCE_ENDPOINT.');
  if (network !== undefined) throw invalidField('resource.network', network, 'Network is only for VPC_PEERING.');
  const path = pathIn(request, 'subnetwork', subnetwork, /^projects\/[^/]+\/regions\/[^/]+\/subnetworks\/[^/]+$/);
  const found = findSubnetwork(request.world, path);
  if (!found) throw notFound(path);
  if (found.region !== request.region)
    throw invalidField('resource.subnetwork', subnetwork, `The subnetwork is not in region ${request.region}.`);
  if (!['PRIVATE', 'PRIVATE_RFC_1918'].includes(found.purpose) || found.stackType === 'IPV6_ONLY')
    throw invalidField('resource.subnetwork', subnetwork, 'The subnetwork does not support internal IPv4 addresses.');
  return found;
}

/** The wanted address, or the first free one. Undefined if there is none. */
function chooseIp(world: World, now: number, { path, range }: Subnetwork, wanted: unknown): string | undefined {
  const taken = world.gcp.addresses
    .filter((each) => each.subnetwork === path && isThere(each, now))
    .map(({ ip }) => ip);
  const cidr = parseCidr(range) ?? { first: 0, bits: 32 };
  // Google reserves the first two and the last two.
  const all = Array.from({ length: Math.max(0, Math.min(sizeOf(cidr), 4096) - 4) }, (_, index) =>
    addressIn(cidr, index + 2),
  );
  if (wanted === undefined) return all.find((ip) => !taken.includes(ip));
  if (typeof wanted !== 'string' || !all.includes(wanted))
    throw invalidField('resource.address', wanted, `The address is not in the range ${range} of the subnetwork.`);
  if (!taken.includes(wanted)) return wanted;
  throw invalidField('resource.address', wanted, 'Specified IP address is in-use and would result in a conflict.');
}
