import type { Provider } from '../clouds/all.js';
import { acceptVpcEndpoint } from './aws/endpoints.js';
import { acceptPrivateEndpoint } from './azure/endpoints.js';
import { acceptRule } from './gcp/linking.js';
import type { Attachment, AttachRequest, Service, World, WorldView } from './world.js';

/* The link between the endpoints of the clouds and the interface endpoints of Atlas. */

/** Returns the world after that, or why the cloud does not allow it: then the interface endpoint fails. */
export type Accept = (view: WorldView, service: Service, request: AttachRequest) => World | string;

/** Called when an interface endpoint is attached. An id that the cloud does not have is accepted, so that a test of Atlas alone can use any id. */
export const accepts: Readonly<Record<Provider, Accept>> = {
  AWS: acceptVpcEndpoint,
  AZURE: acceptPrivateEndpoint,
  GCP: acceptRule,
};

/**
 * Called when a cloud deletes an endpoint: Atlas then shows its interface endpoint as failed. `serviceId`: only that of this
 * service, where ids are unique only in it.
 */
export function tellAtlasOfDelete(world: World, what: string, endpointId: string, now: number, serviceId?: string) {
  const fate = { kind: 'failed', reason: `The ${what} ${endpointId} was deleted.` } as const;
  const cut = (attachment: Attachment): Attachment =>
    attachment.id.toLowerCase() === endpointId.toLowerCase()
      ? { ...attachment, availableAt: Math.min(attachment.availableAt, now), fate }
      : attachment;
  return {
    ...world,
    services: world.services.map((service) =>
      (serviceId ?? service.id) === service.id ? { ...service, interfaces: service.interfaces.map(cut) } : service,
    ),
  };
}
