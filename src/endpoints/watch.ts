import { type Endpoint, toDeleted } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { isFailure, ReaderGoneError, UsageError } from '../base/errors.js';
import { counted } from '../base/lists.js';
import { isLimit } from '../http/request-error.js';
import { type RequestLimits, restMsOf } from '../http/retries.js';
import type { Io } from '../ui/io.js';
import type { Row, View } from '../ui/view.js';
import { createDeadline, type DeadlineOptions, longestSilenceMs } from '../wait/deadline.js';
import { eachOf } from './ask.js';
import { readAgain } from './await.js';
import type { AnyEndpoint } from './family.js';
import { type Failure, readLists, requireAny, type Scope } from './read-lists.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

/** Which endpoints to watch, and how to show them. */
export interface Watched {
  scopesOf(how: RequestLimits): Promise<Scope[]>;
  isShown(endpoint: Endpoint): boolean;
  viewOf(rows: readonly Row[]): View;
}

/** What to show after a poll. */
interface Update {
  /** All endpoints to show now. */
  endpoints: readonly Endpoint[];
  /** The endpoints that are new or changed, as they are now. Those that are gone have the status DELETED. */
  changes: readonly Endpoint[];
  /** Milliseconds until the next poll. */
  gapMs: number;
  failures: readonly Failure[];
}

/** Where the results are shown. */
interface Display extends Pick<DeadlineOptions, 'onFault' | 'onRecovery'> {
  update(update: Update): Promise<void>;
  /** Called when there was no response. */
  silence?(fault: Error | undefined, gapMs: number): void;
  close?(): Promise<void>;
}

/** The shortest time between two polls. */
const intervalMs = 5000;

/** Polls endpoints until the user interrupts it. Rides out transient errors like a wait. */
export async function watch(session: Session, watched: Watched): Promise<never> {
  const { isShown } = watched;
  const { io, clock, signal, random } = session;
  checkOutput(io);
  const atlas = await session.atlas();
  const display = io.format === 'jsonl' ? lineDisplay(io, watched) : await screenDisplay(session, watched);
  const { onFault, onRecovery } = display;
  const timeoutMs = Number.POSITIVE_INFINITY;
  const deadline = createDeadline({ timeoutMs, clock, signal, random, onFault, onRecovery });
  const { poll, requests } = createPoller(session, watched);

  let before: readonly Endpoint[] = [];
  try {
    for (;;) {
      const polled = await deadline.ask(poll);
      const rests = (polled?.failures ?? []).map(({ error }) => restMsOf(error));
      const gapMs = deadline.gap(Math.max(intervalMs, atlas.gapOfRateLimit(requests()), ...rests));
      if (polled) {
        const endpoints = polled.all.filter(isShown);
        const changes = changesOf(before, polled.all, isShown);
        await display.update({ endpoints, changes, gapMs, failures: polled.failures });
        before = endpoints;
      } else display.silence?.(deadline.fault(), gapMs);
      await deadline.pause(gapMs);
    }
  } finally {
    await display.close?.();
  }
}

/**
 * Polls the endpoints of several scopes. `poll` returns all of them, with those that couldn't be read unchanged, and the
 * failures. It throws if nothing could be read. `requests` is the number of requests that one poll takes.
 */
export function createPoller(session: Session, { scopesOf }: Pick<Watched, 'scopesOf'>) {
  let scopes: readonly Scope[] | undefined;
  /** The same scopes, in the order of the next poll. */
  let order: readonly Scope[] = [];
  const known = new Map<Scope<AnyEndpoint>, readonly Endpoint[]>();

  const poll = async (how: RequestLimits) => {
    if (!scopes) order = scopes = await scopesOf(how);
    const read = await readLists(session, order, { limits: how, untilLimit: true });
    const { lists } = read;
    // The next poll starts with the scopes that had no turn, then those that failed. So each one gets its turn.
    const turn = (scope: Scope) => (lists.has(scope) ? 2 : read.failures.has(scope) ? 1 : 0);
    order = order.toSorted((a, b) => turn(a) - turn(b));
    requireAny(read);
    const failures = joinLimits([...read.failures.values()]);

    /** Reads an endpoint by id. If that fails, returns it unchanged. */
    const readById = async (endpoint: Endpoint): Promise<Endpoint> => {
      if (failures.some(({ error }) => isLimit(error))) return endpoint;
      return readAgain(session, endpoint, how).catch((error: unknown) => {
        if (!isFailure(error)) throw error;
        failures.push({ what: nameOf(endpoint), error });
        return endpoint;
      });
    };
    // An endpoint that is missing from a list is read by id before it counts as gone.
    const missing = [...lists].flatMap(([scope, list]) => {
      const ids = new Set(list.map(({ id }) => id));
      return (known.get(scope) ?? []).filter(({ id }) => !ids.has(id)).map((endpoint) => ({ scope, endpoint }));
    });
    const found = await eachOf(missing, async (each) => ({ ...each, endpoint: await readById(each.endpoint) }));
    for (const [scope, list] of lists) {
      const more = found.filter((each) => each.scope === scope && each.endpoint.status !== deleted);
      known.set(scope, [...list, ...more.map(({ endpoint }) => endpoint)]);
    }
    return { all: scopes.flatMap((scope) => known.get(scope) ?? []), failures };
  };

  return { poll, requests: () => scopes?.length ?? 1 };
}

/** Joins the failures at the rate limit, because it is chance which scopes had no turn then. */
function joinLimits(failures: readonly Failure[]): Failure[] {
  const limit = failures.toSorted((a, b) => restMsOf(b.error) - restMsOf(a.error)).find(({ error }) => isLimit(error));
  const others = failures.filter(({ error }) => !isLimit(error));
  return limit ? [...others, { what: 'some lists', error: limit.error }] : others;
}

/** The endpoints that are new, changed or gone. */
function changesOf(before: readonly Endpoint[], all: readonly Endpoint[], isShown: Watched['isShown']): Endpoint[] {
  const [old, now] = [before, all].map((some) => new Map(some.map((each) => [each.id, each])));
  const changed = all.filter((each) => {
    const was = old?.get(each.id);
    return was ? JSON.stringify(was) !== JSON.stringify(each) : isShown(each);
  });
  return [...changed, ...before.filter(({ id }) => !now?.has(id)).map(toDeleted)];
}

/** Prints one line of JSON for each endpoint and for each change. */
function lineDisplay(io: Io, { viewOf }: Watched): Display {
  let silent = new Set<string>();
  const end = `The watch ends after ${formatDuration(longestSilenceMs)} without a response.`;
  return {
    onFault: (error) => io.warn(`${error.message} Still watching. ${end}`),
    onRecovery: () => io.note('Atlas is responding again.'),
    update: async ({ changes, failures }) => {
      for (const { what, error } of failures) {
        if (!silent.has(what)) io.warn(`${what}: ${error.message} Retrying. Still watching the others.`);
      }
      const now = new Set(failures.map(({ what }) => what));
      for (const what of silent) if (!now.has(what)) io.note(`${what}: Atlas is responding again.`);
      silent = now;
      if (changes.length > 0 && !(await io.print(viewOf(changes)))) throw new ReaderGoneError();
    },
  };
}

/** Redraws a table in place. The last one stays on the terminal. */
async function screenDisplay({ io, clock }: Session, { viewOf }: Watched): Promise<Display> {
  const screen = await io.openScreen();
  let last: View | undefined;
  let readAt = '';
  let troubleSince: string | undefined;
  const now = () => new Date(clock.now()).toTimeString().slice(0, 8);
  const again = (gapMs: number) => `Next update in ${formatDuration(Math.max(gapMs, 1000))} (Ctrl-C to stop).`;
  // The error comes last, because a small screen may cut the text.
  const showTrouble = (what: string, why: string | undefined, gapMs: number) => {
    troubleSince ??= now();
    screen.show(last, { text: `${readAt}${again(gapMs)} ${what} since ${troubleSince}: ${why}`, tone: 'bad' });
  };
  screen.show(undefined, { text: 'Updating (Ctrl-C to stop).', tone: 'busy' });
  return {
    update: async ({ endpoints, changes, gapMs, failures: [failure, ...others] }) => {
      const marked = new Set(last ? changes : []);
      last = { ...viewOf(endpoints), marked };
      readAt = `Updated at ${now()}. `;
      const more = others.length > 0 ? ` and ${others.length} more` : '';
      if (failure) return showTrouble(`Cannot read ${failure.what}${more}`, failure.error.message, gapMs);
      troubleSince = undefined;
      const changed = marked.size === 0 ? '' : `, ${counted(marked.size, 'endpoint')} changed`;
      screen.show(last, { text: `Updated at ${now()}${changed}. ${again(gapMs)}`, tone: 'good' });
    },
    silence: (fault, gapMs) => showTrouble('No response', fault?.message, gapMs),
    close: async () => {
      screen.close();
      if (last) await io.print({ ...last, marked: new Set() });
    },
  };
}

function checkOutput({ format, isOnScreen }: Io): void {
  if (format === 'jsonl' || (format === 'table' && isOnScreen)) return;
  const isTable = format === 'table';
  const what = isTable ? 'can redraw a table only in a terminal' : `cannot be combined with --output ${format}`;
  throw new UsageError(
    `--watch ${what}.`,
    'Use --output jsonl. It prints one JSON object for each endpoint and each change.',
  );
}
