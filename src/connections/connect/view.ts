import type { CloudPlan, CloudSide, Created } from '../../cloud-side/cloud-side.js';
import { cell, type Row, type View } from '../../ui/view.js';
import type { StepResult } from '../checklist.js';
import { planSections, sectionText } from '../plan-lines.js';
import type { Found } from './found.js';
import type { Plan } from './plan.js';

/** What `connect --dry-run` prints: the plan, for people as lines. */
export function planView<P extends CloudPlan>(found: Found<P>, plan: Plan, side: CloudSide<P>): View {
  const { projectId, provider, region, service, cloud } = found;
  const row: Row = {
    projectId,
    provider,
    region: region.region,
    endpoint: service ?? null,
    cloud: { ...side.facts(cloud), created: [] },
    steps: plan.steps.map(({ id, title, action, detail }) => ({ id, title, result: action, detail })),
    costs: [...plan.costs],
    commands: [...plan.commands],
    notes: [...plan.notes],
  };
  const lines = plan.commands.flatMap((each) => each.split('\n'));
  const commands = lines.length > 0 ? [{ title: 'AWS CLI commands:', lines }] : [];
  const table = async () => sectionText([...planSections(plan), ...commands]);
  return { single: true, rows: [row], id: 'projectId', own: { table } };
}

/** What `connect` prints: for people the connection strings, which they came for. */
export function resultView<P extends CloudPlan>(
  { service, attached, cloud, strings }: Found<P>,
  side: CloudSide<P>,
  { results, created }: { results: readonly StepResult[]; created: readonly Created[] },
): View {
  const inCloud = created.filter(({ id }) => id !== service?.id).map(({ id }) => id);
  const row: Row = {
    endpoint: service ?? null,
    interfaceEndpoint: attached ?? null,
    cloud: { ...side.facts(cloud), created: inCloud },
    connectionStrings: [...strings],
    steps: results.map(({ id, title, result, detail }) => ({ id, title, result, detail })),
  };
  const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
  const own = {
    table: async () => lines(strings.map((each) => cell(each.srvConnectionString ?? each.connectionString))),
    id: async () => lines(attached ? [attached.id] : []),
  };
  return { single: true, rows: [row], id: 'endpoint', own };
}
