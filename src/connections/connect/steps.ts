import { deleted, isLeaving, isReady } from '../../atlas/model.js';
import { CliError } from '../../base/errors.js';
import { listed } from '../../base/words.js';
import { stepTitle } from '../../clouds/all.js';
import type { CloudPlan, PlannedStep } from '../../clouds/cloud.js';
import { withEndpoint } from '../../clouds/found.js';
import { regionNames } from '../../clouds/regions.js';
import { hasId, shortName } from '../../clouds/shapes.js';
import { awaitEndpoints, readAgain } from '../../endpoints/await.js';
import { timedOut } from '../../endpoints/await-all.js';
import type { Context } from '../../endpoints/context.js';
import { createOnce } from '../../endpoints/create-once.js';
import { attach, awaitInterfaces, readAttached } from '../../endpoints/interfaces.js';
import { newPortMapping } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import { isLost, RequestError } from '../../http/request-error.js';
import type { Deadline } from '../../wait/deadline.js';
import { awaitCloudEndpoint, awaitStrings, eligibleOf, stringRows } from '../waits.js';
import type { ConnectWork } from './carry-out.js';
import { type ConnectFound, locationOf, refOf, stringsThroughAll } from './found.js';

/* What each step does. A step also works if its result already exists, so a second run continues where the first one stopped. */

export interface ConnectStep {
  id: string;
  title: string;
  plan(found: ConnectFound): Pick<PlannedStep, 'action' | 'detail' | 'name'>;
  run(work: ConnectWork, found: ConnectFound): Promise<ConnectFound>;
}

export function hasOurs({ endpoint, steps }: CloudPlan) {
  return endpoint !== null && steps.every(({ action }) => action === 'done');
}

/** The error of a request to the user's cloud: a time-out, if the deadline has cut it short or prevented it. */
export function inCloud<E>(error: E, { left, limitMs }: Deadline) {
  const isCut = error instanceof RequestError && (error.exit === 'timedOut' || (isLost(error) && left() <= 0));
  return isCut ? timedOut(error.message, { limitMs, cause: error }) : error;
}

/** Atlas sees a new endpoint in another region later. */
const remoteDelayMs = 30_000;

const awaitAttachable: ConnectStep['run'] = async ({ context, cloud, deadline }, found) => {
  const { region, cloudPlan, attached } = found;
  const { endpoint } = cloudPlan;
  // The user specified this endpoint with --adopt, and it cannot be read.
  if (!endpoint || attached || endpoint.state === 'unknown') return found;
  const now = await awaitCloudEndpoint(context, endpoint, cloud, locationOf(found), { until: 'ready', deadline });
  const isRemoteAndNew = cloud.region !== region && now.state !== endpoint.state;
  const delay = Math.min(remoteDelayMs, Math.max(0, deadline.left()));
  if (isRemoteAndNew) await context.clock.sleep(delay, context.signal);
  return { ...found, cloudPlan: withEndpoint(cloudPlan, now) };
};

const service: ConnectStep = {
  id: 'service',
  title: 'Atlas service',
  plan: ({ service, region, cloudPlan }) => {
    if (!service) return { action: 'create', detail: `in ${region}` };
    return {
      // A connection that this program created is not adopted.
      action: hasOurs(cloudPlan) && isReady(service.status) ? 'done' : 'adopt',
      detail: `${nameOf(service)} (${service.status})`,
      name: nameOf(service),
    };
  },
  run: async ({ context, cloud, deadline, onCreated }, found) => {
    const { provider, region, atlasRegion } = found;
    // It admits the region of the network too.
    const remoteRegions = cloud.region === region ? undefined : [regionNames(provider, cloud.region).atlasRegion];
    const request = { provider, region, atlasRegion, portMapping: newPortMapping(provider), remoteRegions };
    const { endpoint: made, isCreated } = found.service
      ? { endpoint: found.service, isCreated: false }
      : await createOnce(context, request, { orExisting: true });
    if (isCreated) onCreated({ stepId: 'service', id: made.id });
    const isUsable = isReady(made.status) && refOf(made, []).target !== null;
    const goal = { until: 'ready', deadline };
    const [ready = made] = isUsable ? [] : await awaitEndpoints(context, [made], goal);
    const isServiceOurs = found.isServiceOurs || isCreated;
    const ref = refOf(ready, found.ended, isServiceOurs);
    if (ref.target === null) {
      const what = `The private endpoint service ${ready.id} is ${ready.status}`;
      const hint = 'Wait a minute before you continue.';
      throw new CliError('unexpected', `${what}, but Atlas has not returned what to connect to yet.`, { hint });
    }
    // The endpoints for the service, and its zones, are known only now.
    const known = found.service && refOf(found.service, []).target;
    const survey = () =>
      cloud.survey(ref).catch((error: unknown) => {
        throw inCloud(error, deadline);
      });
    const cloudPlan = known === ref.target ? found.cloudPlan : await survey();
    return { ...found, service: ready, isServiceOurs, cloudPlan };
  },
};

const attachment: ConnectStep = {
  id: 'attachment',
  title: 'Attachment',
  plan: ({ attached }) => {
    if (!attached) return { action: 'create', detail: 'to the Atlas service' };
    return {
      action: attached.status === 'AVAILABLE' ? 'done' : 'adopt',
      detail: `${shortName(attached.id)} (${attached.status})`,
      name: shortName(attached.id),
    };
  },
  run: async ({ context, cloud, deadline }, found) => {
    const { service: to, cloudPlan } = found;
    if (!to || !cloudPlan.endpoint) return found;
    const added = found.attached ?? (await attach(context, to, cloud.attachment(cloudPlan), true));
    try {
      const [attached = added] = await awaitInterfaces(context, [to], [added], { until: 'AVAILABLE', deadline });
      // The service lists the new endpoint now.
      return { ...found, attached, service: await readAgain(context, to) };
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'endpointFailed') throw error;
      const hint = `${shortName(cloudPlan.endpoint.id)} was not deleted.`;
      throw new CliError('endpointFailed', error.message, { hint, reason: 'cannotConnect', cause: error });
    }
  },
};

const strings = {
  id: 'connection-strings',
  title: 'Connection strings',
  /** `missing`: the clusters to wait for. */
  plan: ({ clusters, strings, unreachable }: Pick<ConnectFound, 'clusters' | 'strings' | 'unreachable'>) => {
    const has = new Set(strings.map(({ cluster }) => cluster));
    const missing = clusters.filter((name) => !has.has(name) && !unreachable.includes(name));
    if (missing.length > 0) return { action: 'wait', detail: `for ${listed(missing)}`, missing };
    const connected = clusters.filter((name) => has.has(name));
    if (connected.length > 0) return { action: 'done', detail: listed(connected) };
    return { action: 'skip', detail: `for ${listed(clusters)}` };
  },
  run: async ({ context, deadline }, found) => {
    const { service: to, cloudPlan } = found;
    if (!to || !cloudPlan.endpoint) return found;
    const named = { endpoint: cloudPlan.endpoint.id };
    const { strings, error } = await readyStrings(context, found, [found], deadline, named);
    if (error && strings.length === 0) {
      // This is the cause, if both are true.
      if (error.exit !== 'timedOut') await checkConnected(context, found);
      throw error;
    }
    return { ...found, strings, failure: error };
  },
} satisfies ConnectStep;

/** Waits for the connection strings of clusters through these regions. Returns them, and why others got none. */
export async function readyStrings(
  context: Context,
  { projectId, clusters: names, reasons: known }: Pick<ConnectFound, 'projectId' | 'clusters' | 'reasons'>,
  founds: readonly ConnectFound[],
  deadline: Deadline,
  named: Parameters<typeof awaitStrings>[4],
) {
  const atlas = await context.atlas();
  const ids = founds.flatMap(({ cloudPlan }) => cloudPlan.endpoint?.id ?? []);
  const stringsOf = stringsThroughAll(founds);
  const clusters = (await atlas.listClusters(projectId)).filter(({ name }) => names.includes(name));
  const services = founds.flatMap(({ service }) => service ?? []);
  const wanted = { projectId, services, stringsOf, isSelected: (each: string) => hasId(ids, each) };
  const { eligible, reasons } = await eligibleOf(context, clusters, wanted);
  // The plan has already printed these.
  for (const reason of reasons.values()) if (!known.includes(reason)) context.io.note(reason);
  const { reached, error } = await awaitStrings(context, eligible, wanted, deadline, named);
  return { strings: stringRows(reached, stringsOf), error };
}

export const mayBeRemoved = 'Another program may have removed it.';

/** Throws unless clients can use the interface endpoint, as Atlas has it now: connect never ends well without one. */
export async function checkConnected(context: Context, { service, attached }: ConnectFound) {
  const id = attached?.id ?? '';
  const now = service && (await readAgain(context, service));
  const isListed = now && hasId(now.interfaceEndpoints, id);
  const status = isListed ? (await readAttached(context, { service: now, id })).status : deleted;
  if (status === 'AVAILABLE') return;
  if (isLeaving(status))
    throw new CliError('endpointFailed', `${id} was removed from Atlas, so it cannot connect.`, {
      hint: mayBeRemoved,
    });
  const what = `${id} is ${status} in Atlas, so it cannot connect.`;
  throw new CliError('endpointFailed', what, { hint: `${shortName(id)} was not deleted.`, reason: 'cannotConnect' });
}

/** The steps on Atlas's side. Those of the user's cloud come after the first one. */
export const atlasSteps = { service, attachment, strings };

export function lastSteps({ isLane }: ConnectFound) {
  return isLane ? [attachment] : [attachment, strings];
}

/** The steps in the user's cloud. When the last one ends, the endpoint can be attached. */
export function cloudSteps({ provider, cloudPlan: { steps } }: ConnectFound): ConnectStep[] {
  return steps.map((step) => ({
    id: step.id,
    title: stepTitle(provider, step.id),
    plan: ({ cloudPlan }) => cloudPlan.steps.find(({ id }) => id === step.id) ?? step,
    run: async (work, found) => {
      let { cloudPlan } = found;
      if (step.action === 'create' && found.service) {
        const ref = refOf(found.service, found.ended, found.isServiceOurs);
        cloudPlan = await work.cloud.create(step.id, cloudPlan, ref, work.onCreated);
      }
      return step === steps.at(-1) ? awaitAttachable(work, { ...found, cloudPlan }) : { ...found, cloudPlan };
    },
  }));
}
