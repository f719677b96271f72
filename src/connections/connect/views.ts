import { cmd, commandLine, type Words } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud } from '../../clouds/cloud.js';
import type { Context } from '../../endpoints/context.js';
import { formats } from '../../ui/formats.js';
import { cell, type Row, type View } from '../../ui/view.js';
import { errorRow } from '../lanes.js';
import type { StepResult } from '../steps.js';
import type { ConnectEnd, ConnectedAll } from './carry-out.js';
import { type ConnectSides, networksOf } from './sides.js';

/** What JSON has beside the plan of a region. */
export function plannedRow(sides: ConnectSides, cloud: Cloud) {
  const { provider, region, atlasRegion, service } = sides;
  return { provider, region, atlasRegion, endpoint: service ?? null, cloud: cloudRow(sides, cloud, []) };
}

/** What `connect REGION` prints: for people and scripts the connection strings, which they came for. */
export function regionView({ strings, steps }: ConnectedAll, end: ConnectEnd): View {
  return stringsView(connectedRow(end), strings, [...end.outcome.results, ...steps]);
}

/** What `connect --cluster` prints: the connection strings; JSON also has what became of each region. */
export function clustersView({ ends, strings, steps }: ConnectedAll): View {
  const regions = ends.map((end) => {
    const { provider, region, atlasRegion } = end.place;
    const row = connectedRow(end);
    return { provider, region, atlasRegion, ...row, steps: [...end.outcome.results], error: errorRow(end.error) };
  });
  return stringsView({ regions }, strings, steps);
}

function connectedRow({ place, outcome: { sides, created } }: ConnectEnd) {
  const { service, attached } = sides;
  const inCloud = created.filter(({ id }) => id !== service?.id).map(({ id }) => id);
  const cloud = cloudRow(sides, place.cloud, inCloud);
  return { endpoint: service ?? null, interfaceEndpoint: attached ?? null, cloud };
}

function stringsView(row: Row, strings: readonly Row[], steps: readonly StepResult[]): View {
  const list: View = {
    single: false,
    rows: strings.map((each) => ({ cluster: each.cluster ?? null, 'connection string': stringOf(each) })),
    columns: ['cluster', 'connection string'],
    id: 'connection string',
    empty: 'No cluster has a private connection string yet.',
  };
  return {
    single: true,
    rows: [{ ...row, connectionStrings: [...strings], steps: [...steps] }],
    id: 'srvConnectionString',
    own: {
      // In a terminal, an empty line parts the strings from the steps.
      table: async (layout) => `${layout.isTerminal ? '\n' : ''}${await formats.table.render(list, layout)}`,
      tsv: (layout) => formats.tsv.render(list, layout),
      id: () => formats.id.render(list),
    },
  };
}

function stringOf({ srvConnectionString, connectionString }: Row) {
  return cell(srvConnectionString ?? connectionString);
}

function cloudRow({ cloudPlan, leftovers }: ConnectSides, cloud: Cloud, created: readonly string[]): Row {
  const staying = new Set([...cloudPlan.dead.map(({ id }) => id), ...leftovers]);
  return { ...cloud.row(cloudPlan), created: [...created], left: [...staying] };
}

/** What to run next. The machine may have no profile, and the servers of a sandbox no data. `place`: the region or the clusters. */
export function testAndUse(
  { settings }: Pick<Context, 'settings'>,
  regions: readonly ConnectSides[],
  [first]: readonly Row[],
  isSandbox: boolean,
  place: Words,
) {
  const titles = regions.map(({ provider }) => clouds[provider].setup.networkTitle);
  const isOne = networksOf(regions).length < 2;
  const where = isOne ? `on a machine in the ${titles[0]}` : 'on a machine that reaches all of these networks';
  const doctor = first
    ? commandLine(cmd`doctor ${stringOf(first)} ${settings.profile.isSandbox ? ['--sandbox'] : []}`)
    : settings.commandLine(cmd`doctor ${place}`);
  if (settings.profile.isSandbox) {
    const undo = settings.commandLine(cmd`disconnect ${place}`);
    return {
      text: 'Nothing was created in a cloud or in Atlas: this is the sandbox. Next:',
      commands: [doctor, undo],
    };
  }
  const client = first && !isSandbox ? [cmd`mongosh ${stringOf(first)} --username USER`.text] : [];
  return { text: `Next, ${where}:`, commands: [doctor, ...client] };
}
