import { sandboxClouds } from '../clouds/all.js';
import type { Accept } from '../linking.js';
import { stateOf } from './endpoints.js';
import { isFound } from './network.js';
import { withResource } from './resources.js';

/** Accepts a VPC endpoint of EC2. */
export const acceptVpcEndpoint: Accept = (view, { id: serviceId, provider }, { id: endpointId }) => {
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
};
