import { sandboxClouds } from '../clouds/all.js';
import type { FaultOutcome } from '../faults.js';
import type { Attachment, Service, World, WorldView } from '../world.js';
import { stateOf } from './endpoints.js';
import { isFound } from './network.js';
import { withResource } from './resources.js';

/* The link between the VPC endpoints of EC2 and the interface endpoints of Atlas. */

/** Called when an interface endpoint is attached. If EC2 does not allow it, the fate says why it fails. */
export function acceptEndpoint(
  view: WorldView,
  { id: serviceId, provider }: Service,
  endpointId: string,
): { world: World; fate: FaultOutcome | undefined } {
  const { world } = view;
  const endpoint = world.aws.endpoints.find(({ id }) => id === endpointId);
  // An id that the cloud does not have is accepted, so that a test of Atlas alone can use any id.
  if (!endpoint) return { world, fate: undefined };
  const failed = (reason: string) => ({ world, fate: { kind: 'failed', reason } as const });
  if (endpoint.serviceName !== sandboxClouds[provider].endpointService?.(serviceId, endpoint.serviceRegion)) {
    return failed(`The VPC endpoint ${endpointId} belongs to another service.`);
  }
  if (!isFound(endpoint, { ...view, region: endpoint.region })) {
    return failed(`Cannot modify VPC Endpoint ${endpointId}: idempotent operation going on`);
  }
  const state = stateOf(view, endpoint);
  if (state !== 'pendingAcceptance') return failed(`The VPC endpoint ${endpointId} is ${state ?? 'gone'}.`);
  return { world: withResource(world, 'endpoints', { ...endpoint, acceptedBy: serviceId }), fate: undefined };
}

/** Called when EC2 deletes an endpoint: Atlas then shows its interface endpoint as rejected. */
export function tellAtlasOfDelete(world: World, endpointId: string, now: number): World {
  const fate = { kind: 'failed', reason: `The VPC endpoint ${endpointId} was deleted.` } as const;
  const cut = (attachment: Attachment): Attachment =>
    attachment.id === endpointId
      ? { ...attachment, availableAt: Math.min(attachment.availableAt, now), fate }
      : attachment;
  return {
    ...world,
    services: world.services.map((service) => ({ ...service, interfaces: service.interfaces.map(cut) })),
  };
}
