import type { CloudPlan, Place, PlannedStep } from '../../cloud-side/cloud-side.js';
import type { ConnectFound } from './found.js';
import { atlasSteps, type ConnectStep, cloudSteps } from './steps.js';

export interface ConnectPlan {
  places: readonly Place[];
  steps: readonly PlannedStep[];
  costs: readonly string[];
  commands: readonly string[];
  notes: readonly string[];
}

/** Every step that leads to a connection string, and whether it is done. A pure function of what was found. */
export function planConnect(found: ConnectFound<CloudPlan>): ConnectPlan {
  const { projectId, cloud, region, reasons } = found;
  const planned = ({ id, title, plan }: ConnectStep<CloudPlan>) => ({ id, title, ...plan(found) });
  return {
    places: [{ title: 'Project', detail: projectId }, { title: 'Region', detail: region.region }, ...cloud.places],
    steps: [atlasSteps.service, ...cloudSteps(found), atlasSteps.attachment, atlasSteps.strings].map(planned),
    costs: [...cloud.costs, `Atlas bills the private endpoint per hour and region, and for its traffic.`],
    commands: cloud.commands,
    notes: [...cloud.notes, ...reasons],
  };
}

/** Whether nothing is left to do. */
export function isComplete({ steps }: ConnectPlan): boolean {
  return steps.every(({ action }) => action !== 'create');
}
