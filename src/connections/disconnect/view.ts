import type { Row, View } from '../../ui/view.js';
import { columns, placeLines, type Section, sectionText } from '../plan-lines.js';
import type { Outcome } from './carry-out.js';
import type { Found, Plan } from './plan.js';

/** The plan for people. */
export function planSections({ places, steps, notes }: Plan): Section[] {
  const rows = columns(steps.map(({ action, title, detail }) => [action, title, detail]));
  return [
    { title: 'Plan:', lines: placeLines(places) },
    { title: 'Steps:', lines: rows },
    ...(notes.length > 0 ? [{ title: 'Notes:', lines: notes }] : []),
  ];
}

/** What `disconnect --dry-run` prints. */
export function planView(found: Found, plan: Plan): View {
  const { projectId, service, region } = found;
  const row: Row = {
    projectId,
    region,
    endpoint: service ?? null,
    cloud: cloudRow(found, plan, []),
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
    cloud: cloudRow(found, { left: [...plan.left, ...inUse.map(({ id }) => id)] }, deleted),
    steps: results.map(({ id, title, result, detail }) => ({ id, title, result, detail })),
  };
  const lines = columns(results.map(({ result, title, detail }) => [result, title, detail]));
  const table = async () => lines.map((line) => `${line}\n`).join('');
  return { single: true, rows: [row], id: 'interfaceEndpointId', own: { table } };
}

function cloudRow({ provider, belongings }: Found, { left }: Pick<Plan, 'left'>, deleted: readonly string[]): Row {
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
