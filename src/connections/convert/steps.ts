import type { Cluster } from '../../atlas/clusters.js';
import { type Endpoint, hasEnded, isLeaving, isReady } from '../../atlas/model.js';
import type { CliError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import type { Cloud } from '../../clouds/cloud.js';
import { withEndpoint } from '../../clouds/found.js';
import { awaitEndpoints, readAgain, removeEndpoint } from '../../endpoints/await.js';
import type { Context } from '../../endpoints/context.js';
import { createOnce } from '../../endpoints/create-once.js';
import { attach, awaitInterfaces } from '../../endpoints/interfaces.js';
import { yesOf } from '../../endpoints/next-step.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { refOf } from '../connect/sides.js';
import { detachAll } from '../removal.js';
import { hintToContinue, runSteps, type StepEnd } from '../steps.js';
import { awaitCloudEndpoint, awaitStrings, eligibleOf } from '../waits.js';
import { isAvailable, isConnected, newStringsOf, readUsage, type ServicePair, type Usage } from './strings.js';

export interface Conversion extends ServicePair {
  older: Endpoint;
  usage: Usage;
  isNew?: boolean;
  /** The Google projects in which the user agreed to create the new side. */
  inCloud: readonly Cloud[];
  /** Why some of the clusters got no new string, although others did. */
  failure?: CliError | undefined;
}

/** A step of `convert`. It takes what exists, so that a second run continues, and updates it. */
interface ConvertStep {
  id: string;
  title: string;
  run(context: Context, now: Conversion, deadline: Deadline): Promise<StepEnd>;
}

export const newService: ConvertStep = {
  id: 'service',
  title: 'New Atlas service',
  run: async (context, now, deadline) => {
    const { older, mapped: before } = now;
    const { provider, region, atlasRegion } = older;
    const request = { provider, region, atlasRegion, portMapping: true };
    const { endpoint, isCreated } = before
      ? { endpoint: before, isCreated: false }
      : await createOnce(context, request, { orExisting: true });
    // If the wait fails, the error names it.
    now.mapped = endpoint;
    now.isNew = isCreated;
    if (!isReady(endpoint.status)) {
      [now.mapped = endpoint] = await awaitEndpoints(context, [endpoint], { until: 'ready', deadline });
      now.usage = await readUsage(context, now);
    }
    const { id, status } = now.mapped;
    const existing = before?.status === 'AVAILABLE' ? 'done' : 'adopted';
    const result = isCreated ? 'created' : existing;
    return { result, detail: `${id} (${status}, replaces ${older.id})`, name: nameOf(now.mapped) };
  },
};

const newRules: ConvertStep = {
  id: 'forwarding-rule',
  title: 'New forwarding rules',
  run: async (context, now, deadline) => {
    const { mapped, inCloud } = now;
    if (!mapped) return { result: 'skipped', detail: '(no service)' };
    const { id: endpointId, projectId, provider, region } = mapped;
    const ended = now.usage.allMapped.filter(hasEnded).map(({ id }) => id);
    const service = refOf(mapped, ended, now.isNew);
    const names: string[] = [];
    for (const cloud of inCloud) {
      let plan = await cloud.survey(service);
      for (const { id, action } of plan.steps)
        if (action === 'create') plan = await cloud.create(id, plan, service, () => undefined);
      if (!plan.endpoint) continue;
      const about = { endpointId, projectId, provider, region };
      const endpoint = await awaitCloudEndpoint(context, plan.endpoint, cloud, about, { until: 'ready', deadline });
      plan = withEndpoint(plan, endpoint);
      await attach(context, mapped, cloud.attachment(plan), true);
      names.push(endpoint.id);
    }
    now.mapped = await readAgain(context, mapped);
    now.usage = await readUsage(context, now);
    return { result: 'created', detail: listed([...new Set(names)]) };
  },
};

const newAttachment: ConvertStep = {
  id: 'attachment',
  title: 'New attachment',
  run: async (context, now, deadline) => {
    const { mapped, usage } = now;
    const attached = usage.allMapped.filter(({ endpointId }) => endpointId === mapped?.id);
    for (const { id, status, errorMessage } of attached.filter(hasEnded))
      context.io.warn(`${id} is ${status}${errorMessage === null ? '.' : `: ${errorMessage.replace(/\.$/, '')}.`}`);
    const usable = attached.filter((each) => !hasEnded(each));
    if (!mapped || usable.length === 0) return { result: 'skipped', detail: '(no interface endpoint)' };
    const isDone = usable.every(isAvailable);
    if (!isDone) {
      await awaitInterfaces(context, [mapped], usable, { until: 'AVAILABLE', deadline });
      now.usage = await readUsage(context, now);
    }
    return { result: isDone ? 'done' : 'adopted', detail: listed(usable.map(({ id }) => id)) };
  },
};

const newStrings: ConvertStep = {
  id: 'connection-strings',
  title: 'New connection strings',
  run: async (context, now, deadline) => {
    const { usage } = now;
    const { projectId } = now.older;
    const namesOf = (clusters: readonly Cluster[]) => listed(clusters.map(({ name }) => name));
    const skipped = { result: 'skipped', detail: `for ${namesOf(usage.clusters) || 'no cluster'}` };
    if (!isConnected(now)) return skipped;
    const stringsOf = newStringsOf(usage);
    // A connection string leads through services of one kind.
    const mapped = { counts: (service: Endpoint) => !isOlder(service), what: ' with port mapping' };
    const wanted = { projectId, services: undefined, stringsOf, ...mapped };
    const { eligible, reasons } = await eligibleOf(context, usage.clusters, wanted);
    for (const reason of reasons.values()) context.io.note(reason);
    if (eligible.length === 0) return skipped;
    const isDone = eligible.every((cluster) => stringsOf(cluster).length > 0);
    const { reached, error } = await awaitStrings(context, eligible, wanted, deadline);
    if (error && reached.length === 0) throw error;
    now.failure = error;
    now.usage = await readUsage(context, now);
    const good = isDone ? 'done' : 'created';
    const result = error ? 'failed' : good;
    return { result, detail: namesOf(eligible), word: isDone ? undefined : '', failure: error };
  },
};

export const oldAttachment: ConvertStep = {
  id: 'attachment',
  title: 'Old attachment',
  run: async (context, now, deadline) => {
    const { interfaceEndpoints, status } = now.older;
    if (interfaceEndpoints.length === 0 || isLeaving(status)) return { result: 'done', detail: 'none', word: '' };
    await detachAll(context, now.older, interfaceEndpoints, deadline);
    now.older = await readAgain(context, now.older);
    return { result: 'removed', detail: listed(interfaceEndpoints) };
  },
};

export const oldService: ConvertStep = {
  id: 'service',
  title: 'Old Atlas service',
  run: async (context, now, deadline) => {
    now.older = await removeEndpoint(context, now.older, yesOf(context), deadline);
    const inRegion = now.inRegion.filter(({ id }) => id !== now.older.id);
    now.usage = await readUsage(context, { ...now, inRegion, older: undefined });
    return { result: 'removed', detail: now.older.id };
  },
};

/** Without `isFinish`, creates the new side as far as it can be created now. Every error says what exists, and how to continue. */
export async function runConvert(context: Context, start: Conversion, deadline: Deadline, isFinish: boolean) {
  const { projectId, provider, region } = start.older;
  const now = { ...start };
  const creating = [newService, ...(start.inCloud.length > 0 ? [newRules] : []), newAttachment, newStrings];
  const steps = isFinish ? [oldAttachment, oldService] : creating;
  const { error } = await runSteps(context, {
    titles: steps.map(({ title }) => title),
    steps: steps.map((step) => ({ ...step, run: (inner: Context) => step.run(inner, now, deadline) })),
    facts: () => {
      const service = isFinish ? now.older : now.mapped;
      return { endpointId: service?.id ?? null, interfaceEndpointId: null, projectId, provider, region };
    },
    explain: (error) => {
      const created = isFinish || !now.mapped ? '' : ` ${nameOf(now.mapped)} with port mapping exists.`;
      const exists = `${nameOf(now.older)} is ${isFinish ? 'being removed' : 'unchanged'}.${created}`;
      return error.withHint(hintToContinue(error, exists, [context.settings.again(cmd``)]));
    },
  });
  if (error && !now.failure) throw error;
  return { ...now, failure: error };
}
