import { deleted } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { CliError } from '../base/errors.js';
import { hintText } from '../base/hint.js';
import { listed } from '../base/listed.js';
import type { Change } from '../ui/progress.js';
import type { Patience } from '../wait/patience.js';
import { withJitter } from '../wait/schedule.js';
import { type Item, newMs, type Outcome, secondLookMs, type Verdict, type WaitOptions, waitFor } from '../wait/wait.js';
import { goOnWaiting } from './goal.js';
import type { Session } from './session.js';

/** Where something that is waited for is, and what it is: null where it has no such thing. */
interface Facts {
  endpointId: string | null;
  interfaceEndpointId: string | null;
  cluster: string | null;
  projectId: string;
  provider: string | null;
  region: string | null;
}

/** What is waited for: how it is read, judged and named. */
export interface Subject<T extends Item> {
  judge(item: T, before?: string): Verdict;
  /** What tells it from all others, where its id doesn't. */
  key?(item: T): string;
  look: WaitOptions<T>['look'];
  /** Milliseconds until it is worth another look. */
  gap(item: T, elapsedMs: number): number;
  /** Milliseconds since its create, where that is known. */
  age?(item: T, elapsedMs: number): number;
  /** How many requests a look at these takes. */
  requests(items: readonly T[]): number;
  /** How lines name it. */
  name(item: T): string;
  /** What lines of JSON say of it. */
  facts(item: T): Facts;
  /** The cells of its row while it is under way, the last ones mattering least. */
  row(item: T, elapsedMs: number): readonly string[];
  /** The error of one that did not get there. */
  error(outcome: Outcome<T>, about: { elapsed: string; fault: Error | undefined }): CliError;
  /** A command line that goes on waiting for these. */
  resume(items: readonly T[]): string;
}

export interface AwaitOptions<T> {
  patience: Patience;
  any?: boolean | undefined;
  /** Called for each item as it is first, and after each change. */
  onRead?: ((item: T) => Promise<void>) | undefined;
}

/**
 * Waits for items, read just now, and shows how it goes on. Returns them as they were read last; with `any` only those
 * that got there. Throws the worst of what went wrong, after telling the rest; every error says how to go on.
 */
export async function awaitAll<T extends Item>(
  session: Session,
  items: readonly T[],
  subject: Subject<T>,
  { patience, any, onRead }: AwaitOptions<T>,
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
  const change = (item: T, message: string): Change => {
    const elapsedSeconds = Math.round(elapsedMs()) / 1000;
    return { message, facts: { ...subject.facts(item), status: item.status, elapsedSeconds } };
  };

  const underWay = () => [...latest.values()].filter((item) => subject.judge(item) === 'pending');
  const progress = await io.progress(() => underWay().map((item) => subject.row(item, elapsedMs())));

  let outcomes: Outcome<T>[];
  try {
    for (const item of items) {
      progress.changed(change(item, said(item)));
      await onRead?.(item);
    }
    outcomes = await waitFor(items, {
      any,
      patience,
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
        // What was there from the start took no time.
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
    throw error.withHint({
      text: `${hintText(error.hint)} Still there: ${states}. ${goOnWaiting}`.trim(),
      commands: [subject.resume(pending.length > 0 ? pending : there)],
    });
  }
  for (const { item, result } of outcomes) {
    if (result === 'timed-out') progress.settled({ line: `${said(item)} after ${elapsed()}`, tone: 'busy' });
  }
  progress.stop();

  const about = { elapsed: elapsed(), fault: patience.fault() };
  const late = outcomes.filter(({ result }) => result === 'timed-out').map(({ item }) => item);
  const errors = outcomes
    .filter(({ result }) => result === 'failed' || (result === 'timed-out' && late.length === 1))
    .map((outcome) => subject.error(outcome, about));
  if (late.length > 1) {
    const named = listed(
      late.map((item) => `${subject.name(item)} (${item.status})`),
      3,
    );
    errors.push(timedOut(`${late.length} are still under way: ${named}`, about, subject.resume(late)));
  }
  // A failure is worse than a time-out: the one is final, the other may still end well.
  errors.sort((a, b) => a.exitCode - b.exitCode);
  const reached = outcomes.filter(({ result }) => result === 'reached').map(({ item }) => item);
  const isGood = any ? reached.length > 0 : errors.length === 0;
  const [worst, ...others] = errors;
  for (const other of isGood ? errors : others) io.warn(other.message);
  if (!isGood && worst) throw worst;
  return reached;
}

/** The error of what is still under way when time is up. `why` says more, where there is more to say. */
export function timedOut(
  said: string,
  { elapsed, fault }: { elapsed: string; fault: Error | undefined },
  resume: string,
  why = '',
): CliError {
  const more = fault ? ` At the end Atlas did not answer: ${fault.message}` : why;
  return new CliError('timedOut', `Timed out after ${elapsed}: ${said}.${more}`, {
    hint: { text: goOnWaiting, commands: [resume] },
  });
}
