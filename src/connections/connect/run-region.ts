import { CliError, InterruptedError } from '../../base/errors.js';
import { listed } from '../../base/words.js';
import { clouds, stepTitle } from '../../clouds/all.js';
import type { Cloud, Created, PlannedStep } from '../../clouds/cloud.js';
import { isSameId, shortName } from '../../clouds/shapes.js';
import { timedOut } from '../../endpoints/await-all.js';
import type { Context } from '../../endpoints/context.js';
import { deletingOurs } from '../../endpoints/next-step.js';
import { nameOf } from '../../endpoints/view.js';
import { isLost } from '../../http/request-error.js';
import type { Deadline } from '../../wait/deadline.js';
import { hintToContinue, inSentence, runSteps, type StepResult } from '../steps.js';
import { mayBeRemoved } from './connected.js';
import { startText } from './plan.js';
import { type ConnectRegion, type ConnectSides, locationOf } from './sides.js';
import { atlasSteps, type ConnectStep, cloudSteps, hasOurs, inCloud } from './steps.js';

export interface RegionWork {
  context: Context;
  cloud: Cloud;
  deadline: Deadline;
  onCreated(what: Created): void;
}

/** What became of a region. `created`: in this run. `error`: why a part, or the rest, was not done. */
export interface ConnectOutcome {
  sides: ConnectSides;
  results: readonly StepResult[];
  created: Created[];
  error?: CliError | undefined;
}

/** How a region is carried out. */
interface RunOptions {
  context: Context;
  deadline: Deadline;
  /** The titles of all steps that a list shows: of the region, and what comes after them. */
  titles: readonly string[];
  /** The command lines that continue after this error. Several regions have one in common. */
  again?: Again | undefined;
}

type Again = (error: CliError) => readonly string[];

// A step that the plan skips may have become possible.
const words = { create: 'created', adopt: 'adopted', wait: 'created', done: 'done', skip: 'done' } as const;

/** Runs the steps of a region one after the other. Every error says what exists, and how to continue. */
export async function runRegion(region: ConnectRegion, { context, deadline, titles, again }: RunOptions) {
  const outcome: ConnectOutcome = { sides: region.sides, results: [], created: [] };
  const onCreated = (what: Created) => {
    outcome.created.push(what);
  };
  const toRun = (step: ConnectStep) => {
    const { id, title } = step;
    const { action } = step.plan(outcome.sides);
    const run = async (inner: Context) => {
      const { remainingMs, limitMs } = deadline;
      if (action === 'create' && remainingMs() <= 0)
        throw timedOut(`the step '${title}' was not started`, { limitMs });
      outcome.sides = await step.run({ context: inner, cloud: region.cloud, deadline, onCreated }, outcome.sides);
      const now = step.plan(outcome.sides);
      if (action === 'create' && now.action === 'create') throw uselessError(title, outcome);
      // Somebody else may have created it in the meantime.
      const isOurs = outcome.created.some(({ stepId }) => stepId === id);
      const isFound = action === 'create' && !isOurs && (now.action === 'adopt' || id === atlasSteps.service.id);
      const isSkipped = now.action === 'skip' || (action === 'wait' && now.action === 'wait');
      const result = isSkipped ? 'skipped' : words[isFound ? 'adopt' : action];
      return { result, detail: now.detail, name: now.name, word: action === 'wait' ? '' : undefined };
    };
    const starting = id === atlasSteps.service.id ? [outcome.sides] : [];
    const doing = action === 'create' ? 'creating' : 'waiting';
    return { id, title, action, start: startText(context, doing, starting, false), run };
  };
  function* steps() {
    yield toRun(atlasSteps.service);
    // The cloud's steps depend on the service.
    for (const step of cloudSteps(outcome.sides)) yield toRun(step);
    yield toRun(atlasSteps.attachment);
  }
  const { results, error } = await runSteps(context, {
    titles,
    steps: steps(),
    facts: () => locationOf(outcome.sides),
    explain: (error, step) =>
      withWayOn(context, step && isOfCloud(step) ? inCloud(error, deadline) : error, {
        region,
        outcome,
        step,
        again,
      }),
  });
  return { ...outcome, results, error };
}

function uselessError(title: string, { sides, created }: ConnectOutcome) {
  const dead = sides.cloudPlan.dead.find(({ id }) => created.some((each) => isSameId(each.id, id)));
  if (!dead) {
    const what = `What the step '${title}' created cannot be used.`;
    return new CliError('endpointFailed', what, { hint: mayBeRemoved });
  }
  const what = `${shortName(dead.id)} is ${dead.state}, so it can never connect.`;
  return new CliError('endpointFailed', what, { reason: 'cannotConnect' });
}

function isOfCloud({ id }: { id: string }) {
  return !Object.values(atlasSteps).some((each) => each.id === id);
}

interface Explained {
  region: Pick<ConnectRegion, 'signIn'>;
  outcome: ConnectOutcome;
  /** The step that failed. */
  step: { id: string; title: string; action: PlannedStep['action'] } | undefined;
  again?: Again | undefined;
}

/** The error with what exists in the region, and how to continue. */
export function withWayOn(context: Context, error: CliError, { region, outcome, step, again }: Explained) {
  const { sides, created } = outcome;
  const { service, cloudPlan } = sides;
  const isKnown = resourcesOf(outcome).some(({ stepId }) => stepId === step?.id);
  // Attaching twice is the same as attaching once.
  const isCreate = step?.action === 'create' && step.id !== atlasSteps.attachment.id;
  // Other errors of Atlas's steps already have this advice.
  const isExplainedHere = step !== undefined && (isOfCloud(step) || error.exit === 'timedOut');
  const isInDoubt =
    error instanceof InterruptedError ? error.mayHaveArrived : isExplainedHere && [error, error.cause].some(isLost);
  const doubt =
    isCreate && !isKnown && isInDoubt ? `The ${inSentence(step.title)} may or may not have been created.` : '';
  const known = `${existingText(outcome)} ${doubt}`.trim() || 'As far as atlas-pe can tell, nothing was created.';
  const exists = `${known} ${unmarkedText(error, outcome)}`.trim();
  // Without what the step returns, only its creation is known.
  const mine =
    created.find(({ stepId }) => stepId === step?.id)?.id ??
    (hasOurs(cloudPlan) ? cloudPlan.endpoint?.id : undefined);
  const isDead = error.reason === 'cannotConnect';
  const first =
    isDead && service && mine !== undefined ? [deletingOurs(context, service.id, mine, region.signIn)] : [];
  // Several regions say together how to continue.
  const what = again ? undefined : 'Delete it first:';
  return error.withHint(hintToContinue(error, exists, [...first, ...(again?.(error) ?? [])], what));
}

/** Only what connect creates in the cloud says that it created the service too. */
function unmarkedText(error: CliError, { sides, created }: ConnectOutcome) {
  const [first, more] = created;
  const isLeft = error instanceof InterruptedError || error.exit === 'timedOut';
  if (!isLeft || first?.stepId !== atlasSteps.service.id || more) return '';
  const { title } = clouds[sides.provider];
  return `Nothing in ${title} shows yet that connect created this service, so disconnect keeps it, and delete removes it.`;
}

function resourcesOf({ sides, created }: ConnectOutcome) {
  const isNew = (id?: string) => created.some(({ stepId }) => stepId === id);
  const known = sides.cloudPlan.steps.flatMap(({ id, name }) =>
    !name || isNew(id) ? [] : [{ stepId: id, id: name }],
  );
  return [...created, ...known].filter(({ id }) => id !== sides.service?.id);
}

function existingText(outcome: ConnectOutcome) {
  const { service, provider } = outcome.sides;
  const titled = ({ stepId, id }: Created) => {
    const title = stepId === atlasSteps.service.id ? atlasSteps.service.title : stepTitle(provider, stepId);
    return `${inSentence(title)} ${id}`;
  };
  const resources = [...(service ? [`Atlas service ${nameOf(service)}`] : []), ...resourcesOf(outcome).map(titled)];
  return resources.length > 0 ? `Existing resources: ${listed(resources)}.` : '';
}
