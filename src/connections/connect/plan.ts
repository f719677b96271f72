import type { CloudPlan, CloudSide, Created } from '../../cloud-side/cloud-side.js';
import { cell, type View } from '../../ui/view.js';
import { planView, resultView, type StepResult, textOf } from '../steps.js';
import type { ConnectFound } from './read-both-sides.js';
import { atlasSteps, type ConnectStep, cloudSteps } from './steps.js';

export type ConnectPlan = Pick<CloudPlan, 'places' | 'steps' | 'costs' | 'commands' | 'notes'>;

/** Every step that leads to a connection string, and whether it is done. A pure function of what was found. */
export function planConnect(found: ConnectFound): ConnectPlan {
  const { projectId, cloud, region, reasons } = found;
  const planned = ({ id, title, plan }: ConnectStep) => ({ id, title, ...plan(found) });
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

/** What `connect --dry-run` prints. */
export function connectPlanView(
  { projectId, provider, region, service, cloud }: ConnectFound,
  plan: ConnectPlan,
  side: CloudSide,
): View {
  const about = { projectId, provider, region: region.region, endpoint: service ?? null };
  return planView({ ...about, cloud: { ...side.facts(cloud), created: [] } }, plan, provider);
}

/** What `connect` prints: for people the connection strings, which they came for. */
export function connectedView(
  { service, attached, cloud, strings }: ConnectFound,
  side: CloudSide,
  { results, created }: { results: readonly StepResult[]; created: readonly Created[] },
): View {
  const inCloud = created.filter(({ id }) => id !== service?.id).map(({ id }) => id);
  const row = {
    endpoint: service ?? null,
    interfaceEndpoint: attached ?? null,
    cloud: { ...side.facts(cloud), created: inCloud },
    connectionStrings: [...strings],
  };
  return resultView(row, results, 'endpoint', {
    table: async () => textOf(strings.map((each) => cell(each.srvConnectionString ?? each.connectionString))),
    id: async () => textOf(attached ? [attached.id] : []),
  });
}
