import type { ClusterRegion } from '../../atlas/clusters.js';
import { withBothNames } from '../../clouds/regions.js';
import { formats } from '../../ui/formats.js';
import { asLines, type Row, type View } from '../../ui/view.js';
import { errorRow, type LaneEnd } from '../lanes.js';
import { type BrokenStrings, brokenRows } from '../removal.js';
import type { DisconnectOutcome, Removable } from './carry-out.js';

export function plannedRemovalRow(lane: Removable) {
  const { found, plan } = lane;
  const { region, atlasRegion } = withBothNames(found);
  return { region, atlasRegion, endpoint: found.service ?? null, cloud: cloudRow(lane, plan.remaining, []) };
}

/** What `disconnect` prints: a line for each step, which a terminal has shown already. */
export function disconnectedView(lane: Removable, outcome: DisconnectOutcome, breaks: BrokenStrings): View {
  const row = { ...outcomeRow(lane, outcome), breaks: brokenRows(breaks) };
  const own = ownSteps(outcome.results, ['result', 'title', 'detail']);
  return { single: true, rows: [row], id: 'interfaceEndpointId', own };
}

export function disconnectedRegionsView(
  ends: readonly (LaneEnd<ClusterRegion & Removable> & { outcome: DisconnectOutcome })[],
  breaks: BrokenStrings,
): View {
  const regions = ends.map(({ place, outcome, error }) => {
    const { region, atlasRegion, provider } = place;
    return { region, atlasRegion, provider, ...outcomeRow(place, outcome), error: errorRow(error) };
  });
  const steps = regions.flatMap(({ region, steps }) => steps.map((step) => ({ region, ...step })));
  const ids = () => asLines(regions.flatMap(({ interfaceEndpointId }) => interfaceEndpointId ?? []));
  const own = { ...ownSteps(steps, ['region', 'result', 'title', 'detail']), id: ids };
  return { single: true, rows: [{ regions, breaks: brokenRows(breaks) }], id: 'interfaceEndpointId', own };
}

function outcomeRow(lane: Removable, { service, results, deleted }: DisconnectOutcome) {
  const { found, plan } = lane;
  const undone = [...plan.endpointsToRemove, ...plan.resourcesToRemove].flatMap(({ id }) =>
    deleted.includes(id) ? [] : id,
  );
  return {
    endpoint: service ?? null,
    interfaceEndpointId: plan.toDetach[0] ?? found.named ?? plan.refusedId ?? null,
    cloud: cloudRow(lane, [...plan.remaining, ...undone], deleted),
    steps: results,
  };
}

function ownSteps(rows: readonly Row[], columns: readonly string[]): NonNullable<View['own']> {
  const steps: View = { single: false, rows, columns, id: 'id' };
  const tsv: NonNullable<View['own']>[string] = (layout) => formats.tsv.render(steps, layout);
  return { tsv, table: (layout) => (layout.isTerminal ? '' : tsv(layout)) };
}

function cloudRow({ found, searched }: Removable, remaining: readonly string[], deleted: readonly string[]): Row {
  const { provider, signedIn } = found;
  return {
    provider,
    account: signedIn.account,
    principal: signedIn.principal,
    regions: searched.map(({ region }) => region),
    deleted: [...deleted],
    left: [...remaining],
  };
}
