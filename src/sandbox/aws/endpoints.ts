import { attachmentStatus, statusOf } from '../services.js';
import { briefly, type WorldView } from '../world.js';
import type { RegionView } from './action.js';
import { addressIn, parseCidr } from './cidr.js';
import { serviceOf } from './endpoint-services.js';
import { fixedAwsId } from './identity.js';
import { isFound, subnetsOf } from './network.js';
import type { StoredEndpoint } from './resources.js';

/* The VPC endpoints of a region, their states and their network interfaces. */

type EndpointState =
  | 'pendingAcceptance'
  | 'pending'
  | 'available'
  | 'rejected'
  | 'failed'
  | 'expired'
  | 'deleting'
  | 'deleted';

/** How long EC2 still returns a deleted endpoint. */
const rememberedMs = 60_000;
/** How long a request waits for acceptance. */
const acceptanceMs = 7 * 24 * 3_600_000;

/** The endpoints that EC2 returns. */
export function endpointsOf(view: RegionView): StoredEndpoint[] {
  return view.world.aws.endpoints.filter((each) => isFound(each, view) && stateOf(view, each) !== null);
}

/** The state of an endpoint, or null if EC2 no longer returns it. */
export function stateOf(view: WorldView, endpoint: StoredEndpoint): EndpointState | null {
  const { world, now } = view;
  const { goneAt, createdAt, fate } = endpoint;
  if (goneAt !== null) return now < goneAt ? 'deleting' : now < goneAt + rememberedMs ? 'deleted' : null;
  const isDue = now >= createdAt + briefly(world.options);
  if (fate?.kind === 'never-ready') return 'pending';
  if (fate && isDue) return fate.kind === 'failed' ? 'failed' : null;
  if (endpoint.acceptedBy !== null) return connectionState(view, endpoint);
  const service = serviceOf(view, endpoint);
  if (!service) return 'rejected';
  if (!service.acceptanceRequired) return isDue ? 'available' : 'pending';
  return now < createdAt + acceptanceMs ? 'pendingAcceptance' : 'expired';
}

/** The state that follows from the interface endpoint in Atlas. If Atlas removed it, the endpoint is rejected. */
function connectionState(view: WorldView, { id, acceptedBy }: StoredEndpoint): EndpointState {
  const { world, now } = view;
  const service = world.services.find((each) => each.id === acceptedBy);
  const attachment = service?.interfaces.find((each) => each.id === id);
  if (!service || !attachment || statusOf(service, view) === null) return 'rejected';
  const status = attachmentStatus(service, attachment, now);
  if (status !== 'DELETING') return statesByStatus[status ?? ''] ?? 'rejected';
  return attachment.fate ? 'rejected' : now < attachment.availableAt ? 'pending' : 'available';
}

const statesByStatus: Readonly<Record<string, EndpointState>> = {
  PENDING_ACCEPTANCE: 'pendingAcceptance',
  PENDING: 'pending',
  AVAILABLE: 'available',
};

/** The network interface of an endpoint in one of its subnets. */
export interface NetworkInterface {
  id: string;
  endpointId: string;
  vpcId: string;
  subnetId: string;
  zone: string;
  ip: string;
  groupIds: readonly string[];
}

/**
 * The network interfaces of an endpoint. They exist until the endpoint is deleted, and keep its groups from being
 * deleted.
 */
export function networkInterfacesOf(view: WorldView, endpoint: StoredEndpoint): NetworkInterface[] {
  const state = stateOf(view, endpoint);
  if (state === null || state === 'deleted' || state === 'failed') return [];
  const { id: endpointId, region, vpcId, groupIds } = endpoint;
  const subnets = subnetsOf({ ...view, region });
  return endpoint.subnetIds.map((subnetId) => {
    const { cidr = '', zone = '' } = subnets.find(({ id }) => id === subnetId) ?? {};
    const id = fixedAwsId('eni', `${endpointId} in ${subnetId}`);
    const range = parseCidr(cidr);
    // AWS reserves the first four addresses. The smallest subnet has 16.
    const ip = range ? addressIn(range, 4 + (Number.parseInt(id.slice(-2), 16) % 11)) : '';
    return { id, endpointId, vpcId, subnetId, zone, ip, groupIds };
  });
}

export function networkInterfacesIn(view: RegionView): NetworkInterface[] {
  const endpoints = view.world.aws.endpoints.filter(({ region }) => region === view.region);
  return endpoints.flatMap((endpoint) => networkInterfacesOf(view, endpoint));
}
