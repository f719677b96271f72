import { deleted } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { CliError, InterruptedError } from '../base/errors.js';
import { hintText } from '../base/hint.js';
import { listed } from '../base/listed.js';
import type { StatusChange } from '../ui/progress.js';
import type { Deadline } from '../wait/deadline.js';
import { withJitter } from '../wait/schedule.js';
import {
  newMs,
  type StatusVerdict,
  secondLookMs,
  type WaitItem,
  type WaitOptions,
  type WaitOutcome,
  waitFor,
} from '../wait/wait.js';
import { goOnWaiting } from './goal.js';
import type { Session } from './session.js';

/** What an item is and where it is. Null if it has no such part. */
interface Facts {
  endpointId: string | null;
  interfaceEndpointId: string | null;
  cluster: string | null;
  projectId: string;
  provider: string | null;
  region: string | null;
}

/** What a time-out error says of the wait. */
interface Late {
  /** The time limit of the command. */
  limitMs: number;
  fault: Error | undefined;
}

/** How to read, judge and show the items that a wait is for. */
export interface WaitSubject<T extends WaitItem> {
  judge(item: T, before?: string): StatusVerdict;
  /** A unique key, if the id isn't unique. */
  key?(item: T): string;
  look: WaitOptions<T>['look'];
  /** Milliseconds until the next poll is worth it. */
  gap(item: T, elapsedMs: number): number;
  /** Milliseconds since it was created, if that is known. */
  age?(item: T, elapsedMs: number): number;
  /** How many requests one poll of these items takes. */
  requests(items: readonly T[]): number;
  /** Its name in text lines. */
  name(item: T): string;
  /** Its facts in JSON lines. */
  facts(item: T): Facts;
  /** The cells of its row while it is pending, most important first. */
  row(item: T, elapsedMs: number): readonly string[];
  /** The error for an item that didn't reach the goal. */
  error(outcome: WaitOutcome<T>, about: Late): CliError;
  /** The command line that continues to wait for these items. */
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

/**
 * Waits for items and shows progress. `items` must be freshly read. Returns them as last read; with `any`, only those
 * that reached the goal. Throws the worst error, after printing the others. Every error has a hint on how to continue.
 */
export async function awaitAll<T extends WaitItem>(
  session: Session,
  items: readonly T[],
  subject: WaitSubject<T>,
  { deadline, again, any, onRead }: AwaitOptions<T>,
): Promise<T[]> {
  if (items.length === 0) return [];
  const { io, clock, random } = session;
  const atlas = await session.atlas();
  const started = clock.monotonic();
  const keyOf = (item: T) => subject.key?.(item) ?? item.id;
  const latest = new Map(items.map((item) => [keyOf(item), item]));
  const elapsedMs = () => clock.monotonic() - started;
  const elapsed = () => formatDuration(elapsedMs());
  const said = (item: T) => `${subject.name(item)}: ${item.status}`;
  const change = (item: T, message: string): StatusChange => {
    const elapsedSeconds = Math.round(elapsedMs()) / 1000;
    return { message, facts: { ...subject.facts(item), status: item.status, elapsedSeconds } };
  };

  const underWay = () => [...latest.values()].filter((item) => subject.judge(item) === 'pending');
  const progress = await io.progress(() => underWay().map((item) => subject.row(item, elapsedMs())));

  let outcomes: WaitOutcome<T>[];
  try {
    for (const item of items) {
      progress.changed(change(item, said(item)));
      await onRead?.(item);
    }
    outcomes = await waitFor(items, {
      any,
      deadline,
      judge: subject.judge,
      look: subject.look,
      gone: deleted,
      leaving: 'DELETING',
      isNew: (item) => (subject.age?.(item, elapsedMs()) ?? elapsedMs()) < newMs,
      gap: (pending, isDoubtful) => {
        const least = isDoubtful ? secondLookMs : Number.POSITIVE_INFINITY;
        const soonest = pending.reduce((so, item) => Math.min(so, subject.gap(item, elapsedMs())), least);
        return Math.max(withJitter(soonest, random), atlas.gapOfRateLimit(subject.requests(pending)));
      },
      onChange: async (item) => {
        latest.set(keyOf(item), item);
        progress.changed(change(item, `${said(item)} after ${elapsed()}`));
        await onRead?.(item);
      },
      onSettled: ({ item, result }) => {
        // An item that was settled from the start took no time.
        const line = items.includes(item) ? said(item) : `${said(item)} after ${elapsed()}`;
        progress.settled({ line, tone: result === 'reached' ? 'good' : 'bad' });
      },
    });
  } catch (error) {
    progress.stop();
    if (!(error instanceof CliError)) throw error;
    const there = [...latest.values()].filter(({ status }) => status !== deleted);
    const pending = underWay();
    const states = listed(there.map((item) => `${subject.name(item)} (${item.status})`));
    const isInterrupted = error instanceof InterruptedError && again !== undefined;
    throw error.withHint({
      text: `${hintText(error.hint)} Current status: ${states}. ${goOnWaiting}`.trim(),
      commands: [isInterrupted ? again : subject.resume(pending.length > 0 ? pending : there)],
    });
  }
  for (const { item, result } of outcomes) {
    if (result === 'timed-out') progress.settled({ line: `${said(item)} after ${elapsed()}`, tone: 'busy' });
  }
  progress.stop();

  const about = { limitMs: deadline.limitMs, fault: deadline.fault() };
  const late = outcomes.filter(({ result }) => result === 'timed-out').map(({ item }) => item);
  const errors = outcomes
    .filter(({ result }) => result === 'failed' || (result === 'timed-out' && late.length === 1))
    .map((outcome) => subject.error(outcome, about));
  if (late.length > 1) {
    const named = listed(
      late.map((item) => `${subject.name(item)} (${item.status})`),
      3,
    );
    errors.push(timedOut(`${named} are still pending`, about, subject.resume(late)));
  }
  // A failure is worse than a time-out: it is final, while a time-out may still end well.
  errors.sort((a, b) => a.exitCode - b.exitCode);
  const reached = outcomes.filter(({ result }) => result === 'reached').map(({ item }) => item);
  const isGood = any ? reached.length > 0 : errors.length === 0;
  const [worst, ...others] = errors;
  for (const other of isGood ? errors : others) io.warn(other.message);
  if (!isGood && worst) throw worst;
  return reached;
}

/** The error for items that are still pending at the deadline. `why` adds more detail. */
export function timedOut(said: string, { limitMs, fault }: Late, resume: string, why = ''): CliError {
  const more = fault ? ` Last error: ${fault.message}` : why;
  return new CliError('timedOut', `Timed out after ${formatDuration(limitMs)}: ${said}.${more}`, {
    hint: { text: goOnWaiting, commands: [resume] },
  });
}
