import { type Advice, NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/lists.js';
import type { ServiceRef } from './cloud.js';
import { type Found, isMarkedFor } from './found.js';
import { nameIn } from './rest.js';
import { hasId } from './shapes.js';

/* What is to be done in the user's cloud, and what all clouds say of an endpoint that exists. */

/** A step in the user's cloud. Its title is in the cloud's setup. */
export interface PlannedStep {
  id: string;
  /**
   * `create`: it doesn't exist. `adopt`: it exists, and connect uses it. `wait`: it comes by itself. `done`: nothing is
   * left to do. `skip`: it doesn't exist, and can't at the moment.
   */
  action: 'create' | 'adopt' | 'wait' | 'done' | 'skip';
  /** What it will create, or the id of what exists and its state. */
  detail: string;
  /** The id alone of what exists. */
  name?: string | undefined;
}

/** What exists in the user's cloud, and what is to be created. Data only; a cloud adds what its own steps need. */
export interface CloudPlan {
  account: string;
  steps: readonly PlannedStep[];
  /** The endpoint that the plan adopts, or created before. */
  endpoint: Found | null;
  /** Endpoints for the service in the same network that can't connect, and stay. */
  dead: readonly Found[];
  /** Where it is, for people: what it is, and its ids. */
  places: readonly Place[];
  /** What the cloud bills, in a few words each. No amounts: they change, and differ by region. */
  costs: readonly string[];
  /** The same as command lines of the cloud's CLI, for a colleague who has the permissions. */
  commands: readonly string[];
  /** What the user should know beside the steps. */
  notes: readonly Advice[];
}

/** A line about the user's network: `VPC`, and which one. */
export interface Place {
  title: string;
  detail: string;
}

/** The only step if an endpoint exists. */
export function existingStep(endpoint: Found, service: ServiceRef | undefined): PlannedStep {
  const { stepId, name } = endpoint;
  return { id: stepId, action: isMarkedFor(endpoint, service) ? 'done' : 'adopt', detail: withState(endpoint), name };
}

function withState({ name, state }: Found): string {
  return state === 'unknown' ? name : `${name} (${state})`;
}

/** The plan with its endpoint as it was read last. */
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

/** What an option names, its value, and the name or the id of that for a subnet. */
type Option<T> = readonly [what: string, given: string | undefined, of: (subnet: T) => string];

/** What errors say: where the subnets are, the options that choose one, and what to do if there is none to choose. */
type Words<T> = Record<'where' | 'flags' | 'otherwise', string> & { title(subnet: T): string };

/** The only subnet that fits and can have an endpoint. `unusable`: why one can't. Throws errors with those to choose from. */
export function onlySubnet<T extends { unusable: string | undefined }>(
  all: readonly T[],
  options: readonly Option<T>[],
  { where, flags, otherwise, title }: Words<T>,
): T {
  let fitting = all;
  for (const [what, given, of] of options) {
    if (given === undefined) continue;
    const existing = listed([...new Set(fitting.map((each) => nameIn(of(each))))], 5);
    fitting = fitting.filter((each) => hasId([of(each), nameIn(of(each))], given));
    const missing = what === 'subnet' ? given : `${given} with a subnet`;
    const hint = existing === '' ? otherwise : `Existing ${what}s: ${existing}`;
    if (fitting.length === 0) throw new NotFoundError(`There is no ${what} ${missing} ${where}.`, hint);
  }
  const isUsable = ({ unusable }: T) => unusable === undefined;
  const choice = (some: readonly T[]) => `Choose one with ${flags}: ${listed(some.filter(isUsable).map(title))}`;
  const [first, ...more] = fitting.filter(isUsable);
  if (first && more.length === 0) return first;
  if (first) throw new UsageError(`There are ${more.length + 1} usable subnets ${where}.`, choice(fitting));
  const [odd] = fitting;
  if (!odd) throw new NotFoundError(`There is no subnet ${where}.`, otherwise);
  throw new UsageError(`Subnet ${title(odd)} ${odd.unusable}.`, all.some(isUsable) ? choice(all) : otherwise);
}
