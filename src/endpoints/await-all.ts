import { deleted } from '../atlas/model.js';
import { formatDuration } from '../base/duration.js';
import { CliError, hintText, InterruptedError } from '../base/errors.js';
import { isLoopback } from '../base/loopback.js';
import { listed } from '../base/words.js';
import { withBothNames } from '../clouds/regions.js';
import type { StatusChange } from '../ui/io.js';
import type { Deadline } from '../wait/deadline.js';
import { unknownGapMs, withJitter } from '../wait/schedule.js';
import { newMs, secondLookMs, type WaitItem, type WaitOptions, type WaitOutcome, waitFor } from '../wait/wait.js';
import type { Context } from './context.js';
import { goOnWaiting } from './goal.js';
import { nameOf } from './view.js';

const noFacts = { endpointId: null, interfaceEndpointId: null, cluster: null, provider: null, region: null };

/** What an item is and where it is. Null if it has no such part. */
export type WaitFacts = { projectId: string } & Record<keyof typeof noFacts, string | null>;

interface TimeLimit extends Pick<Deadline, 'limitMs'>, Partial<Pick<Deadline, 'fault'>> {
  cause?: CliError;
}

export interface WaitSubject<T extends WaitItem> {
  statusVerdict: WaitOptions<T>['statusVerdict'];
  poll: WaitOptions<T>['poll'];
  /** Milliseconds until the next poll is worth it. Default: the gap grows with the time that has passed. */
  gapMs?(item: T, elapsedMs: number): number;
  /** Milliseconds since it was created, if that is known. */
  age?(item: T, elapsedMs: number): number;
  /** Its name in text lines. Default: its region and id. */
  name?(item: T): string;
  /** Its facts in JSON lines. Those that are left out are null. */
  facts(item: T): Pick<WaitFacts, 'projectId'> & Partial<WaitFacts>;
  /** What its row says last while it is pending. */
  note?(item: T, elapsedMs: number): string;
  error?(item: T): CliError;
  /** The state of an item at the time-out (default: that it is still in its status), and why. */
  late?(item: T): { what?: string; why?: string };
  resume(items: readonly T[]): string;
}

export interface AwaitOptions<T> {
  deadline: Deadline;
  /** The command line that continues after an interrupt (default: one for the items that are still pending). */
  again?: string | undefined;
  any?: boolean | undefined;
  /** Called for each item at the start and after each change. */
  onRead?: ((item: T) => Promise<void>) | undefined;
}

/** `items` must be freshly read. With `any`, returns only those that reached the goal. Throws the worst error, with a hint. */
export async function awaitAll<T extends WaitItem>(...wait: Parameters<typeof awaitEach<T>>): Promise<T[]> {
  const { reached, error } = await awaitEach(...wait);
  if (error) throw error;
  return reached;
}

/** The same, but returns the worst error beside the items that reached the goal. */
export async function awaitEach<T extends WaitItem>(
  context: Context,
  items: readonly T[],
  subject: WaitSubject<T>,
  { deadline, again, any, onRead }: AwaitOptions<T>,
) {
  if (items.length === 0) return { reached: [], error: undefined };
  const { io, clock } = context;
  const isAtlas = !isLoopback(await context.settings.baseUrl());
  const started = clock.monotonic();
  const elapsedMs = () => clock.monotonic() - started;
  const lines = linesOf(subject, elapsedMs);
  const latest = [...items];
  const pendingItems = () => latest.filter((item) => subject.statusVerdict(item) === 'pending');
  const progress = await io.progress(() => pendingItems().map(lines.row));
  let outcomes: WaitOutcome<T>[];
  try {
    for (const item of items) {
      progress.changed(lines.change(item, lines.status(item)));
      await onRead?.(item);
    }
    outcomes = await waitFor(items, {
      any,
      deadline,
      statusVerdict: subject.statusVerdict,
      poll: subject.poll,
      gone: deleted,
      leaving: 'DELETING',
      isNew: (item) => (subject.age?.(item, elapsedMs()) ?? elapsedMs()) < newMs,
      gapMs: (pending, isDoubtful) => {
        const least = isDoubtful ? secondLookMs : Number.POSITIVE_INFINITY;
        const gapOf = (item: T) => subject.gapMs?.(item, elapsedMs()) ?? unknownGapMs(elapsedMs(), isAtlas);
        return withJitter(Math.min(least, ...pending.map(gapOf)), clock.random);
      },
      onChange: async (item, index) => {
        latest[index] = item;
        progress.changed(lines.change(item, lines.timed(item)));
        await onRead?.(item);
      },
      onSettled: ({ item, result }) => {
        // An item that was settled from the start took no time.
        const line = items.includes(item) ? lines.status(item) : lines.timed(item);
        progress.settled({ line, tone: result === 'reached' ? 'good' : 'bad' });
      },
    });
  } catch (error) {
    progress.stop();
    throw error instanceof CliError ? stoppedError(error, latest, pendingItems(), { subject, again }) : error;
  }
  for (const { item, result } of outcomes)
    if (result === 'timed-out') progress.settled({ line: lines.timed(item), tone: 'busy' });
  progress.stop();
  const errors = errorsOf(outcomes, subject, deadline);
  const reached = outcomes.filter(({ result }) => result === 'reached').map(({ item }) => item);
  const isGood = any ? reached.length > 0 : errors.length === 0;
  const [worst, ...others] = errors;
  for (const other of isGood ? errors : others) io.warn(other.message);
  return { reached, error: isGood ? undefined : worst };
}

function factsOf<T extends WaitItem>(subject: WaitSubject<T>, item: T): WaitFacts {
  return { ...noFacts, ...subject.facts(item) };
}

function nameIn<T extends WaitItem>(subject: WaitSubject<T>, item: T) {
  return subject.name?.(item) ?? nameOf({ region: factsOf(subject, item).region, id: item.id });
}

function nameAndStatus<T extends WaitItem>(subject: WaitSubject<T>, item: T) {
  return `${nameIn(subject, item)} (${item.status})`;
}

/** What a wait says about an item: in a line, in its row of a terminal, and as JSON. */
function linesOf<T extends WaitItem>(subject: WaitSubject<T>, elapsedMs: () => number) {
  const status = (item: T) => `${nameIn(subject, item)}: ${item.status}`;
  return {
    status,
    timed: (item: T) => `${status(item)} after ${formatDuration(elapsedMs())}`,
    change: (item: T, message: string): StatusChange => {
      const elapsedSeconds = Math.round(elapsedMs()) / 1000;
      return { message, facts: { ...withBothNames(factsOf(subject, item)), status: item.status, elapsedSeconds } };
    },
    row: (item: T) => {
      const region = subject.name ? null : factsOf(subject, item).region;
      const id = region === null ? [] : [item.id];
      const note = subject.note?.(item, elapsedMs()) ?? '';
      // The most important cells come first.
      return [region ?? nameIn(subject, item), item.status, formatDuration(elapsedMs()), ...id, note];
    },
  };
}

/** The error that stopped a wait, with what the items are now, and how to go on. */
function stoppedError<T extends WaitItem>(
  error: CliError,
  latest: readonly T[],
  pending: readonly T[],
  { subject, again }: { subject: WaitSubject<T>; again: string | undefined },
) {
  const remaining = latest.filter(({ status }) => status !== deleted);
  const states = listed(remaining.map((item) => nameAndStatus(subject, item)));
  const isInterrupted = error instanceof InterruptedError && again !== undefined;
  const resume = subject.resume(pending.length > 0 ? pending : remaining);
  return error.withHint({
    text: `${hintText(error.hint)} Current status: ${states}. ${goOnWaiting}`.trim(),
    commands: [isInterrupted ? again : resume],
  });
}

/** The worst one first: a failure is final, while a time-out may still end well. */
function errorsOf<T extends WaitItem>(
  outcomes: readonly WaitOutcome<T>[],
  subject: WaitSubject<T>,
  deadline: Deadline,
): CliError[] {
  const errors = outcomes.flatMap(({ item, result }) => (result === 'failed' && subject.error?.(item)) || []);
  const late = outcomes.filter(({ result }) => result === 'timed-out').map(({ item }) => item);
  const [first, ...more] = late;
  if (first) {
    const one = { what: `${nameIn(subject, first)} is still ${first.status}`, ...subject.late?.(first) };
    const names = late.map((item) => nameAndStatus(subject, item));
    const { what, why } = more.length > 0 ? { what: `${listed(names, 3)} are still pending`, why: '' } : one;
    errors.push(timedOut(what, deadline, subject.resume(late), why));
  }
  return errors.toSorted((a, b) => a.exitCode - b.exitCode);
}

/** The error of a time-out. `what`: the state then. `resume`: how to go on. `why`: unless the last request failed. */
export function timedOut(what: string, { limitMs, fault, cause }: TimeLimit, resume?: string, why = ''): CliError {
  const error = fault?.();
  const more = error ? ` Last error: ${error.message}` : why;
  const hint = resume === undefined ? undefined : { text: goOnWaiting, commands: [resume] };
  return new CliError('timedOut', `Timed out after ${formatDuration(limitMs)}: ${what.replace(/\.$/, '')}.${more}`, {
    hint,
    cause,
  });
}
