import { listed } from '../base/words.js';
import type { CloudPlan, PlannedStep, ServiceRef } from './cloud.js';
import { hasId, isSameId } from './shapes.js';

/** `ready`: Atlas can attach it. `unfinished`: created in part. `refused`: another one may be. `ended`: never connects. */
export type Stage = 'pending' | 'ready' | 'connected' | 'unfinished' | 'refused' | 'ended' | 'deleting';

/** The Atlas service that this program created something for. Its tags or its description say so. */
export interface Mark {
  projectId: string;
  serviceId: string;
  isServiceOurs: boolean;
}

/** An endpoint in the user's cloud, or what this program created for one, such as a security group. */
export interface Found {
  /** The step that creates it, and that removes it. */
  stepId: string;
  id: string;
  name: string;
  region: string;
  /** In the cloud's words. Upper and lower case may differ. Only an endpoint has one. */
  state: string;
  stage: Stage;
  /** Null if this program did not create it. */
  mark: Mark | null;
  /** What an endpoint connects to; empty if that isn't known. */
  target: string;
  /** The ids of the resources that it uses, also those that others created. */
  uses: readonly string[];
  /** Milliseconds since 1970. Only AWS says it. */
  createdAt?: number;
}

/** What has no state and connects to nothing: all but endpoints. */
export const noEndpoint = { state: '', stage: 'ready', target: '', uses: [] } as const;

type Owner = Pick<ServiceRef, 'id' | 'projectId'>;

/** The stage of a state. One that the table doesn't have leads to another one: it is pending. */
export function stageIn(stages: Readonly<Record<string, Stage>>, state: string): Stage {
  const [, stage = 'pending'] = Object.entries(stages).find(([name]) => isSameId(name, state)) ?? [];
  return stage;
}

/** The id of the service of this project that this program created it for; null if there is none. */
export function ownerOf({ mark }: Pick<Found, 'mark'>, projectId: string) {
  return mark?.projectId === projectId ? mark.serviceId : null;
}

export function isMarkedFor(found: Pick<Found, 'mark'>, service: Owner | undefined) {
  return service !== undefined && ownerOf(found, service.projectId) === service.id;
}

/** Whether this program created the service too, as something that it created for it says. */
export function createdService(all: readonly Pick<Found, 'mark'>[], service: Owner | undefined) {
  return all.some((each) => isMarkedFor(each, service) && each.mark?.isServiceOurs === true);
}

/** Whether it is, or can become, a connection to this service, which did not refuse it. */
export function canConnect({ id, stage }: Pick<Found, 'id' | 'stage'>, service?: Pick<ServiceRef, 'ended'>) {
  return ['pending', 'ready', 'connected'].includes(stage) && !hasId(service?.ended ?? [], id);
}

/** Whether creating it again completes it. Not if Atlas has refused it: it would refuse the same name once more. */
export function isUnfinished(found: Found, service: ServiceRef | undefined) {
  return found.stage === 'unfinished' && isMarkedFor(found, service) && !hasId(service?.ended ?? [], found.id);
}

/** The endpoint to use if there are several for one service: a connected one, then ours, then the oldest. */
export function preferred<F extends Found>(endpoints: readonly F[], service: ServiceRef | undefined): F | undefined {
  const rank = (each: F) => (each.stage === 'connected' ? 0 : 2) + (isMarkedFor(each, service) ? 0 : 1);
  const age = ({ createdAt = 0 }: F) => createdAt;
  const usable = endpoints.filter((each) => canConnect(each, service));
  return usable.toSorted((a, b) => rank(a) - rank(b) || age(a) - age(b) || (a.id < b.id ? -1 : 1))[0];
}

/** The endpoints beside the one in use that can never connect to the service. They stay, and are billed. */
export function deadAmong<F extends Found>(
  endpoints: readonly F[],
  inUse: F | null,
  service: ServiceRef | undefined,
): F[] {
  return endpoints.filter(
    (each) =>
      each !== inUse && each.stage !== 'deleting' && !canConnect(each, service) && !isUnfinished(each, service),
  );
}

export function existingStep(endpoint: Found, service: ServiceRef | undefined): PlannedStep {
  const { stepId, name } = endpoint;
  return { id: stepId, action: isMarkedFor(endpoint, service) ? 'done' : 'adopt', detail: withState(endpoint), name };
}

function withState({ name, state }: Found) {
  return state === 'unknown' ? name : `${name} (${state})`;
}

export function withEndpoint(plan: CloudPlan, endpoint: Found): CloudPlan {
  const steps = plan.steps.map((step) =>
    step.id === endpoint.stepId ? { ...step, detail: withState(endpoint) } : step,
  );
  return { ...plan, steps, endpoint };
}

/** Why nothing could be read, or what the options ask for that an existing endpoint doesn't have. */
export function planNotes(
  { what, unread }: { what: string; unread: string | undefined },
  endpoint: Found | null,
  ignored: readonly string[],
): string[] {
  if (unread !== undefined) return [`Cannot read the ${what}. ${unread}`];
  if (!endpoint || ignored.length === 0) return [];
  return [`${endpoint.name} already exists, and atlas-pe does not change it. Ignored: ${listed(ignored)}.`];
}
