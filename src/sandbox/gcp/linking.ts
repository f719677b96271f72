import { fromAtlasRegion } from '../../clouds/regions.js';
import { rulesIn, serviceAttachments } from '../clouds/gcp.js';
import type { Accept } from '../linking.js';
import { attachmentStatus, statusOf } from '../services.js';
import type { Service, World, WorldView } from '../world.js';
import { isThere, type StoredForwardingRule, withGcp } from './resources.js';

/* The link between forwarding rules and the interface endpoints of Atlas. */

/** Accepts the forwarding rules of an interface endpoint: one, or dozens without port mapping. */
export const acceptRule: Accept = (view, service, { id: endpoint, gcpProjectId, endpoints }) => {
  let { world } = view;
  for (const { endpointName, ipAddress } of rulesIn(endpoints)) {
    const named = world.gcp.forwardingRules.filter(
      (each) => each.name === endpointName && each.project === gcpProjectId && isThere(each, view.now),
    );
    const rule = named.find(({ target }) => attachmentsOf(service).includes(target));
    const why = rule ? whyRefused(view, rule, ipAddress) : named.length > 0 ? 'belongs to another service' : undefined;
    const reason = `The forwarding rule ${endpointName} ${why}.`;
    if (why !== undefined) return { world: view.world, fate: { kind: 'failed', reason } };
    // A name that the cloud does not have is accepted, so that a test of Atlas alone can use any name.
    if (rule) world = withGcp(world, 'forwardingRules', { ...rule, acceptedBy: { service: service.id, endpoint } });
  }
  return { world, fate: undefined };
};

function whyRefused(view: WorldView, rule: StoredForwardingRule, ip: unknown): string | undefined {
  if (view.now < rule.readyAt) return 'is not ready';
  const status = connectionStatus(view, rule);
  if (status !== 'PENDING') return `is ${status}`;
  return ip === rule.ip ? undefined : `has the IP address ${rule.ip}, not ${ip}`;
}

function attachmentsOf(service: Service): string[] {
  return serviceAttachments(service, fromAtlasRegion('GCP', service.atlasRegion));
}

/** The service with this service attachment, from ready until deleted. */
export function serviceAt(view: WorldView, target: string): Service | undefined {
  return gcpServices(view.world).find(
    (service) =>
      attachmentsOf(service).includes(target) &&
      view.now >= service.readyAt &&
      service.fate === undefined &&
      statusOf(service, view) !== null,
  );
}

function gcpServices({ services }: World): Service[] {
  return services.filter(({ provider }) => provider === 'GCP');
}

type ConnectionStatus = 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'CLOSED';

/** The `pscConnectionStatus`, which follows from the interface endpoint in Atlas. If Atlas removed it, it is CLOSED. */
export function connectionStatus(view: WorldView, rule: StoredForwardingRule): ConnectionStatus {
  const { acceptedBy, target, fate } = rule;
  const service = serviceAt(view, target);
  if (!service) return 'CLOSED';
  if (acceptedBy === null || fate?.kind === 'never-ready') return 'PENDING';
  const attachment = service.interfaces.find(({ id }) => id === acceptedBy.endpoint);
  const status = attachment ? attachmentStatus(service, attachment, view.now) : null;
  if (!attachment || status === null) return 'CLOSED';
  if (status === 'FAILED') return 'REJECTED';
  if (status === 'DELETING') return attachment.fate ? 'REJECTED' : 'ACCEPTED';
  return status === 'INITIATING' ? 'PENDING' : 'ACCEPTED';
}
