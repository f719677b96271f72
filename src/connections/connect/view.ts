import type { CloudPlan, CloudSide, Created } from '../../cloud-side/cloud-side.js';
import { cell, type View } from '../../ui/view.js';
import type { StepResult } from '../checklist.js';
import { planView, resultView, textOf } from '../steps.js';
import type { ConnectFound } from './found.js';
import type { ConnectPlan } from './plan.js';

/** What `connect --dry-run` prints. */
export function connectPlanView<P extends CloudPlan>(
  { projectId, provider, region, service, cloud }: ConnectFound<P>,
  plan: ConnectPlan,
  side: CloudSide<P>,
): View {
  const about = { projectId, provider, region: region.region, endpoint: service ?? null };
  return planView({ ...about, cloud: { ...side.facts(cloud), created: [] } }, plan, provider);
}

/** What `connect` prints: for people the connection strings, which they came for. */
export function connectedView<P extends CloudPlan>(
  { service, attached, cloud, strings }: ConnectFound<P>,
  side: CloudSide<P>,
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
