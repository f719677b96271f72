import { attachmentStage, serviceStage } from './services.js';
import type { Attachment, AttachRequest, Service, World, WorldView } from './world.js';

/** Returns the world after that, or why the cloud does not allow it: then the interface endpoint fails. */
export type Accept = (view: WorldView, service: Service, request: AttachRequest) => World | string;

/** How far Atlas is with an endpoint that was attached. `gone`: Atlas has removed it, or its service. */
export type LinkStage = 'requested' | 'pending' | 'ready' | 'failed' | 'gone';

export function linkStage(service: Service | undefined, endpointId: string, now: number): LinkStage {
  const attachment = service?.interfaces.find((each) => isSameId(each, endpointId));
  if (!service || !attachment || serviceStage(service, now) === null) return 'gone';
  const stage = attachmentStage(service, attachment, now);
  if (stage === null) return 'gone';
  // The cloud notices a deletion when it has ended.
  if (stage === 'deleting') return attachment.fate ? 'failed' : now < attachment.availableAt ? 'pending' : 'ready';
  // The cloud never connects an endpoint that Atlas will refuse.
  return stage === 'pending' && attachment.fate?.kind === 'failed' ? 'requested' : stage;
}

/**
 * Called when a cloud deletes an endpoint: Atlas then shows its interface endpoint as failed. `serviceId`: only that of this
 * service, where ids are unique only in it.
 */
export function tellAtlasOfDelete(world: World, what: string, endpointId: string, now: number, serviceId?: string) {
  const fate = { kind: 'failed', reason: `The ${what} ${endpointId} was deleted.` } as const;
  const cut = (attachment: Attachment): Attachment =>
    isSameId(attachment, endpointId)
      ? { ...attachment, availableAt: Math.min(attachment.availableAt, now), fate }
      : attachment;
  return {
    ...world,
    services: world.services.map((service) =>
      (serviceId ?? service.id) === service.id ? { ...service, interfaces: service.interfaces.map(cut) } : service,
    ),
  };
}

function isSameId({ id }: Attachment, other: string): boolean {
  return id.toLowerCase() === other.toLowerCase();
}
