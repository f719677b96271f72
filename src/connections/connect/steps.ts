import { isReady } from '../../atlas/model.js';
import { CliError } from '../../base/errors.js';
import { stepTitle } from '../../clouds/all.js';
import type { CloudPlan, PlannedStep } from '../../clouds/cloud.js';
import { withEndpoint } from '../../clouds/found.js';
import { regionNames } from '../../clouds/regions.js';
import { shortName } from '../../clouds/shapes.js';
import { awaitEndpoints, readAgain } from '../../endpoints/await.js';
import { timedOut } from '../../endpoints/await-all.js';
import { createOnce } from '../../endpoints/create-once.js';
import { attach, awaitInterfaces } from '../../endpoints/interfaces.js';
import { newPortMapping } from '../../endpoints/port-mapping.js';
import { nameOf } from '../../endpoints/view.js';
import { isLost, RequestError } from '../../http/request-error.js';
import type { Deadline } from '../../wait/deadline.js';
import { awaitCloudEndpoint } from '../waits.js';
import type { RegionWork } from './run-region.js';
import { type ConnectSides, locationOf, refOf } from './sides.js';

/* What each step of a region does. A step also works if its result already exists, so a second run continues where the first one stopped. */

export interface ConnectStep {
  id: string;
  title: string;
  plan(sides: ConnectSides): Pick<PlannedStep, 'action' | 'detail' | 'name'>;
  run(work: RegionWork, sides: ConnectSides): Promise<ConnectSides>;
}

export function hasOurs({ endpoint, steps }: CloudPlan) {
  return endpoint !== null && steps.every(({ action }) => action === 'done');
}

/** The error of a request to the user's cloud: a time-out, if the deadline has cut it short or prevented it. */
export function inCloud<E>(error: E, { remainingMs, limitMs }: Deadline) {
  const isCut = error instanceof RequestError && (error.exit === 'timedOut' || (isLost(error) && remainingMs() <= 0));
  return isCut ? timedOut(error.message, { limitMs, cause: error }) : error;
}

/** Atlas sees a new endpoint in another region later. */
const remoteDelayMs = 30_000;

const awaitAttachable: ConnectStep['run'] = async ({ context, cloud, deadline }, sides) => {
  const { region, cloudPlan, attached } = sides;
  const { endpoint } = cloudPlan;
  // The user specified this endpoint with --adopt, and it cannot be read.
  if (!endpoint || attached || endpoint.state === 'unknown') return sides;
  const now = await awaitCloudEndpoint(context, endpoint, cloud, locationOf(sides), { until: 'ready', deadline });
  const isRemoteAndNew = cloud.region !== region && now.state !== endpoint.state;
  const delay = Math.min(remoteDelayMs, Math.max(0, deadline.remainingMs()));
  if (isRemoteAndNew) await context.clock.sleep(delay, context.signal);
  return { ...sides, cloudPlan: withEndpoint(cloudPlan, now) };
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
  run: async ({ context, cloud, deadline, onCreated }, sides) => {
    const { provider, region, atlasRegion } = sides;
    // It admits the region of the network too.
    const remoteRegions = cloud.region === region ? undefined : [regionNames(provider, cloud.region).atlasRegion];
    const request = { provider, region, atlasRegion, portMapping: newPortMapping(provider), remoteRegions };
    const { endpoint: made, isCreated } = sides.service
      ? { endpoint: sides.service, isCreated: false }
      : await createOnce(context, request, { orExisting: true });
    if (isCreated) onCreated({ stepId: 'service', id: made.id });
    const isUsable = isReady(made.status) && refOf(made, []).target !== null;
    const goal = { until: 'ready', deadline };
    const [ready = made] = isUsable ? [] : await awaitEndpoints(context, [made], goal);
    const isServiceOurs = sides.isServiceOurs || isCreated;
    const ref = refOf(ready, sides.ended, isServiceOurs);
    if (ref.target === null) {
      const what = `The private endpoint service ${ready.id} is ${ready.status}`;
      const hint = 'Wait a minute before you continue.';
      throw new CliError('unexpected', `${what}, but Atlas has not returned what to connect to yet.`, { hint });
    }
    // The endpoints for the service, and its zones, are known only now.
    const known = sides.service && refOf(sides.service, []).target;
    const survey = () =>
      cloud.survey(ref).catch((error: unknown) => {
        throw inCloud(error, deadline);
      });
    const cloudPlan = known === ref.target ? sides.cloudPlan : await survey();
    return { ...sides, service: ready, isServiceOurs, cloudPlan };
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
  run: async ({ context, cloud, deadline }, sides) => {
    const { service: to, cloudPlan } = sides;
    if (!to || !cloudPlan.endpoint) return sides;
    const added = sides.attached ?? (await attach(context, to, cloud.attachment(cloudPlan), true));
    try {
      const [attached = added] = await awaitInterfaces(context, [to], [added], { until: 'AVAILABLE', deadline });
      // The service lists the new endpoint now.
      return { ...sides, attached, service: await readAgain(context, to) };
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'endpointFailed') throw error;
      const hint = `${shortName(cloudPlan.endpoint.id)} was not deleted.`;
      throw new CliError('endpointFailed', error.message, { hint, reason: 'cannotConnect', cause: error });
    }
  },
};

/** The steps of a region: on Atlas's side, and between these in the user's cloud, where they depend on the service. */
export const atlasSteps = { service, attachment };

export function stepsOf(sides: ConnectSides) {
  return [service, ...cloudSteps(sides), attachment];
}

/** Whether a region needs nothing any more. */
export function isComplete(sides: ConnectSides) {
  return stepsOf(sides).every(({ plan }) => !['create', 'wait'].includes(plan(sides).action));
}

/** The steps in the user's cloud. When the last one ends, the endpoint can be attached. */
export function cloudSteps({ provider, cloudPlan: { steps } }: ConnectSides): ConnectStep[] {
  return steps.map((step) => ({
    id: step.id,
    title: stepTitle(provider, step.id),
    plan: ({ cloudPlan }) => cloudPlan.steps.find(({ id }) => id === step.id) ?? step,
    run: async (work, sides) => {
      let { cloudPlan } = sides;
      if (step.action === 'create' && sides.service) {
        const ref = refOf(sides.service, sides.ended, sides.isServiceOurs);
        cloudPlan = await work.cloud.create(step.id, cloudPlan, ref, work.onCreated);
      }
      return step === steps.at(-1) ? awaitAttachable(work, { ...sides, cloudPlan }) : { ...sides, cloudPlan };
    },
  }));
}
