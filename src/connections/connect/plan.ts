import { isReady } from '../../atlas/model.js';
import type { Hint } from '../../base/errors.js';
import { cmd, commandLine } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud } from '../../clouds/cloud.js';
import type { Context } from '../../endpoints/context.js';
import { connectCommand } from '../../endpoints/next-step.js';
import { formats } from '../../ui/formats.js';
import { cell, type Row, type View } from '../../ui/view.js';
import type { ConnectOutcome } from './carry-out.js';
import { type ConnectFound, placeOf } from './found.js';
import { atlasSteps, type ConnectStep, cloudSteps, lastSteps } from './steps.js';

export function planConnect(found: ConnectFound) {
  const { cloudPlan, isLane, reasons } = found;
  const { missing } = atlasSteps.strings.plan(found);
  const gain = missing && `${listed(missing)}: one more connection string, the others stay`;
  const planned = ({ id, title, plan }: ConnectStep) => ({ id, title, ...plan(found) });
  const steps = [atlasSteps.service, ...cloudSteps(found), ...lastSteps(found)].map(planned);
  const isWaiting = steps.some(({ action }) => action === 'wait');
  return {
    project: found,
    places: isLane || !gain ? cloudPlan.places : [...cloudPlan.places, { title: 'Clusters', detail: gain }],
    steps,
    isComplete: steps.every(({ action }) => action !== 'create' && action !== 'wait'),
    words: { done: 'already there' },
    costs: [...cloudPlan.costs, 'Atlas: the private endpoint per hour, its traffic'],
    time: usualTime([found], isWaiting),
    commands: cloudPlan.commands,
    notes: [...cloudPlan.notes, ...reasons],
  };
}

/** Clusters are updated for this long after an interface endpoint is AVAILABLE, and have their strings then. */
const stringMinutes = { least: 3, most: 5 };

/** How long the rest usually takes; undefined if nothing is waited for that has a usual time. `isWaiting`: for strings. */
export function usualTime(
  regions: readonly Pick<ConnectFound, 'provider' | 'service'>[],
  isWaiting: boolean,
): string | undefined {
  const starting = regions.filter(({ service }) => !service || !isReady(service.status));
  if (starting.length === 0 && !isWaiting) return undefined;
  const times = starting.map(({ provider }) => clouds[provider].readyTimes);
  const least = Math.max(0, ...times.map((each) => each.least));
  const p95 = Math.max(0, ...times.map((each) => each.p95));
  const strings = isWaiting ? stringMinutes : { least: 0, most: 0 };
  return `usually ${Math.floor(least / 60 + strings.least)} to ${Math.ceil(p95 / 60 + strings.most)} minutes`;
}

/** What JSON has beside the plan of a region. */
export function plannedRow(found: ConnectFound, cloud: Cloud): Row {
  return { ...placeOf(found), endpoint: found.service ?? null, cloud: cloudRow(found, cloud, []) };
}

/** What `connect` prints: for people and scripts the connection strings, which they came for. */
export function connectedView(cloud: Cloud, outcome: ConnectOutcome): View {
  const { strings } = outcome.found;
  return stringsView(
    { ...connectedRow(cloud, outcome), connectionStrings: [...strings], steps: [...outcome.results] },
    strings,
  );
}

export function connectedRow(cloud: Cloud, { found, created }: ConnectOutcome) {
  const { service, attached } = found;
  const inCloud = created.filter(({ id }) => id !== service?.id).map(({ id }) => id);
  return { endpoint: service ?? null, interfaceEndpoint: attached ?? null, cloud: cloudRow(found, cloud, inCloud) };
}

export function stringsView(row: Row, strings: readonly Row[]): View {
  const list: View = {
    single: false,
    rows: strings.map((each) => ({ cluster: each.cluster ?? null, 'connection string': stringOf(each) })),
    columns: ['cluster', 'connection string'],
    id: 'connection string',
    empty: 'No cluster has a private connection string yet.',
  };
  return {
    single: true,
    rows: [row],
    id: 'srvConnectionString',
    own: {
      // In a terminal, an empty line parts the strings from the steps.
      table: async (layout) => `${layout.isTerminal ? '\n' : ''}${await formats.table.render(list, layout)}`,
      tsv: (layout) => formats.tsv.render(list, layout),
      id: () => formats.id.render(list),
    },
  };
}

export function nextSteps(context: Pick<Context, 'settings'>, found: ConnectFound, isSandbox: boolean): Hint[] {
  const { region, uncovered, strings } = found;
  const others = uncovered.map((each) => context.settings.commandLine(connectCommand(each.provider, each.region)));
  const also = { text: 'To get the missing connection strings, also connect:', commands: [...new Set(others)] };
  const next = testAndUse(context, [found], { strings, otherwise: region.region }, isSandbox);
  return others.length > 0 ? [also, next] : [next];
}

/** The machine may have no profile, and the servers of a sandbox no data. `otherwise`: what doctor checks without a string. */
export function testAndUse(
  { settings }: Pick<Context, 'settings'>,
  founds: readonly ConnectFound[],
  { strings: [first], otherwise = '' }: { strings: readonly Row[]; otherwise?: string },
  isSandbox: boolean,
): Hint {
  const titles = founds.map(({ provider }) => clouds[provider].setup.networkTitle);
  const isOne = networksOf(founds).length < 2;
  const where = isOne ? `on a machine in the ${titles[0]}` : 'on a machine that reaches all of these networks';
  const doctor = first
    ? commandLine(cmd`doctor ${stringOf(first)} ${settings.profile.isSandbox ? ['--sandbox'] : []}`)
    : settings.commandLine(cmd`doctor ${otherwise}`);
  if (settings.profile.isSandbox) {
    const undo = founds.map(({ region }) => settings.commandLine(cmd`disconnect ${region.region}`));
    return {
      text: 'Nothing was created in a cloud or in Atlas: this is the sandbox. Next:',
      commands: [doctor, ...undo],
    };
  }
  const client = first && !isSandbox ? [cmd`mongosh ${stringOf(first)} --username USER`.text] : [];
  return { text: `Next, ${where}:`, commands: [doctor, ...client] };
}

export function networksOf(founds: readonly ConnectFound[]) {
  const all = founds.flatMap(({ cloudPlan }) => cloudPlan.network ?? []);
  return [...new Map(all.map((network) => [network.id, network])).values()];
}

export function stringOf({ srvConnectionString, connectionString }: Row) {
  return cell(srvConnectionString ?? connectionString);
}

function cloudRow({ cloudPlan, leftovers }: ConnectFound, cloud: Cloud, created: readonly string[]): Row {
  const staying = new Set([...cloudPlan.dead.map(({ id }) => id), ...leftovers]);
  return { ...cloud.row(cloudPlan), created: [...created], left: [...staying] };
}
