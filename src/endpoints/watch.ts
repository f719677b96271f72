import { type Endpoint, toDeleted } from '../atlas/model.js';
import { faults, isLimit, restMsOf } from '../atlas/retry.js';
import { formatDuration, parseDuration } from '../base/duration.js';
import type { Effort } from '../base/effort.js';
import { ReaderGoneError, UsageError } from '../base/errors.js';
import type { Io } from '../ui/io.js';
import type { Row, View } from '../ui/view.js';
import { createPatience, longestSilenceMs } from '../wait/patience.js';
import { createLookout } from './lookout.js';
import type { Failure, Scope } from './read-lists.js';
import type { Session } from './session.js';

/** Which endpoints are watched, how, and how often. */
export interface Watched {
  scopesOf(how: Effort): Promise<Scope[]>;
  region: string | undefined;
  isShown(endpoint: Endpoint): boolean;
  viewOf(rows: readonly Row[]): View;
  interval: string | undefined;
}

/** What is to be shown after a look. */
interface Look {
  /** All that is to be seen now. */
  endpoints: readonly Endpoint[];
  /** What is new or another than before, as it is now; what is gone has the status DELETED. */
  changes: readonly Endpoint[];
  isFirst: boolean;
  /** Milliseconds until the next one. */
  gapMs: number;
  failures: readonly Failure[];
}

/** Where looks are shown. */
interface Display {
  look(look: Look): Promise<void>;
  /** A look takes long. */
  slow?(): void;
  /** No answer came instead. */
  silence?(fault: Error | undefined, gapMs: number): void;
  close?(): Promise<void>;
}

/** What takes longer is told, so that nobody takes an old table for a new one. */
const slowMs = 2000;

/** Looks at endpoints again and again until that is interrupted. Faults are ridden out as a wait does. */
export async function watch(session: Session, watched: Watched): Promise<never> {
  const { isShown } = watched;
  const { io, clock, signal, random } = session;
  checkOutput(io);
  const intervalMs = readInterval(watched.interval);
  const atlas = await session.atlas();
  const isStream = io.format === 'jsonl';
  const display = isStream ? lineDisplay(io, watched) : await screenDisplay(session, watched);
  const patience = createPatience({
    timeoutMs: Number.POSITIVE_INFINITY,
    clock,
    signal,
    random,
    faults,
    ...(isStream && tellingFaults(io)),
  });

  const { look, requests } = createLookout(session, watched);

  let before: readonly Endpoint[] | undefined;
  try {
    for (;;) {
      let isOver = false;
      clock.timeout(slowMs).addEventListener('abort', () => {
        if (!isOver) display.slow?.();
      });
      const seen = await patience.ask(look).finally(() => {
        isOver = true;
      });
      const least = Math.max(intervalMs, atlas.gapOfRateLimit(requests()));
      const rests = (seen?.failures ?? []).map(({ error }) => restMsOf(error));
      const gapMs = patience.gap(rests.reduce((most, rest) => Math.max(most, rest), least));
      if (seen) {
        const { all, failures } = seen;
        const endpoints = all.filter(isShown);
        const changes = changesOf(before ?? [], all, isShown);
        await display.look({ endpoints, changes, isFirst: before === undefined, gapMs, failures });
        before = endpoints;
      } else display.silence?.(patience.fault(), gapMs);
      await patience.pause(gapMs);
    }
  } finally {
    await display.close?.();
  }
}

/** What was not seen before or is another now, also what is to be seen no more. */
function changesOf(before: readonly Endpoint[], all: readonly Endpoint[], isShown: Watched['isShown']): Endpoint[] {
  const [old, now] = [before, all].map((some) => new Map(some.map((each) => [each.id, each])));
  const changed = all.filter((each) => {
    const was = old?.get(each.id);
    return was ? JSON.stringify(was) !== JSON.stringify(each) : isShown(each);
  });
  return [...changed, ...before.filter(({ id }) => !now?.has(id)).map(toDeleted)];
}

/** A line of JSON for each endpoint, and for each change. */
function lineDisplay(io: Io, { viewOf }: Pick<Watched, 'viewOf'>): Display {
  let silent = new Map<string, string>();
  return {
    look: async ({ changes, failures }) => {
      // Which lists the rate limit leaves out is another each time.
      const keyOf = ({ what, error }: Failure) => (isLimit(error) ? 'limit' : what);
      const now = new Map(failures.map((failure) => [keyOf(failure), failure.what]));
      for (const failure of failures) {
        const { what, error } = failure;
        if (silent.has(keyOf(failure))) continue;
        io.warn(`${what}: ${error.message} It is asked again; the others are watched on.`);
      }
      for (const [key, what] of silent) if (!now.has(key)) io.note(`${what}: Atlas answers again.`);
      silent = now;
      if (changes.length > 0 && !(await io.print(viewOf(changes)))) throw new ReaderGoneError();
    },
  };
}

function tellingFaults(io: Io) {
  const end = `unless nothing answers for ${formatDuration(longestSilenceMs)}`;
  return {
    onFault: (error: Error) => io.warn(`${error.message} The watch goes on, ${end}.`),
    onRecovery: () => io.note('Atlas answers again.'),
  };
}

/** A table that is drawn anew in place, and left on the terminal at the end. */
async function screenDisplay(
  { io, clock }: Pick<Session, 'io' | 'clock'>,
  { viewOf }: Pick<Watched, 'viewOf'>,
): Promise<Display> {
  const screen = await io.openScreen();
  let last: View | undefined;
  let readAt = '';
  let troubleSince: string | undefined;
  const now = () => new Date(clock.now()).toTimeString().slice(0, 8);
  const again = (gapMs: number) => `Again in ${formatDuration(Math.max(gapMs, 1000))}, Ctrl-C ends.`;
  // What went wrong stands last, since a small screen has no room for all of it.
  const showTrouble = (what: string, why: string | undefined, gapMs: number) => {
    troubleSince ??= now();
    screen.show(last, { text: `${readAt}${again(gapMs)} ${what} since ${troubleSince}: ${why}`, tone: 'bad' });
  };
  const showAsking = () => screen.show(last, { text: `${readAt}Asking Atlas. Ctrl-C ends.`, tone: 'busy' });
  showAsking();
  return {
    slow: showAsking,
    look: async ({ endpoints, changes, isFirst, gapMs, failures: [failure, ...others] }) => {
      last = { ...viewOf(endpoints), marked: new Set(isFirst ? [] : changes) };
      readAt = `Read at ${now()}. `;
      const more = others.length > 0 ? ` and ${others.length} more` : '';
      if (failure) return showTrouble(`${failure.what}${more} not read`, failure.error.message, gapMs);
      troubleSince = undefined;
      const changed = isFirst || changes.length === 0 ? '' : `, ${changes.length} changed`;
      screen.show(last, { text: `Read at ${now()}${changed}. ${again(gapMs)}`, tone: 'good' });
    },
    silence: (fault, gapMs) => showTrouble('No answer', fault?.message, gapMs),
    close: async () => {
      screen.close();
      if (last) await io.print({ ...last, marked: new Set() });
    },
  };
}

function checkOutput({ format, isOnScreen }: Io): void {
  if (format === 'jsonl' || (format === 'table' && isOnScreen)) return;
  const what =
    format === 'table'
      ? 'A table can be watched only in a terminal that can redraw it.'
      : `--watch has no --output ${format}.`;
  throw new UsageError(what, 'Use --output jsonl: an object for each endpoint, then for each change.');
}

function readInterval(text = '5s'): number {
  const ms = parseDuration(text);
  if (ms >= 1000) return ms;
  throw new UsageError(`An interval of ${text} is too short.`, 'It is 1s at least.');
}
