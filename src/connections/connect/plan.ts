import { isReady } from '../../atlas/status.js';
import { listed } from '../../base/listed.js';
import type { CloudPlan, Place, PlannedStep } from '../../cloud-side/cloud-side.js';
import type { Found } from './found.js';

export interface Plan {
  places: readonly Place[];
  steps: readonly PlannedStep[];
  costs: readonly string[];
  commands: readonly string[];
  notes: readonly string[];
}

type Planned = Pick<PlannedStep, 'action' | 'detail'>;

/** The steps on Atlas's side; those of the user's cloud come between them. */
const atlasSteps = {
  service: {
    title: 'Atlas service',
    plan: ({ service, region, cloud }) => {
      if (!service) return { action: 'create', detail: `in ${region.region}` };
      // What this program goes on with, it need not adopt.
      const isOurs = cloud.endpoint !== null && cloud.steps.every(({ action }) => action === 'done');
      return {
        action: isOurs && isReady(service.status) ? 'done' : 'adopt',
        detail: `${service.id} (${service.status})`,
      };
    },
  },
  attachment: {
    title: 'Attachment',
    plan: ({ attached }) => {
      if (!attached) return { action: 'create', detail: 'to the Atlas service' };
      return {
        action: attached.status === 'AVAILABLE' ? 'done' : 'adopt',
        detail: `${attached.id} (${attached.status})`,
      };
    },
  },
  'connection-strings': {
    title: 'Connection strings',
    plan: ({ clusters, strings, unreachable }) => {
      const has = new Set(strings.map(({ cluster }) => cluster));
      const missing = clusters.filter((name) => !has.has(name) && !unreachable.includes(name));
      if (missing.length > 0) return { action: 'create', detail: `for ${listed(missing)}` };
      const there = clusters.filter((name) => has.has(name));
      if (there.length > 0) return { action: 'done', detail: `for ${listed(there)}` };
      return { action: 'skip', detail: `for ${listed(clusters)}` };
    },
  },
} as const satisfies Record<string, { title: string; plan(found: Found<CloudPlan>): Planned }>;

export type AtlasStepId = keyof typeof atlasSteps;

export function planAtlasStep(id: AtlasStepId, found: Found<CloudPlan>): PlannedStep {
  const { title, plan } = atlasSteps[id];
  return { id, title, ...plan(found) };
}

/** Every step that leads to a connection string, and whether it is done. A pure function of what was found. */
export function planConnect(found: Found<CloudPlan>): Plan {
  const { projectId, cloud, region, reasons } = found;
  return {
    places: [{ title: 'Project', detail: projectId }, { title: 'Region', detail: region.region }, ...cloud.places],
    steps: [
      planAtlasStep('service', found),
      ...cloud.steps,
      planAtlasStep('attachment', found),
      planAtlasStep('connection-strings', found),
    ],
    costs: [...cloud.costs, `Atlas bills the private endpoint per hour and region, and for its traffic.`],
    commands: cloud.commands,
    notes: [...cloud.notes, ...reasons],
  };
}

/** Whether nothing is left to do. */
export function isComplete({ steps }: Plan): boolean {
  return steps.every(({ action }) => action !== 'create');
}
