import { defaultProvider } from '../../clouds/all.js';
import type { Row, View } from '../../ui/view.js';
import { columns, planSections, sectionText } from '../plan-lines.js';
import type { Outcome } from './carry-out.js';
import type { Found, Plan } from './plan.js';

/** What `disconnect --dry-run` prints. */
export function planView(found: Found, plan: Plan): View {
  const { projectId, service, region } = found;
  const row: Row = {
    projectId,
    region,
    endpoint: service ?? null,
    cloud: cloudRow(found, plan.left, []),
    steps: plan.steps.map(({ id, title, action, detail }) => ({ id, title, result: action, detail })),
    notes: [...plan.notes],
  };
  const table = async () => sectionText(planSections(plan));
  return { single: true, rows: [row], id: 'projectId', own: { table } };
}

/** What `disconnect` prints: for people a line for each step. */
export function resultView(found: Found, plan: Plan, { service, results, deleted, inUse }: Outcome): View {
  const [attached] = plan.attached;
  const row: Row = {
    endpoint: service ?? null,
    interfaceEndpointId: attached ?? found.named ?? plan.kept ?? null,
    cloud: cloudRow(found, [...plan.left, ...inUse.map(({ id }) => id)], deleted),
    steps: results.map(({ id, title, result, detail }) => ({ id, title, result, detail })),
  };
  const lines = columns(results.map(({ result, title, detail }) => [result, title, detail]));
  const table = async () => lines.map((line) => `${line}\n`).join('');
  return { single: true, rows: [row], id: 'interfaceEndpointId', own: { table } };
}

/** What `disconnect --if-exists` prints if it found nothing. */
export function nothingView(): View {
  const cloud = cloudRow({ provider: defaultProvider, belongings: [] }, [], []);
  const rows = [{ endpoint: null, interfaceEndpointId: null, cloud, steps: [] }];
  return { single: true, rows, id: 'interfaceEndpointId', own: { table: async () => '' } };
}

type Ids = readonly string[];

function cloudRow({ provider, belongings }: Pick<Found, 'provider' | 'belongings'>, left: Ids, deleted: Ids): Row {
  const [first] = belongings;
  return {
    provider,
    account: first?.account ?? null,
    role: first?.role ?? null,
    regions: belongings.map(({ region }) => region),
    deleted: [...deleted],
    left: [...left],
  };
}
