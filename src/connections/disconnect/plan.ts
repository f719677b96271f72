import type { Endpoint } from '../../atlas/model.js';
import { listed } from '../../base/listed.js';
import type { Place } from '../../cloud-side/cloud-side.js';
import type { Belongings, Guard, Remains } from '../../cloud-side/teardown.js';
import { clouds, type Provider } from '../../clouds/all.js';

/** What is there on both sides of a connection that is to go. */
export interface Found {
  projectId: string;
  provider: Provider;
  region: string;
  /** Undefined if the service is gone already. */
  service: Endpoint | undefined;
  /** The ids of the services that the project still has. */
  serviceIds: readonly string[];
  /** In each region that the service admits. */
  belongings: readonly Belongings[];
  /** The ids of interface endpoints that Atlas has refused, or that failed there. */
  refused: readonly string[];
  /** The endpoint that the command line names. */
  named: string | undefined;
  keepsService: boolean;
}

export interface PlannedRemoval {
  id: 'attachment' | 'vpc-endpoint' | 'security-group' | 'service';
  title: string;
  action: 'remove' | 'keep' | 'done';
  /** What it is about, without its status, which the step changes. */
  what: string;
  /** The same with its status before the step. */
  detail: string;
}

export interface Plan {
  /** To detach from the service. */
  attached: readonly string[];
  endpoints: readonly Remains[];
  guards: readonly Guard[];
  steps: readonly PlannedRemoval[];
  places: readonly Place[];
  /** What stays since this program did not create it. */
  left: readonly string[];
  notes: readonly string[];
}

/** The endpoints that the command may be about. If there are multiple, the user must choose. */
export function candidates(found: Found): string[] {
  const { service, named, belongings } = found;
  if (named !== undefined) return [named];
  const there = belongings.flatMap(({ endpoints }) => endpoints);
  const dead = there.filter((each) => isDead(found, each)).map(({ id }) => id);
  const own = ownEndpoints(found).map(({ id }) => id);
  const all = new Set([...(service?.interfaceEndpoints ?? []), ...own]);
  return [...all].filter((id) => !dead.includes(id));
}

/** Whether nothing can come of an endpoint any more. */
function isDead({ refused }: Found, { id, isAlive }: Remains): boolean {
  return !isAlive || refused.includes(id);
}

/** Whether something was created for the service that is meant: if that is gone, for any service that is. */
function isMeant({ service, serviceIds }: Found, ownerId: string | null): boolean {
  return ownerId !== null && (service ? ownerId === service.id : !serviceIds.includes(ownerId));
}

function ownEndpoints(found: Found): Remains[] {
  const all = found.belongings.flatMap(({ endpoints }) => endpoints);
  return all.filter(({ ownerId }) => isMeant(found, ownerId));
}

/** What is removed, and what is kept. A pure function of what was found, in which at most one connection is meant. */
export function planDisconnect(found: Found): Plan {
  const { service, belongings, keepsService, projectId, provider, region } = found;
  const { title: cloud } = clouds[provider];
  const meant = candidates(found);
  const own = ownEndpoints(found);
  const endpoints = own.filter((each) => meant.includes(each.id) || isDead(found, each));
  const staying = own.filter((each) => !endpoints.includes(each));
  // A group is for all endpoints of the service in its VPC.
  const all = belongings.flatMap(({ guards }) => guards).filter(({ ownerId }) => isMeant(found, ownerId));
  const guards = all.filter(({ network }) => staying.every((each) => each.network !== network));
  const attached = (service?.interfaceEndpoints ?? []).filter(
    (id) => meant.includes(id) || endpoints.some((each) => each.id === id),
  );
  const others = (service?.interfaceEndpoints ?? []).filter((id) => !attached.includes(id));
  const foreign = meant.filter((id) => endpoints.every((each) => each.id !== id));
  const notes = foreign.map((id) => `atlas-pe did not create ${id}, so it stays in ${cloud}.`);
  const [first] = belongings;
  return {
    attached,
    endpoints,
    guards,
    notes,
    left: [...foreign, ...staying.map(({ id }) => id)],
    places: [
      { title: 'Project', detail: projectId },
      { title: 'Region', detail: region },
      ...(first
        ? [
            { title: `${cloud} account`, detail: first.account },
            { title: 'Signed in as', detail: first.role },
          ]
        : []),
    ],
    steps: [
      removal('attachment', 'Attachment', attached),
      foreign.length > 0 && endpoints.length === 0
        ? keep('vpc-endpoint', 'VPC endpoint', `${listed(foreign)}, not created by atlas-pe`)
        : removal(
            'vpc-endpoint',
            'VPC endpoint',
            endpoints.map(({ id }) => id),
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

type StepId = PlannedRemoval['id'];

function removal(id: StepId, title: string, ids: readonly string[], details = ids): PlannedRemoval {
  if (ids.length === 0) return { id, title, action: 'done', what: 'none', detail: 'none' };
  return { id, title, action: 'remove', what: listed(ids), detail: listed(details) };
}

function keep(id: StepId, title: string, what: string, detail = what): PlannedRemoval {
  return { id, title, action: 'keep', what, detail };
}

function serviceStep(service: Endpoint | undefined, keepsService: boolean, others: readonly string[]): PlannedRemoval {
  const step = ['service', 'Atlas service'] as const;
  if (!service) return removal(...step, []);
  const { id } = service;
  const name = `${id} (${service.status})`;
  if (!keepsService && others.length === 0) return removal(...step, [id], [name]);
  const why = keepsService ? 'because of --keep-service' : `still used by ${listed(others)}`;
  return keep(...step, `${id}, ${why}`, `${name}, ${why}`);
}
