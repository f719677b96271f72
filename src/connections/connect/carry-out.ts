import { formatDuration } from '../../base/duration.js';
import { CliError, InterruptedError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import type { CloudPlan, CloudSide, Created, PlannedStep } from '../../cloud-side/cloud-side.js';
import { CloudError, isLost } from '../../cloud-side/errors.js';
import type { Session } from '../../endpoints/session.js';
import { nameOf } from '../../endpoints/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { openChecklist, type StepResult } from '../checklist.js';
import { hintToContinue } from '../hint-to-continue.js';
import type { Found } from './found.js';
import { type AtlasStepId, planAtlasStep } from './plan.js';
import { atlasRuns, awaitAttachable, createInCloud } from './steps.js';

export interface Work<P extends CloudPlan> {
  session: Session;
  side: CloudSide<P>;
  /** The time that the whole command has. */
  deadline: Deadline;
  /** The regions that a new service admits beside its own, in Atlas's spelling. */
  remoteRegions: readonly string[] | undefined;
  /** The command line that creates another endpoint, if nothing can come of this one. */
  another: string;
  onCreated(what: Created): void;
}

interface Outcome<P extends CloudPlan> {
  found: Found<P>;
  results: StepResult[];
  /** What was created in this run. */
  created: Created[];
}

// What was to be skipped may be there after all.
const results = { create: 'created', adopt: 'adopted', done: 'done', skip: 'done' } as const;

/** Carries the plan out, one step after the other. Every error says what exists, and how to go on. */
export async function carryOut<P extends CloudPlan>(
  work: Omit<Work<P>, 'onCreated'>,
  plan: readonly PlannedStep[],
  start: Found<P>,
): Promise<Outcome<P>> {
  const { session } = work;
  const outcome: Outcome<P> = { found: start, results: [], created: [] };
  const titles = plan.map(({ title }) => title);
  const checklist = await openChecklist(session, titles);
  const isLate = () => work.deadline.left() <= 0;
  const timedOut = (said: string, cause?: CliError) => {
    const limit = formatDuration(work.deadline.limitMs);
    return new CliError('timedOut', `Timed out after ${limit}: ${said}`, { cause });
  };
  let current: PlannedStep | undefined;
  const onCreated = (what: Created) => outcome.created.push(what);

  const doStep = async (step: PlannedStep, run: (inner: Work<P>) => Promise<Found<P>>, now: () => PlannedStep) => {
    current = step;
    // Connection strings are only waited for.
    const isCreate = step.action === 'create' && step.id !== 'connection-strings';
    if (isCreate && isLate()) throw timedOut(`the step '${step.title}' was not started.`);
    const inner = checklist.begin(step);
    outcome.found = await run({ ...work, session: inner, onCreated });
    const { projectId, provider, region, service, cloud } = outcome.found;
    const { action, detail } = now();
    // The step is incomplete if a cluster still needs private endpoints in other regions.
    const isSkipped = action === 'skip' || (step.action === 'create' && action === 'create');
    // Somebody else may have created it in the meantime.
    const isFound =
      step.action === 'create' && action === 'adopt' && !outcome.created.some(({ stepId }) => stepId === step.id);
    const became = isSkipped ? 'skipped' : results[isFound ? 'adopt' : step.action];
    const result = { id: step.id, title: step.title, result: became, detail };
    outcome.results.push(result);
    const facts = { endpointId: service?.id ?? null, interfaceEndpointId: cloud.endpoint?.id ?? null };
    checklist.end(result, { ...facts, projectId, provider, region: region.region });
  };
  const atlasStep = (id: AtlasStepId) => {
    const step = plan.find((each) => each.id === id) ?? planAtlasStep(id, outcome.found);
    return doStep(
      step,
      (inner) => atlasRuns[id](inner, outcome.found),
      () => planAtlasStep(id, outcome.found),
    );
  };

  try {
    await atlasStep('service');
    const { steps } = outcome.found.cloud;
    for (const step of steps) {
      const now = () => outcome.found.cloud.steps.find(({ id }) => id === step.id) ?? step;
      const run = async (inner: Work<P>) => {
        const made = step.action === 'create' ? await createInCloud(inner, step.id, outcome.found) : outcome.found;
        outcome.found = made;
        const { endpoint } = made.cloud;
        // The wait would only count its own time.
        if (step.action === 'create' && endpoint && isLate()) {
          throw timedOut(`${endpoint.id} is still ${endpoint.state}.`);
        }
        return step === steps.at(-1) ? awaitAttachable(inner, made) : made;
      };
      await doStep(step, run, now);
    }
    await atlasStep('attachment');
    await atlasStep('connection-strings');
  } catch (error) {
    checklist.stop(current);
    if (!(error instanceof CliError)) throw error;
    // A request that the deadline has cut short or prevented.
    const isCut = error instanceof CloudError && (error.exit === 'timedOut' || (isLost(error) && isLate()));
    throw withWayOn(work, isCut ? timedOut(error.message, error) : error, outcome, current);
  }
  checklist.stop();
  return outcome;
}

/** The error with what exists, what may exist, and that the same command goes on from there. */
function withWayOn<P extends CloudPlan>(
  { session, another }: Pick<Work<P>, 'session' | 'another'>,
  error: CliError,
  { found, created }: Outcome<P>,
  step: PlannedStep | undefined,
): CliError {
  const { service, cloud } = found;
  const own = new Map([...cloud.own, ...created].map((each) => [each.id, each]));
  const inCloud = [...own.values()].filter(({ id }) => id !== service?.id).map(({ title, id }) => `${title} ${id}`);
  const { endpoint } = cloud;
  const adopted = endpoint && !own.has(endpoint.id) ? [endpoint.id] : [];
  const there = [...(service ? [`Atlas service ${nameOf(service)}`] : []), ...inCloud, ...adopted];
  const isThere = [...own.values()].some(({ stepId }) => stepId === step?.id);
  // Attaching twice is the same as attaching once, and the connection strings are only waited for.
  const isCreate = step?.action === 'create' && step.id !== 'attachment' && step.id !== 'connection-strings';
  const doubt =
    isCreate && !isThere && isInDoubt(error) ? `The ${named(step.title)} may or may not have been created.` : '';
  const known = there.length > 0 ? `Existing resources: ${listed(there)}.` : '';
  const exists = `${known} ${doubt}`.trim() || 'As far as atlas-pe can tell, nothing was created.';
  const again = error.exit === 'endpointFailed' ? another : session.again(cmd``);
  return error.withHint(hintToContinue(error, exists, again));
}

/** Whether the request that was sent last may have created something. */
function isInDoubt(error: CliError): boolean {
  if (error instanceof InterruptedError) return error.mayHaveArrived;
  // The advice of an error of Atlas says so itself.
  return [error, error.cause].some(isLost);
}

/** A title within a sentence: `security group`, but `VPC endpoint` and `Atlas service`. */
function named(title: string): string {
  return title.replace(/^(?!Atlas)[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
