import { regionNames } from '../../clouds/regions.js';
import { rulesIn, serviceAttachments } from '../clouds/gcp.js';
import { existing, withOne } from '../collection.js';
import { type LinkStage, linkStage, servingOn } from '../services.js';
import type { Accept, Service, WorldView } from '../world.js';
import type { GcpResource } from './account.js';

export const acceptRule: Accept = (view, service, { id: endpoint, gcpProjectId, endpoints }) => {
  const { now } = view;
  let { world } = view;
  for (const { endpointName, ipAddress } of rulesIn(endpoints)) {
    const isNamed = ({ path }: GcpResource) =>
      path.startsWith(`projects/${gcpProjectId}/`) && path.endsWith(`/forwardingRules/${endpointName}`);
    const named = existing('GCP', { world, now }).filter(isNamed);
    const rule = named.find(({ body }) => attachmentsOf(service).includes(`${body.target}`));
    if (!rule && named.length === 0) continue;
    const why = rule ? whyRefused(view, rule, ipAddress) : 'belongs to another service';
    if (!rule || why !== undefined) return `The forwarding rule ${endpointName} ${why}.`;
    world = withOne({ world, now }, 'GCP', { ...rule, acceptedBy: { service: service.id, endpoint } });
  }
  return world;
};

function whyRefused(view: WorldView, rule: GcpResource, ip: unknown) {
  const { IPAddress } = rule.body;
  const status = connectionStatus(view, rule);
  if (view.now < rule.readyAt) return 'is not ready';
  if (status !== 'PENDING') return `is ${status}`;
  return ip === IPAddress ? undefined : `has the IP address ${IPAddress}, not ${ip}`;
}

function attachmentsOf(service: Service) {
  return serviceAttachments(service, regionNames('GCP', service.atlasRegion).region);
}

export function serviceAt(view: WorldView, target: unknown): Service | undefined {
  return servingOn('GCP', view).find((each) => attachmentsOf(each).includes(String(target)));
}

const statusesByStage = {
  requested: 'PENDING',
  pending: 'ACCEPTED',
  ready: 'ACCEPTED',
  failed: 'REJECTED',
  gone: 'CLOSED',
} as const satisfies Record<LinkStage, string>;

/** The `pscConnectionStatus`, which follows from the interface endpoint in Atlas. */
export function connectionStatus(view: WorldView, { acceptedBy, body }: GcpResource): string {
  const service = serviceAt(view, body.target);
  if (!service) return 'CLOSED';
  return acceptedBy ? statusesByStage[linkStage(service, acceptedBy.endpoint, view.now)] : 'PENDING';
}
