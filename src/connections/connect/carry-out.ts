import type { ClusterRegion } from '../../atlas/clusters.js';
import { CliError, InterruptedError } from '../../base/errors.js';
import { listed } from '../../base/words.js';
import { stepTitle } from '../../clouds/all.js';
import type { Cloud, Created, PlannedStep } from '../../clouds/cloud.js';
import { timedOut } from '../../endpoints/await-all.js';
import type { Context } from '../../endpoints/context.js';
import { deletingOurs } from '../../endpoints/next-step.js';
import { nameOf } from '../../endpoints/view.js';
import { isLost } from '../../http/request-error.js';
import type { Deadline } from '../../wait/deadline.js';
import { hintToContinue, inSentence, runSteps, type StepResult } from '../steps.js';
import { type ConnectFound, locationOf } from './found.js';
import { type planConnect, startText } from './plan.js';
import {
  atlasSteps,
  type ConnectStep,
  checkConnected,
  cloudSteps,
  hasOurs,
  inCloud,
  lastSteps,
  mayBeRemoved,
} from './steps.js';

export interface Lane extends ClusterRegion {
  cloud: Cloud;
  /** The options of a command line that sign in to the user's cloud. */
  signIn: readonly string[];
  found: ConnectFound;
  plan: ReturnType<typeof planConnect>;
}

export interface ConnectWork extends Pick<Lane, 'cloud' | 'signIn'> {
  context: Context;
  deadline: Deadline;
  /** The command lines that continue after this error. Several regions have one in common. */
  again?(error: CliError): readonly string[];
  onCreated(what: Created): void;
}

// A step that the plan skips may have become possible.
const words = { create: 'created', adopt: 'adopted', wait: 'created', done: 'done', skip: 'done' } as const;

/** What became of a region. `created`: in this run. `error`: why a part, or the rest, was not done. */
export interface ConnectOutcome {
  found: ConnectFound;
  results: readonly StepResult[];
  created: Created[];
  error?: CliError | undefined;
}

/** Runs the steps one after the other. Every error says what exists, and how to continue. */
export async function runConnect(lane: Lane, how: Omit<ConnectWork, 'onCreated' | keyof Lane>) {
  const outcome: ConnectOutcome = { found: lane.found, results: [], created: [] };
  const { left, limitMs } = how.deadline;
  const work: ConnectWork = { ...lane, ...how, onCreated: (what) => outcome.created.push(what) };

  const toRun = (step: ConnectStep) => {
    const { id, title } = step;
    const { action } = step.plan(outcome.found);
    const run = async (context: Context) => {
      if (action === 'create' && left() <= 0) throw timedOut(`the step '${title}' was not started`, { limitMs });
      outcome.found = await step.run({ ...work, context }, outcome.found);
      const now = step.plan(outcome.found);
      if (action === 'create' && now.action === 'create')
        throw new CliError('endpointFailed', `What the step '${title}' created cannot be used.`, {
          hint: mayBeRemoved,
        });
      const isLast = step === lastSteps(outcome.found).at(-1);
      if (isLast && !outcome.found.failure) await checkConnected(context, outcome.found);
      // The step is incomplete if a cluster still needs private endpoints in other regions.
      const isOpen = now.action === action && action === 'wait';
      const isSkipped = now.action === 'skip' || isOpen;
      // Somebody else may have created it in the meantime.
      const isOurs = outcome.created.some(({ stepId }) => stepId === id);
      const isFound = action === 'create' && !isOurs && (now.action === 'adopt' || id === atlasSteps.service.id);
      const { failure } = outcome.found;
      const result = failure ? 'failed' : isSkipped ? 'skipped' : words[isFound ? 'adopt' : action];
      return { result, detail: now.detail, name: now.name, word: action === 'wait' ? '' : undefined, failure };
    };
    const doing = action === 'create' ? 'creating' : 'waiting';
    const isWaiting = id === atlasSteps.strings.id && action === 'wait';
    const start = startText(work.context, doing, id === atlasSteps.service.id ? [outcome.found] : [], isWaiting);
    return { id, title, action, start, run };
  };
  function* steps() {
    yield toRun(atlasSteps.service);
    // The cloud's steps depend on the service.
    for (const step of cloudSteps(outcome.found)) yield toRun(step);
    for (const step of lastSteps(outcome.found)) yield toRun(step);
  }

  const { results, error } = await runSteps(work.context, {
    titles: lane.plan.steps.map(({ title }) => title),
    steps: steps(),
    facts: () => locationOf(outcome.found),
    explain: (error, step) =>
      withWayOn(work, step && isOfCloud(step) ? inCloud(error, work.deadline) : error, outcome, step),
  });
  return { ...outcome, results, error };
}

function isOfCloud({ id }: { id: string }) {
  return !Object.values(atlasSteps).some((each) => each.id === id);
}

function withWayOn(
  { context, again, signIn }: ConnectWork,
  error: CliError,
  outcome: ConnectOutcome,
  step: { id: string; title: string; action: PlannedStep['action'] } | undefined,
) {
  const { found, created } = outcome;
  const { service, cloudPlan } = found;
  const isKnown = resourcesOf(outcome).some(({ stepId }) => stepId === step?.id);
  // Attaching twice is the same as attaching once.
  const isCreate = step?.action === 'create' && step.id !== atlasSteps.attachment.id;
  // The errors of Atlas's steps already have this advice.
  const isInDoubt =
    error instanceof InterruptedError
      ? error.mayHaveArrived
      : step !== undefined && isOfCloud(step) && [error, error.cause].some(isLost);
  const doubt =
    isCreate && !isKnown && isInDoubt ? `The ${inSentence(step.title)} may or may not have been created.` : '';
  const exists = `${existingText(outcome)} ${doubt}`.trim() || 'As far as atlas-pe can tell, nothing was created.';
  // Without what the step returns, only its creation is known.
  const ours =
    created.find(({ stepId }) => stepId === step?.id)?.id ??
    (hasOurs(cloudPlan) ? cloudPlan.endpoint?.id : undefined);
  const isDead = error.reason === 'cannotConnect';
  const first = isDead && service && ours !== undefined ? [deletingOurs(context, service.id, ours, signIn)] : [];
  // Several regions say together how to continue.
  const what = again ? undefined : 'Delete it first:';
  return error.withHint(hintToContinue(error, exists, [...first, ...(again?.(error) ?? [])], what));
}

function resourcesOf({ found, created }: ConnectOutcome) {
  const isNew = (id?: string) => created.some(({ stepId }) => stepId === id);
  const known = found.cloudPlan.steps.flatMap(({ id, name }) =>
    !name || isNew(id) ? [] : [{ stepId: id, id: name }],
  );
  return [...created, ...known].filter(({ id }) => id !== found.service?.id);
}

function existingText(outcome: ConnectOutcome) {
  const { service, provider } = outcome.found;
  const titled = ({ stepId, id }: Created) => {
    const title = stepId === atlasSteps.service.id ? atlasSteps.service.title : stepTitle(provider, stepId);
    return `${inSentence(title)} ${id}`;
  };
  const resources = [...(service ? [`Atlas service ${nameOf(service)}`] : []), ...resourcesOf(outcome).map(titled)];
  return resources.length > 0 ? `Existing resources: ${listed(resources)}.` : '';
}
