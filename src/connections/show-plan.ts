import { isAtlasId } from '../atlas/ids.js';
import { type Endpoint, type InterfaceEndpoint, isLeaving } from '../atlas/model.js';
import { CliError, type Hint, hintLine, orNone, toHint } from '../base/errors.js';
import { at, text } from '../base/json.js';
import { cmd } from '../base/shell.js';
import { grouped, listed } from '../base/words.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { CloudPlan, Place } from '../clouds/cloud.js';
import { type Found, isMarkedFor, ownerOf } from '../clouds/found.js';
import { isSameId, shortName } from '../clouds/shapes.js';
import type { Context } from '../endpoints/context.js';
import { deletingAny, deletingLeftovers, deletingOurs } from '../endpoints/next-step.js';
import type { Io } from '../ui/io.js';
import { brokenAtOptions } from '../ui/streams.js';
import { asLines, type Row, type View } from '../ui/view.js';
import { inColumns } from '../ui/width.js';
import { type BrokenStrings, brokenLines, brokenRows, warnOfBroken } from './removal.js';

interface ShownPlan {
  project: Record<'projectId' | 'projectName', string>;
  places: readonly Place[];
  steps: readonly Record<'id' | 'title' | 'action' | 'detail', string>[];
  /** What people read instead of an action. */
  words?: Readonly<Record<string, string>>;
  /** The same for each of several regions, before what they have in common. `row`: what JSON has beside it. */
  parts?: readonly ({ title: string; row: Row } & Pick<
    ShownPlan,
    'places' | 'steps' | 'costs' | 'commands' | 'notes'
  >)[];
  breaks?: BrokenStrings;
  costs?: readonly string[];
  time?: string | undefined;
  commands?: readonly string[];
  notes: readonly (string | Hint)[];
}

/** The name of a project, for people; empty if it can't be read, which is no reason to fail. */
export async function readProjectName(context: Pick<Context, 'atlas'>, id: string) {
  const project = await orNone((await context.atlas()).getProject(id, { tries: 1, timeoutMs: 5000 }));
  return project?.name ?? '';
}

export function whereText(at: ShownPlan['project'] & { provider: Provider }, account: string) {
  return `${clouds[at.provider].account} ${account} and Atlas project ${at.projectName || at.projectId}`;
}

export function showPlan(io: Pick<Io, 'note' | 'warn'>, plan: ShownPlan) {
  io.note('Plan', (columns) => [...planLines(plan, columns), '']);
  warnOfBroken(io, plan.breaks);
}

export function showNotes(io: Pick<Io, 'note'>, notes: readonly (string | Hint)[]) {
  if (notes.length > 0) io.note('Notes', (columns) => notes.flatMap((each) => noteLines(each, columns)));
}

/** What --dry-run prints. `row`: what JSON has beside the plan. `provider`: if it is about one region. */
export function planView(row: Row, plan: ShownPlan, provider?: Provider): View {
  const { parts = [], commands } = plan;
  const ofParts = parts.map((part) => scriptLines(`Commands for ${part.title}`, part.commands));
  const script = provider ? scriptLines(`${clouds[provider].cli} commands`, commands) : ofParts.flat();
  const endpoints = [row, ...parts.map((part) => part.row)].map(({ endpoint }) => text(at(endpoint, 'id')) ?? '');
  const regions = parts.map((part) => planRow(part.row, part));
  return {
    single: true,
    rows: [planRow({ ...row, ...(plan.parts && { regions }) }, plan)],
    id: 'id',
    own: {
      id: () => asLines(endpoints.filter((id) => id !== '')),
      table: ({ isTerminal, width }) => {
        const shown = planLines(plan, isTerminal ? width - 2 : undefined);
        return asLines(['Plan', ...shown.map((line) => `  ${line}`.trimEnd()), ...script]);
      },
    },
  };
}

function planRow(row: Row, { steps, breaks, costs, commands, notes }: Omit<ShownPlan, 'project'>): Row {
  // What comes by itself is created too.
  const planned = steps.map(({ id, title, action, detail }) => {
    return { id, title, result: action === 'wait' ? 'create' : action, detail };
  });
  return {
    ...row,
    ...(steps.length > 0 && { steps: planned }),
    ...(breaks !== undefined && { breaks: brokenRows(breaks) }),
    ...(costs && { costs: [...costs] }),
    ...(commands && { commands: [...commands] }),
    notes: notes.map((each) => hintLine(toHint(each))),
  };
}

function scriptLines(title: string, commands: readonly string[] = []) {
  const lines = commands.flatMap((each) => each.split('\n'));
  return lines.length > 0 ? ['', title, ...lines.map((line) => `  ${line}`)] : [];
}

function planLines({ project, places, steps, words, breaks, ...rest }: ShownPlan, columns?: number) {
  const { parts = [], costs = [], time, notes } = rest;
  const { projectId, projectName } = project;
  const name = projectName === '' ? projectId : `${projectName} (${projectId})`;
  const more = [
    ...costs.map((each, index) => [index === 0 ? 'Costs' : '', each]),
    ...(time === undefined ? [] : [['Time', time]]),
  ];
  const placeRow = ({ title, detail }: Place) => [title, detail];
  const stepRow = ({ action, title, detail }: (typeof steps)[number]) => [words?.[action] ?? action, title, detail];
  const inPart = columns === undefined ? undefined : columns - 2;
  const partOf = ({ title, places, steps, notes }: (typeof parts)[number]) => {
    const lines = [
      ...inColumns(places.map(placeRow), inPart, 3),
      ...inColumns(steps.map(stepRow), inPart),
      ...notes.flatMap((each) => noteLines(each, inPart)),
    ];
    return [title, ...lines.map((line) => `  ${line}`)];
  };
  const blocks = [
    ...parts.map(partOf),
    inColumns([['Project', name], ...places.map(placeRow)], columns, 3),
    inColumns([...steps.map(stepRow), ...brokenLines(breaks)], columns),
    inColumns(more, columns, 3),
    notes.flatMap((each) => noteLines(each, columns)),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index > 0 ? ['', ...block] : block));
}

function noteLines(note: string | Hint, columns?: number) {
  const { text, commands } = toHint(note);
  const lines = commands.flatMap((each) => (columns === undefined ? each : brokenAtOptions(each, columns - 4)));
  return [...inColumns([['-', text]], columns, 1), ...lines.map((line) => `    ${line}`)];
}

export async function leftoverNotes(
  context: Context,
  { projectId, provider, service }: { projectId: string; provider: Provider; service: Endpoint | undefined },
  found: readonly Pick<Found, 'id' | 'region' | 'mark'>[],
  signIn: readonly string[],
) {
  const marked = found.map((each) => ({ ...each, serviceId: ownerOf(each, projectId) ?? '' }));
  const others = marked.filter(({ serviceId }) => serviceId !== service?.id && isAtlasId(serviceId));
  if (others.length === 0) return [];
  const services = await (await context.atlas()).listServices(projectId, provider);
  const leftovers = others.filter(({ serviceId }) => services.every(({ id }) => id !== serviceId));
  const commandOf = (each: (typeof leftovers)[number]) => deletingLeftovers(context, each, signIn);
  return grouped(leftovers, commandOf).map((same) => {
    const ids = same.map(({ id }) => id);
    const text =
      `${listed(ids)}: left over from an Atlas service that no longer exists. ` +
      `${clouds[provider].title} bills endpoints until they are deleted. To remove this:`;
    return { text, commands: [commandOf(same[0])], ids };
  });
}

/** What to say of endpoints that can never connect. Throws if one of ours was refused: another may be refused too. */
export function checkDead(
  context: Context,
  { endpoint, account, dead }: CloudPlan,
  attached: readonly InterfaceEndpoint[],
  service: Endpoint,
  signIn: readonly string[],
) {
  return dead.map((found) => {
    const { id, state, stage } = found;
    const isMine = isMarkedFor(found, service);
    const status = attached.find((each) => isSameId(each.id, id))?.status;
    const isHeld = status !== undefined && !isLeaving(status);
    const inAtlas = status === undefined ? '' : `, and ${status} in Atlas`;
    const what = `${shortName(id)} is ${state}${inAtlas}, so it can never connect.`;
    const inCloud = { ...found, gcpProjectId: account };
    const commands = isMine
      ? [deletingOurs(context, service.id, id, signIn)]
      : deletingAny(context, service.provider, inCloud);
    if (endpoint === null && isMine && (stage === 'refused' || isHeld)) {
      const text = 'It is billed, and another one may be refused too. Delete it, then run this again:';
      throw new CliError('endpointFailed', what, {
        hint: { text, commands: [...commands, context.settings.again(cmd``)] },
      });
    }
    const how = commands.length > 0 ? ' To delete it:' : '';
    return { text: `${what} atlas-pe does not use or delete it.${how}`, commands };
  });
}
