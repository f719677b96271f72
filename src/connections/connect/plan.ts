import { isReady } from '../../atlas/status.js';
import type { Hint } from '../../base/errors.js';
import { cmd, commandLine } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud, Created, PlannedStep } from '../../clouds/cloud.js';
import type { Context } from '../../endpoints/context.js';
import { connectCommand } from '../../endpoints/next-step.js';
import { formats } from '../../ui/formats.js';
import { cell, type Row, type View } from '../../ui/view.js';
import { planView } from '../show-plan.js';
import type { StepResult } from '../steps.js';
import type { ConnectFound } from './found.js';
import { atlasSteps, type ConnectStep, cloudSteps } from './steps.js';

/** Every step that leads to a connection string, and whether it is done. A pure function of what was found. */
export function planConnect(found: ConnectFound) {
  const { cloudPlan, reasons } = found;
  const planned = ({ id, title, plan }: ConnectStep) => ({ id, title, ...plan(found) });
  const steps = [atlasSteps.service, ...cloudSteps(found), atlasSteps.attachment, atlasSteps.strings].map(planned);
  return {
    project: found,
    places: cloudPlan.places,
    steps,
    /** Whether nothing is left to do. */
    isComplete: steps.every(({ action }) => action !== 'create' && action !== 'wait'),
    words: { done: 'already there' },
    costs: [...cloudPlan.costs, 'Atlas: the private endpoint per hour, its traffic'],
    time: usualTime(found, steps),
    commands: cloudPlan.commands,
    notes: [...cloudPlan.notes, ...reasons],
  };
}

/** Clusters are updated for this long after an interface endpoint is AVAILABLE, and have their strings then. */
const stringMinutes = { least: 3, most: 5 };

/** How long the rest usually takes; undefined if nothing is waited for that has a usual time. */
function usualTime({ provider, service }: ConnectFound, steps: readonly PlannedStep[]): string | undefined {
  const isWaiting = steps.some(({ action }) => action === 'wait');
  const isServiceReady = service && isReady(service.status);
  if (isServiceReady && !isWaiting) return undefined;
  const { least, p95 } = isServiceReady ? { least: 0, p95: 0 } : clouds[provider].readyTimes;
  const strings = isWaiting ? stringMinutes : { least: 0, most: 0 };
  return `usually ${Math.floor(least / 60 + strings.least)} to ${Math.ceil(p95 / 60 + strings.most)} minutes`;
}

/** What `connect --dry-run` prints. */
export function connectPlanView(found: ConnectFound, plan: ReturnType<typeof planConnect>, cloud: Cloud): View {
  const { projectId, provider, region: place, service } = found;
  const { region, atlasRegion } = place;
  const about = { projectId, provider, region, atlasRegion, endpoint: service ?? null };
  return planView({ ...about, cloud: cloudRow(found, cloud, []) }, plan, provider);
}

/** What `connect` prints: for people and scripts the connection strings, which they came for. */
export function connectedView(
  found: ConnectFound,
  cloud: Cloud,
  { results, created }: { results: readonly StepResult[]; created: readonly Created[] },
): View {
  const { service, attached, strings } = found;
  const inCloud = created.filter(({ id }) => id !== service?.id).map(({ id }) => id);
  const row = {
    endpoint: service ?? null,
    interfaceEndpoint: attached ?? null,
    cloud: cloudRow(found, cloud, inCloud),
    connectionStrings: [...strings],
    steps: [...results],
  };
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

/** How to connect the other regions of clusters without a string, to test the connection, and to use it. The machine may have no profile. The servers of a sandbox have no data. */
export function nextSteps(
  { settings }: Pick<Context, 'settings'>,
  { provider, region, uncovered, strings: [first] }: ConnectFound,
  isSandbox: boolean,
): Hint[] {
  const others = uncovered.map((each) => settings.commandLine(connectCommand(each.provider, each.region)));
  const also = { text: 'To get the missing connection strings, also connect:', commands: [...new Set(others)] };
  const doctor = first
    ? commandLine(cmd`doctor ${stringOf(first)} ${settings.profile.isSandbox ? ['--sandbox'] : []}`)
    : settings.commandLine(cmd`doctor ${region.region}`);
  const client = first && !isSandbox ? [cmd`mongosh ${stringOf(first)} --username USER`.text] : [];
  const next = {
    text: `Next, on a machine in the ${clouds[provider].setup.networkTitle}:`,
    commands: [doctor, ...client],
  };
  return others.length > 0 ? [also, next] : [next];
}

export function stringOf({ srvConnectionString, connectionString }: Row): string {
  return cell(srvConnectionString ?? connectionString);
}

function cloudRow({ cloudPlan, leftovers }: ConnectFound, cloud: Cloud, created: readonly string[]): Row {
  const staying = new Set([...cloudPlan.dead.map(({ id }) => id), ...leftovers]);
  return { ...cloud.row(cloudPlan), created: [...created], left: [...staying] };
}
