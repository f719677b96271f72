import { deleted, type Endpoint, isLeaving } from '../../atlas/model.js';
import { CliError, orNone } from '../../base/errors.js';
import { listed } from '../../base/words.js';
import { clouds, type Provider, stepTitle } from '../../clouds/all.js';
import type { Cloud, InUse } from '../../clouds/cloud.js';
import type { Found } from '../../clouds/found.js';
import { hasId, shortName } from '../../clouds/shapes.js';
import { readAgain, removeEndpoint } from '../../endpoints/await.js';
import type { Context } from '../../endpoints/context.js';
import type { Deadline } from '../../wait/deadline.js';
import { detachAll } from '../removal.js';
import { hintToContinue, inSentence, runSteps, type StepEnd, type StepResult } from '../steps.js';
import { awaitCloudEndpoint } from '../waits.js';
import type { DisconnectFound } from './found.js';
import type { DisconnectPlan, PlannedRemoval } from './plan.js';

/** A region that `disconnect` is about. `searched`: it, and the others that were searched. */
export interface Removable {
  found: DisconnectFound;
  plan: DisconnectPlan;
  searched: readonly Cloud[];
}

interface DisconnectWork extends Removable {
  context: Context;
  deadline: Deadline;
  /** The command lines that continue. `remaining`: what only its id and region tell, once the service is gone. */
  again?: ((remaining: readonly Found[]) => readonly string[]) | undefined;
}

export interface DisconnectOutcome {
  service: Endpoint | undefined;
  results: StepResult[];
  deleted: string[];
  /** What was kept because something uses it, and the reason; in words for the first one. */
  inUse: (Found & InUse)[];
  kept?: CliError | undefined;
  /** Why it did not come to its end. Says what is left, and how to continue. */
  error?: CliError | undefined;
}

/** The network interfaces of an endpoint go within minutes after it, while Atlas removes its service. */
const mostInUseMs = 10 * 60_000;

/** Atlas may remove a service with its last interface endpoint, although the plan keeps it. */
function endOf({ id, action, ids, why }: PlannedRemoval, { service, inUse }: DisconnectOutcome): StepEnd {
  const stay = inUse.filter(({ stepId }) => stepId === id);
  if (stay.length > 0) return { result: 'kept', detail: stay.map((each) => `${each.id}, ${each.why}`).join('; ') };
  if (id === 'service' && action === 'keep' && service?.status === deleted) {
    const by = 'by Atlas with its last interface endpoint';
    return { result: 'removed', detail: `${service.id}, ${by}`, name: service.id, word: `removed ${by}` };
  }
  const what = listed(ids.map(shortName));
  if (action === 'remove') return { result: 'removed', detail: what };
  const detail = why === undefined ? 'none' : `${what}, ${why}`;
  return action === 'done' ? { result: 'done', detail, word: '' } : { result: 'kept', detail };
}

export async function runDisconnect(lane: Removable, how: Omit<DisconnectWork, keyof Removable>) {
  const work = { ...lane, ...how };
  const { context, found, plan } = work;
  const { service, projectId, provider, region } = found;
  const [endpointStep] = clouds[provider].setup.steps;
  const outcome: DisconnectOutcome = { service, results: [], deleted: [], inUse: [] };
  const ids = { endpointId: service?.id ?? null, interfaceEndpointId: plan.toDetach[0] ?? null };
  const facts = { ...ids, projectId, provider, region };
  const again = () => {
    const planned = [...plan.endpointsToRemove, ...plan.resourcesToRemove];
    const remaining = planned.filter(({ id }) => !outcome.deleted.includes(id));
    const isGoing = outcome.service !== undefined && isLeaving(outcome.service.status);
    return work.again?.(isGoing ? remaining : []) ?? [];
  };
  /** The cloud's first step removes the endpoint, and the others what it used. */
  const removalOf = ({ id }: PlannedRemoval) => removals[id === endpointStep.id ? 'endpoint' : id] ?? removeResources;
  const { results, error } = await runSteps(context, {
    titles: plan.steps.map(({ title }) => title),
    steps: plan.steps.map((step) => ({
      ...step,
      run: async (inner: Context) => {
        if (step.action === 'remove') await removalOf(step)({ ...work, context: inner }, outcome, step.id);
        // The earlier steps have changed it.
        else if (step.id === 'service' && service) outcome.service = await orNone(readAgain(inner, service), service);
        return endOf(step, outcome);
      },
    })),
    facts: () => facts,
    explain: (error, _, done) => {
      const remaining = plan.steps.filter(
        (step) => step.action === 'remove' && !done.some(({ id }) => id === step.id),
      );
      const what = `Not removed yet: ${listed(remaining.map(({ title, ids }) => `${title} ${listed(ids)}`))}.`;
      return error.withHint(hintToContinue(error, what, again()));
    },
  });
  const [first] = outcome.inUse;
  return { ...outcome, results, error, kept: first && keptError(provider, first, again()) };
}

function keptError(provider: Provider, kept: Found & InUse, again: readonly string[]) {
  const text = kept.mayPass ? 'Wait a few minutes' : 'Remove it from what uses it';
  const hint = { text: again.length > 0 ? `${text}, then run:` : `${text}.`, commands: again };
  const what = inSentence(stepTitle(provider, kept.stepId));
  return new CliError('conflict', `The ${what} ${kept.id} was kept: ${kept.why}.`, { hint });
}

type Removal = (work: DisconnectWork, outcome: DisconnectOutcome, stepId: string) => Promise<void>;

const removals: Readonly<Record<string, Removal>> = {
  attachment: async ({ context, plan, deadline }, { service }) => {
    if (service) await detachAll(context, service, plan.toDetach, deadline);
  },
  endpoint: async ({ context, found, searched, plan, deadline }, outcome) => {
    const { projectId, provider } = found;
    if (found.service) await checkNotAttached(context, found.service, plan);
    for (const cloud of searched) {
      const { region } = cloud;
      const about = { endpointId: outcome.service?.id ?? null, projectId, provider, region };
      for (const each of plan.endpointsToRemove.filter((endpoint) => endpoint.region === region)) {
        await cloud.remove(each);
        const until = { until: 'gone', deadline } as const;
        await awaitCloudEndpoint(context, { ...each, stage: 'deleting' }, cloud, about, until);
        outcome.deleted.push(each.id);
      }
    }
  },
  service: async ({ context, deadline }, outcome) => {
    if (!outcome.service) return;
    // Atlas may have removed it with its last interface endpoint, or somebody may have attached another one.
    const now = await readAgain(context, outcome.service);
    // If the request fails, it may have arrived.
    outcome.service = now.status === deleted ? now : { ...now, status: 'DELETING' };
    if (now.status !== deleted) outcome.service = await removeEndpoint(context, now, ['--yes'], deadline);
  },
};

/** Another command may have attached one since the plan. Then applications may use it already. */
async function checkNotAttached(context: Context, planned: Endpoint, { endpointsToRemove }: DisconnectPlan) {
  const { interfaceEndpoints } = await orNone(readAgain(context, planned), planned);
  const isNew = (id: string) => hasId(interfaceEndpoints, id) && !hasId(planned.interfaceEndpoints, id);
  const attached = endpointsToRemove.filter(({ id }) => isNew(id));
  if (attached.length === 0) return;
  const what = `${listed(attached.map(({ id }) => id))} was attached to the Atlas service in the meantime.`;
  throw new CliError('conflict', what);
}

const removeResources: Removal = async ({ context, found, searched, plan, deadline }, outcome, stepId) => {
  const { clock, signal, io } = context;
  const { title, setup } = clouds[found.provider];
  const [endpoint] = setup.steps;
  const resources = plan.resourcesToRemove.filter((each) => each.stepId === stepId);
  for (const cloud of searched) {
    for (const resource of resources.filter(({ region }) => region === cloud.region)) {
      const { id } = resource;
      const endsAt = clock.monotonic() + Math.min(mostInUseMs, deadline.remainingMs());
      let inUse = await cloud.remove(resource);
      if (inUse?.mayPass)
        io.note(`${id} is ${inUse.why}. ${title} frees it minutes after its ${inSentence(endpoint.title)} is gone.`);
      while (inUse?.mayPass && clock.monotonic() + 5000 < endsAt) {
        await clock.sleep(5000, signal);
        inUse = await cloud.remove(resource);
      }
      if (inUse) outcome.inUse.push({ ...resource, ...inUse });
      else outcome.deleted.push(id);
    }
  }
};
