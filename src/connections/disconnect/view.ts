import { defaultProvider } from '../../clouds/all.js';
import { withBothNames } from '../../clouds/regions.js';
import { formats } from '../../ui/formats.js';
import type { Row, View } from '../../ui/view.js';
import { planView, type ShownPlan } from '../show-plan.js';
import type { DisconnectOutcome } from './carry-out.js';
import type { DisconnectFound, DisconnectPlan } from './plan.js';

/** What `disconnect --dry-run` prints. */
export function disconnectPlanView(found: DisconnectFound, plan: DisconnectPlan & ShownPlan): View {
  const { projectId, service, region, provider } = found;
  const steps = plan.steps.map(({ id, title, action, detail }) => ({ id, title, result: action, detail }));
  const cloud = cloudRow(found, plan.left, []);
  const { atlasRegion } = withBothNames({ provider, region });
  return planView({ projectId, region, atlasRegion, endpoint: service ?? null, cloud, steps }, plan, provider);
}

/** What `disconnect` prints: a line for each step, which a terminal has shown already. */
export function disconnectedView(
  found: DisconnectFound,
  plan: DisconnectPlan,
  { service, results, deleted, inUse }: DisconnectOutcome,
): View {
  const row = {
    endpoint: service ?? null,
    interfaceEndpointId: plan.attached[0] ?? found.named ?? plan.kept ?? null,
    cloud: cloudRow(found, [...plan.left, ...inUse.map(({ id }) => id)], deleted),
    steps: results.map((each) => ({ ...each })),
  };
  const steps: View = { single: false, rows: row.steps, columns: ['result', 'title', 'detail'], id: 'id' };
  const tsv: NonNullable<View['own']>[string] = (layout) => formats.tsv.render(steps, layout);
  const table: typeof tsv = (layout) => (layout.isTerminal ? '' : tsv(layout));
  return { single: true, rows: [row], id: 'interfaceEndpointId', own: { table, tsv } };
}

/** What `disconnect --if-exists` prints if it found nothing; with --dry-run, in place of a plan. */
export function nothingView(plan?: Row): View {
  const cloud = cloudRow({ provider: defaultProvider, belongings: [] }, [], []);
  const rows = [{ ...(plan ?? { endpoint: null, interfaceEndpointId: null }), cloud, steps: [] }];
  return { single: true, rows, id: 'interfaceEndpointId', own: { table: () => '', tsv: () => '' } };
}

function cloudRow(
  { provider, belongings }: Pick<DisconnectFound, 'provider' | 'belongings'>,
  left: readonly string[],
  deleted: readonly string[],
): Row {
  const [first] = belongings;
  return {
    provider,
    account: first?.account ?? null,
    principal: first?.principal ?? null,
    regions: belongings.map(({ region }) => region),
    deleted: [...deleted],
    left: [...left],
  };
}
