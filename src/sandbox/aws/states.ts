import { attachmentStatus } from '../attachments.js';
import { statusOf } from '../services.js';
import { briefly, type World } from '../world.js';
import { amazonService, serviceOfName } from './endpoint-services.js';
import type { StoredEndpoint } from './resources.js';

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

/** The state of an endpoint, or null if EC2 no longer returns it. */
export function stateOf(world: World, endpoint: StoredEndpoint, now: number): EndpointState | null {
  const { goneAt, createdAt, fate } = endpoint;
  if (goneAt !== null) return now < goneAt ? 'deleting' : now < goneAt + rememberedMs ? 'deleted' : null;
  const isDue = now >= createdAt + briefly(world.options);
  if (fate?.kind === 'never-ready') return 'pending';
  if (fate && isDue) return fate.kind === 'failed' ? 'failed' : null;
  if (amazonService(endpoint.serviceRegion, endpoint.serviceName)) return isDue ? 'available' : 'pending';
  if (endpoint.acceptedBy !== null) return connectionState(world, endpoint, now);
  if (!serviceOfName(world, endpoint.serviceRegion, endpoint.serviceName, now)) return 'rejected';
  return now < createdAt + acceptanceMs ? 'pendingAcceptance' : 'expired';
}

/** The state that follows from the interface endpoint in Atlas. If Atlas removed it, the endpoint is rejected. */
function connectionState(world: World, { id, acceptedBy }: StoredEndpoint, now: number): EndpointState {
  const service = world.services.find((each) => each.id === acceptedBy);
  const attachment = service?.interfaces.find((each) => each.id === id);
  if (!service || !attachment || statusOf(service, world.options, now) === null) return 'rejected';
  switch (attachmentStatus(service, attachment, now)) {
    case 'PENDING_ACCEPTANCE':
      return 'pendingAcceptance';
    case 'PENDING':
      return 'pending';
    case 'AVAILABLE':
      return 'available';
    case 'DELETING':
      return attachment.fate ? 'rejected' : now < attachment.availableAt ? 'pending' : 'available';
    default:
      return 'rejected';
  }
}
