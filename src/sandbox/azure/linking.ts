import type { Accept } from '../linking.js';
import { foundEndpoints, privateLinkStatus, provisioningState } from './endpoints.js';
import { isSame } from './ids.js';
import { withEndpoint } from './resources.js';

/** Approves the connection of a private endpoint. */
export const acceptPrivateEndpoint: Accept = (view, service, { id, ip }) => {
  const { world } = view;
  const failed = (reason: string) => ({ world, fate: { kind: 'failed', reason } as const });
  const endpoint = world.azure.endpoints.find((each) => isSame(each.id, id));
  // An id that the cloud does not have is accepted, so that a test of Atlas alone can use any id.
  if (!endpoint) return { world, fate: undefined };
  const name = `The private endpoint ${endpoint.id}`;
  if (endpoint.serviceId !== service.id) return failed(`${name} belongs to another service.`);
  const state = foundEndpoints(view).includes(endpoint) ? provisioningState(view, endpoint) : null;
  if (state !== 'Succeeded') return failed(`${name} is ${state ?? 'not found'}.`);
  const status = privateLinkStatus(view, endpoint);
  if (status !== 'Pending') return failed(`The connection of the private endpoint ${endpoint.id} is ${status}.`);
  if (endpoint.address !== ip) return failed(`${name} has the IP address ${endpoint.address}, not ${ip}.`);
  return { world: withEndpoint(world, { ...endpoint, isAttached: true }, view.now), fate: undefined };
};
