import { type Cluster, hasNodesIn, regionText } from '../../atlas/clusters.js';
import { isReady } from '../../atlas/model.js';
import { longName } from '../../base/shell.js';
import { listed, oneOf } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import type { Context } from '../../endpoints/context.js';
import { providersIn } from '../lanes.js';
import { stringRows } from '../waits.js';
import { type ConnectScope, isOneRegion } from './scope.js';
import { type ConnectRegion, type ConnectSides, networksOf } from './sides.js';
import { isComplete, stepsOf } from './steps.js';
import { type Lacking, namesOf, planStrings, stringsThrough } from './strings.js';
import { plannedRow } from './views.js';

export type ConnectPlan = ReturnType<typeof planConnect>;

/** A part for each region, and then the connection strings, which the regions have in common. */
export function planConnect(
  { settings }: Pick<Context, 'settings'>,
  scope: ConnectScope,
  regions: readonly ConnectRegion[],
  lacking: Lacking,
) {
  const { isSandbox } = settings.profile;
  const { clusters } = scope;
  const sides = regions.map((region) => region.sides);
  const strings = planStrings(namesOf(clusters), lacking, stringRows(clusters, stringsThrough(sides)));
  const parts = regions.map((region) => partOf(region, isSandbox));
  const isWaiting = strings.action === 'wait';
  const time = usualTime(sides, isWaiting);
  const networks = scope.isRegional ? [] : networkNotes(clusters, sides);
  return {
    parts,
    strings,
    isComplete: !isWaiting && sides.every(isComplete),
    /** How many resources it creates. */
    count: parts.flatMap(({ steps }) => steps).filter(({ action }) => action === 'create').length,
    time: isSandbox && time ? `some seconds in the sandbox, ${time} in Atlas` : time,
    notes: [...networks, ...lacking.reasons, ...scope.notes],
  };
}

function partOf(region: ConnectRegion, isSandbox: boolean) {
  const { sides, cloud } = region;
  const { places, costs, commands, notes } = sides.cloudPlan;
  return {
    title: regionText(region),
    row: plannedRow(sides, cloud),
    places,
    steps: stepsOf(sides).map(({ id, title, plan }) => ({ id, title, ...plan(sides) })),
    costs: [...costs, 'Atlas: the private endpoint per hour, its traffic'],
    // In the sandbox, no cloud CLI signs in to these accounts.
    commands: isSandbox ? [] : commands,
    notes,
  };
}

/** The plan as it is shown and printed: of one region as a whole, of several with a part each. */
export function shownPlan(scope: ConnectScope, plan: ConnectPlan, hasParts = !isOneRegion(scope)) {
  const { parts, strings, time, notes } = plan;
  const common = { project: scope, words: { done: 'already there' }, time };
  const [one] = parts;
  if (one && !hasParts) {
    const gain = listed(strings.missing);
    const detail = `${gain}: one more connection string, the others stay`;
    return {
      ...common,
      ...one,
      places: gain === '' ? one.places : [...one.places, { title: 'Clusters', detail }],
      steps: [...one.steps, strings],
      notes: [...one.notes, ...notes],
    };
  }
  const costs = parts.flatMap((part) => part.costs);
  return {
    ...common,
    places: [{ title: 'Clusters', detail: listed(namesOf(scope.clusters)) }],
    parts,
    steps: [strings],
    costs: [...new Set(costs)].map((cost) => {
      const number = costs.filter((each) => each === cost).length;
      return number === 1 ? cost : `${cost} (in ${number} regions)`;
    }),
    notes,
  };
}

/** Clusters are updated for this long after an interface endpoint is AVAILABLE, and have their strings then. */
const stringMinutes = { least: 3, most: 5 };

/** How long the rest takes: recorded times of services, and MongoDB's own estimate of the strings (`isWaiting`). Undefined without a wait. */
function usualTime(regions: readonly ConnectSides[], isWaiting: boolean) {
  const starting = regions.filter(({ service }) => !service || !isReady(service.status));
  if (starting.length === 0 && !isWaiting) return undefined;
  const times = starting.map(({ provider }) => clouds[provider].readyTimes);
  const least = Math.max(0, ...times.map((each) => each.least));
  const p95 = Math.max(0, ...times.map((each) => each.p95));
  const strings = isWaiting ? stringMinutes : { least: 0, most: 0 };
  return `estimated ${Math.floor(least / 60 + strings.least)} to ${Math.ceil(p95 / 60 + strings.most)} minutes`;
}

/** What a step says when it starts; undefined if it usually takes seconds. */
export function startText({ settings }: Context, doing: string, ...about: Parameters<typeof usualTime>) {
  const usual = usualTime(...about);
  return usual && `${doing} (${settings.profile.isSandbox ? 'some seconds in the sandbox' : usual})`;
}

/** What the user should know if the clients of a cluster need several networks. */
function networkNotes(clusters: readonly Cluster[], regions: readonly ConnectSides[]) {
  const leads = clusters.flatMap((cluster) => {
    const { length } = networksOf(regions.filter((region) => hasNodesIn(cluster, region)));
    const about = clusters.length > 1 ? ` of ${cluster.name}` : '';
    return length > 1 ? [`The connection string${about} leads to nodes in ${length} networks.`] : [];
  });
  if (leads.length === 0) return [];
  const networks = networksOf(regions);
  // An endpoint that exists stays in its network.
  const planned = regions.filter(({ cloudPlan }) => !cloudPlan.endpoint);
  const [cloud, ...others] = providersIn(regions);
  const { elsewhere } = cloud && others.length === 0 ? clouds[cloud].setup : {};
  const isSpread = networksOf(planned).length > 1;
  const use = elsewhere !== undefined && isSpread ? `, or use ${longName(elsewhere)}` : '';
  const ranges = [...new Set(networks.flatMap((each) => each.ranges))];
  const equal = ranges.flatMap((range) => {
    const same = networks.filter((each) => each.ranges.includes(range)).map(({ id }) => id);
    return same.length > 1
      ? [`${oneOf(same, 'and')} have the same range ${range}, so they cannot be connected.`]
      : [];
  });
  return [`${leads.join(' ')} A client must reach all of them: connect the networks${use}.`, ...equal];
}
