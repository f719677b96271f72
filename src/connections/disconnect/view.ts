import { defaultProvider } from '../../clouds/all.js';
import type { Row, View } from '../../ui/view.js';
import { planView, resultView } from '../steps.js';
import type { DisconnectOutcome } from './carry-out.js';
import type { DisconnectFound, DisconnectPlan } from './plan.js';

/** What `disconnect --dry-run` prints. */
export function disconnectPlanView(found: DisconnectFound, plan: DisconnectPlan & { notes: readonly string[] }): View {
  const { projectId, service, region, provider } = found;
  return planView(
    { projectId, region, endpoint: service ?? null, cloud: cloudRow(found, plan.left, []) },
    plan,
    provider,
  );
}

/** What `disconnect` prints: for people a line for each step. */
export function disconnectedView(
  found: DisconnectFound,
  plan: DisconnectPlan,
  { service, results, deleted, inUse }: DisconnectOutcome,
): View {
  const row = {
    endpoint: service ?? null,
    interfaceEndpointId: plan.attached[0] ?? found.named ?? plan.kept ?? null,
    cloud: cloudRow(found, [...plan.left, ...inUse.map(({ id }) => id)], deleted),
  };
  return resultView(row, results, 'interfaceEndpointId');
}

/** What `disconnect --if-exists` prints if it found nothing. */
export function nothingView(): View {
  const cloud = cloudRow({ provider: defaultProvider, belongings: [] }, [], []);
  return resultView({ endpoint: null, interfaceEndpointId: null, cloud }, [], 'interfaceEndpointId');
}

type Ids = readonly string[];

function cloudRow(
  { provider, belongings }: Pick<DisconnectFound, 'provider' | 'belongings'>,
  left: Ids,
  deleted: Ids,
): Row {
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
