import { addressIn, parseCidr, sizeOf } from '../aws/cidr.js';
import type { CloudRoute } from '../rest.js';
import type { WorldView } from '../world.js';
import { deleteGcp, findGcp, gcpReads, insertGcp, setGcpLabels } from './changes.js';
import { findSubnetwork } from './network.js';
import { quotaExceeded } from './project.js';
import { GcpRefusal, invalidField, notFound } from './refusal.js';
import { bodyOf, checkFields, type GcpRequest, gcpChange, inRegion, pathIn, requirePermissions } from './request.js';
import { type GcpBody, isThere, partsOf } from './resources.js';

/* Reserved internal addresses. */

const addresses = `${inRegion}/addresses`;

export const addressRoutes: readonly CloudRoute[] = [
  ...gcpReads('addresses', 'address', (request, { path, readyAt }) => {
    const users = usersOf(request, path).map(request.url);
    if (request.now < readyAt) return { status: 'RESERVING' };
    return users.length > 0 ? { status: 'IN_USE', users } : { status: 'RESERVED' };
  }),
  gcpChange('POST', addresses, 'compute.addresses.createInternal', insert),
  gcpChange('POST', `${addresses}/{name}/setLabels`, 'compute.addresses.setLabels', (request) =>
    setGcpLabels(request, 'addresses'),
  ),
  gcpChange('DELETE', `${addresses}/{name}`, 'compute.addresses.deleteInternal', (request) => {
    const { path } = findGcp(request, 'addresses');
    const [user] = usersOf(request, path);
    if (user === undefined) return deleteGcp(request, 'addresses', 'delete');
    const what = `The address resource '${path}' is already being used by '${user}'`;
    throw new GcpRefusal(400, 'resourceInUseByAnotherResource', what);
  }),
];

/** The paths of the forwarding rules that use an address. They still do so for a moment after they were deleted. */
export function usersOf({ world, now }: WorldView, address: string): string[] {
  const users = world.gcp.resources.filter(({ uses }) => uses === address);
  return users.filter((rule) => isThere(rule, now - world.options.gcpLag)).map(({ path }) => path);
}

function insert(request: GcpRequest) {
  const { world, place } = request;
  const keys = ['name', 'description', 'labels', 'addressType', 'purpose', 'subnetwork', 'address', 'region'];
  const { region: _, ...given } = bodyOf(request, keys);
  const { addressType, purpose = 'GCE_ENDPOINT' } = given;
  const path = pathIn(request, given, 'subnetwork', 'regions/*/subnetworks/*');
  const subnet = findSubnetwork(world, path)?.body;
  if (!subnet) throw notFound(path);
  const isInternal = /^PRIVATE(_RFC_1918)?$/.test(String(subnet.purpose)) && subnet.stackType !== 'IPV6_ONLY';
  checkFields(given, {
    addressType: [addressType === 'INTERNAL', 'The sandbox has only internal addresses.'],
    purpose: [purpose === 'GCE_ENDPOINT', 'The sandbox has only GCE_ENDPOINT.'],
    subnetwork: [
      isInternal && partsOf(path).region === partsOf(place).region,
      'It has no such addresses in this region.',
    ],
  });
  requirePermissions(world, path, 'compute.subnetworks.use');
  const address = chooseIp(request, path, String(subnet.ipCidrRange), given.address);
  const exhausted = { code: 'IP_SPACE_EXHAUSTED', message: `IP space of '${path}' is exhausted.` };
  return insertGcp(request, 'addresses', 'insert', {
    body: { ...given, purpose, subnetwork: path, address } as GcpBody,
    failure: quotaExceeded(request, 'INTERNAL_ADDRESSES') ?? (address === undefined ? exhausted : undefined),
  });
}

/** The wanted address, or the first free one. Undefined if there is none. */
function chooseIp({ world, now }: GcpRequest, subnetwork: string, range: string, wanted: unknown): string | undefined {
  const taken = world.gcp.resources.filter((each) => each.body.subnetwork === subnetwork && isThere(each, now));
  const cidr = parseCidr(range) ?? { first: 0, bits: 32 };
  // Google reserves the first two and the last two.
  const all = Array.from({ length: Math.max(0, sizeOf(cidr) - 4) }, (_, index) => addressIn(cidr, index + 2));
  const free = all.filter((ip) => !taken.some(({ body }) => body.address === ip));
  if (wanted === undefined) return free[0];
  if (free.some((ip) => ip === wanted)) return String(wanted);
  throw invalidField('resource.address', wanted, `The address is not in the range ${range}, or it is in use.`);
}
