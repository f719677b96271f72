import { formatDuration } from '../base/duration.js';
import { CliError, InterruptedError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import type { Place } from '../cloud-side/cloud-side.js';
import { clouds, type Provider } from '../clouds/all.js';
import { withBothNames } from '../clouds/regions.js';
import type { Session } from '../endpoints/session.js';
import { type Live, noProgress } from '../ui/progress.js';
import type { Row, View } from '../ui/view.js';

/** What became of a step. */
export interface StepResult {
  id: string;
  title: string;
  result: string;
  detail: string;
}

/** Where the steps happen, for lines of JSON. */
export interface StepFacts {
  endpointId: string | null;
  interfaceEndpointId: string | null;
  projectId: string;
  provider: string;
  region: string;
}

/** A step that is about to run. */
interface RunnableStep {
  id: string;
  title: string;
  /** `session`: its waits are shown as a part of the step. */
  run(session: Session): Promise<Pick<StepResult, 'result' | 'detail'>>;
}

interface Steps<S extends RunnableStep> {
  /** The titles of all steps, as far as they are planned. */
  titles: readonly string[];
  /** Each step is taken after the one before it has run, so a generator can decide what comes next. */
  steps: Iterable<S>;
  /** Where the steps happen, as it is known now. */
  facts(): StepFacts;
  /** Adds to an error what exists, and how to continue. */
  explain(error: CliError, current: S | undefined, results: readonly StepResult[]): CliError;
}

/** Runs steps one after the other, and shows what became of each. */
export async function runSteps<S extends RunnableStep>(
  session: Session,
  { titles, steps, facts, explain }: Steps<S>,
): Promise<StepResult[]> {
  const checklist = await openChecklist(session, titles);
  const results: StepResult[] = [];
  let current: S | undefined;
  try {
    for (const step of steps) {
      current = step;
      const { id, title } = step;
      const result = { id, title, ...(await step.run(checklist.begin(step))) };
      results.push(result);
      checklist.end(result, facts());
      current = undefined;
    }
  } catch (error) {
    checklist.stop(current);
    throw error instanceof CliError ? explain(error, current, results) : error;
  }
  checklist.stop();
  return results;
}

/**
 * Shows steps as they are done one after the other: a live list in a terminal, elsewhere a line a step. `titles` are
 * those of all steps.
 */
export async function openChecklist(session: Session, titles: readonly string[]) {
  const { io, clock } = session;
  let last = '';
  let current: { title: string; startedAt: number; live: Live } | undefined;
  const elapsed = (since: number) => formatDuration(clock.monotonic() - since);
  const rows = () => {
    if (!current) return [];
    const { title, live, startedAt } = current;
    const inner = live();
    return inner.length > 0 ? inner.map((row) => [title, ...row]) : [[title, elapsed(startedAt)]];
  };
  // The steps may turn out fewer than they were planned to be.
  const later = () => titles.slice(titles.indexOf(current?.title ?? last) + 1);
  const progress = await io.progress(rows, later);

  return {
    /** Begins a step, and returns the session whose waits are shown as a part of it. */
    begin: ({ title }: { id: string; title: string }): Session => {
      const step = { title, startedAt: clock.monotonic(), live: (() => []) as Live };
      current = step;
      const inner = async (live: Live) => {
        step.live = live;
        return { ...noProgress, stop: () => (step.live = () => []) };
      };
      return { ...session, io: { ...io, progress: inner } };
    },
    end: ({ id, title, result, detail }: StepResult, facts: StepFacts): void => {
      const startedAt = current?.startedAt ?? clock.monotonic();
      const took = clock.monotonic() - startedAt;
      const message = `${title}: ${result} ${detail}${took >= 1000 ? ` after ${elapsed(startedAt)}` : ''}`;
      const elapsedSeconds = Math.round(took) / 1000;
      current = undefined;
      last = title;
      const more = { cluster: null, step: id, status: result, elapsedSeconds };
      progress.changed({ message, facts: { ...withBothNames(facts), ...more } });
      progress.settled({ line: message, tone: 'good' });
    },
    /** Ends the display, if something goes wrong after the line of the step that failed. */
    stop: (failed?: { title: string }): void => {
      if (failed) progress.settled({ line: failed.title, tone: 'bad' });
      current = undefined;
      progress.stop();
    },
  };
}

/**
 * The hint of an error that broke off several steps: what there is, what the error itself advises, and `again`, which
 * goes on.
 */
export function hintToContinue(error: CliError, exists: string, again: readonly string[]): Advice {
  const goOn = 'To continue:';
  const isJustBroken = error instanceof InterruptedError || error.exit === 'timedOut';
  if (isJustBroken || error.hint === undefined) return { text: `${exists} ${goOn}`, commands: again };
  const { text, commands } = error.hint;
  // The same command would be refused once more.
  if (error.exit === 'usage') return { text: `${exists} ${text}`, commands };
  if (commands.length === 0) return { text: `${text} ${exists} ${goOn}`, commands: again };
  return { text: `${exists} ${text}`, commands: [...new Set([...commands, ...again])] };
}

/** A title within a sentence: `security group`, but `VPC endpoint` and `Atlas service`. */
export function inSentence(title: string): string {
  return title.replace(/^(?!Atlas)[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

/** What --dry-run prints: the plan, for people as lines. `row`: what JSON has beside the plan. */
export function planView(row: Row, plan: Shown, provider: Provider): View {
  const { steps, costs, commands = [], notes } = plan;
  const rows = [
    {
      ...row,
      steps: steps.map(({ id, title, action, detail }) => ({ id, title, result: action, detail })),
      ...(costs && { costs: [...costs], commands: [...commands] }),
      notes: [...notes],
    },
  ];
  const lines = commands.flatMap((each) => each.split('\n'));
  const cli = lines.length > 0 ? [{ title: `${clouds[provider].cli} commands:`, lines }] : [];
  return {
    single: true,
    rows,
    id: 'projectId',
    own: { table: async () => sectionText([...planSections(plan), ...cli]) },
  };
}

/** What a command prints after its steps. `own`: what people get instead of the steps. */
export function resultView(row: Row, results: readonly StepResult[], id: string, own: View['own'] = {}): View {
  const lines = columns(results.map(({ result, title, detail }) => [result, title, detail]));
  const table = async () => textOf(lines);
  const steps = results.map(({ id, title, result, detail }) => ({ id, title, result, detail }));
  return { single: true, rows: [{ ...row, steps }], id, own: { table, ...own } };
}

/** Lines as one text, for stdout. */
export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** A part of a plan as people read it. */
export interface Section {
  title: string;
  lines: readonly string[];
}

/** The sections of a plan as one text, for stdout. */
export function sectionText(sections: readonly Section[]): string {
  return sections.map(({ title, lines }) => textOf([title, ...lines.map((line) => `  ${line}`)])).join('\n');
}

interface Shown {
  places: readonly Place[];
  steps: readonly { id: string; action: string; title: string; detail: string }[];
  costs?: readonly string[];
  /** Command lines of the cloud's own CLI. */
  commands?: readonly string[];
  notes: readonly string[];
}

/** The plan for people. */
export function planSections({ places, steps, costs = [], notes }: Shown): Section[] {
  const sections = [
    { title: 'Plan:', lines: columns(places.map(({ title, detail }) => [title, detail])) },
    { title: 'Steps:', lines: columns(steps.map(({ action, title, detail }) => [action, title, detail])) },
    { title: 'Costs:', lines: costs },
    { title: 'Notes:', lines: notes },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

/** Rows whose cells stand below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
