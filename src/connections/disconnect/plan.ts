import type { Endpoint } from '../../atlas/model.js';
import { listed } from '../../base/listed.js';
import type { Place } from '../../cloud-side/cloud-side.js';
import type { Belongings, Guard, Remains } from '../../cloud-side/teardown.js';

/** What is there on both sides of a connection that is to go. */
export interface Found {
  projectId: string;
  region: string;
  /** Undefined if the service is gone already. */
  service: Endpoint | undefined;
  /** The ids of the services that the project still has. */
  serviceIds: readonly string[];
  /** In each region that the service admits. */
  belongings: readonly Belongings[];
  /** The endpoint that the command line names. */
  named: string | undefined;
  keepsService: boolean;
}

export interface PlannedRemoval {
  id: 'attachment' | 'vpc-endpoint' | 'security-group' | 'service';
  title: string;
  action: 'remove' | 'keep' | 'done';
  detail: string;
}

export interface Plan {
  /** To detach from the service. */
  attached: readonly string[];
  endpoints: readonly Remains[];
  guards: readonly Guard[];
  removesService: boolean;
  steps: readonly PlannedRemoval[];
  places: readonly Place[];
  /** What stays since this program did not create it. */
  left: readonly string[];
  notes: readonly string[];
}

/** Connections of which only the user can say which one is meant: several that live. */
export function candidates({ service, belongings, named }: Found): string[] {
  if (named !== undefined) return [named];
  const own = ownEndpoints({ service, belongings }).filter(({ isAlive }) => isAlive);
  return [...new Set([...(service?.interfaceEndpoints ?? []), ...own.map(({ id }) => id)])];
}

/** What this program created for the service; if that is gone, for services that are. */
function ownEndpoints({ service, belongings }: Pick<Found, 'service' | 'belongings'>): Remains[] {
  return belongings
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ ownerId }) => ownerId !== null && (service === undefined || ownerId === service.id));
}

/** What is removed, and what is kept. A pure function of what was found, in which at most one connection is meant. */
export function planDisconnect(found: Found): Plan {
  const { service, belongings, keepsService, serviceIds, projectId, region } = found;
  const meant = candidates(found);
  const isOrphan = (ownerId: string) => (service ? ownerId === service.id : !serviceIds.includes(ownerId));
  const there = belongings.flatMap(({ endpoints }) => endpoints);
  const endpoints = there.filter(
    ({ id, ownerId, isAlive }) => ownerId !== null && isOrphan(ownerId) && (meant.includes(id) || !isAlive),
  );
  const staying = there.filter((each) => each.ownerId !== null && isOrphan(each.ownerId) && !endpoints.includes(each));
  // A group is for all endpoints of the service in its VPC.
  const guards =
    staying.length > 0 ? [] : belongings.flatMap((each) => each.guards).filter(({ ownerId }) => isOrphan(ownerId));
  const attached = (service?.interfaceEndpoints ?? []).filter(
    (id) => meant.includes(id) || endpoints.some((each) => each.id === id),
  );
  const others = (service?.interfaceEndpoints ?? []).filter((id) => !attached.includes(id));
  const foreign = meant.filter((id) => endpoints.every((each) => each.id !== id));
  const removesService = service !== undefined && !keepsService && others.length === 0;
  const notes = foreign.map((id) => `${id} was not created by atlas-pe. It stays in AWS.`);
  const [first] = belongings;
  return {
    ...{ attached, endpoints, guards, removesService, notes },
    left: [...foreign, ...staying.map(({ id }) => id)],
    places: [
      { title: 'Project', detail: projectId },
      { title: 'Region', detail: region },
      ...(first
        ? [
            { title: 'AWS account', detail: first.account },
            { title: 'Signed in as', detail: first.role },
          ]
        : []),
    ],
    steps: [
      removal('attachment', 'Attachment', attached),
      foreign.length > 0 && endpoints.length === 0
        ? {
            id: 'vpc-endpoint',
            title: 'VPC endpoint',
            action: 'keep',
            detail: `${listed(foreign)}, not created by atlas-pe`,
          }
        : removal(
            'vpc-endpoint',
            'VPC endpoint',
            endpoints.map(({ id, state }) => `${id} (${state})`),
          ),
      removal(
        'security-group',
        'Security group',
        guards.map(({ id }) => id),
      ),
      serviceStep(service, keepsService, others),
    ],
  };
}

function removal(id: PlannedRemoval['id'], title: string, ids: readonly string[]): PlannedRemoval {
  return { id, title, action: ids.length > 0 ? 'remove' : 'done', detail: ids.length > 0 ? listed(ids) : 'none' };
}

function serviceStep(service: Endpoint | undefined, keepsService: boolean, others: readonly string[]): PlannedRemoval {
  const step = { id: 'service', title: 'Atlas service' } as const;
  if (!service) return { ...step, action: 'done', detail: 'none' };
  const name = `${service.id} (${service.status})`;
  if (keepsService) return { ...step, action: 'keep', detail: `${name}, because of --keep-service` };
  if (others.length > 0) return { ...step, action: 'keep', detail: `${name}, still used by ${listed(others)}` };
  return { ...step, action: 'remove', detail: name };
}
