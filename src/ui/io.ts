import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import { CliError, type Hint, toHint } from '../base/errors.js';
import type { Host } from '../base/host.js';
import { once } from '../base/once.js';
import { listed } from '../base/words.js';
import { render } from './formats.js';
import { type Items, type LogFormat, messagesOf } from './messages.js';
import type { Questions } from './prompt.js';
import { isTerminal, wantsColor, write } from './streams.js';
import { cell, type Layout, type Sort, sorted, symbolsOf, type Tone, type View } from './view.js';

export interface IoOptions extends Pick<Layout, 'keys' | 'fields' | 'query'> {
  format: string;
  logFormat: LogFormat;
  sort?: Sort | undefined;
  quiet?: boolean | undefined;
  color?: boolean | undefined;
  /** Resolves to a function that returns whether this process is in the terminal's foreground. */
  foreground: () => Promise<() => boolean>;
}

export type Io = ReturnType<typeof createIo>;

/** All output and questions of a command. stdout carries only data; everything else goes to stderr. */
export function createIo(host: Host, clock: Clock, signal: AbortSignal, options: IoOptions) {
  const { stdout, stderr, env } = host;
  const { format, logFormat, keys, fields, query, quiet = false } = options;
  const symbols = symbolsOf(env, host.platform);
  const layoutNow = (): Layout => ({
    keys,
    fields,
    query,
    isTerminal: stdout.isTTY === true,
    color: wantsColor(stdout, env, options.color),
    symbols,
    width: stdout.columns || 80,
    now: clock.now(),
  });
  const messages = messagesOf(stderr, logFormat, env);
  const isLive = !quiet && logFormat === 'text' && isTerminal(stderr, env);
  // A script that doesn't ask for hints has no use for them.
  const givesHints = !quiet && (stderr.isTTY === true || logFormat === 'json');
  const openSpinner = async (live: Live, later: Later = () => []) => {
    const safe = () => live().map((row) => row.map(cell));
    const { spinnerProgress } = await import('./spinner.js');
    const job = { signals: host, isInForeground: await options.foreground() };
    const look = { color: wantsColor(stderr, env, options.color), symbols };
    return spinnerProgress(stderr, look, { live: safe, later }, job);
  };
  const responseSpinner = createResponseSpinner(clock, isLive ? openSpinner : undefined);
  // If every line on stderr is JSON, the program that reads it shows the question.
  const report = logFormat === 'json' ? messages.note : undefined;
  return {
    format,
    /** Whether we can ask questions: stdin and stderr are terminals. */
    // stderr first: Node opens stdin on first access, and most scripts don't need it.
    isInteractive: stderr.isTTY === true && host.stdin.isTTY === true,
    isOnScreen: isTerminal(stdout, env),
    /** False if nobody reads stdout any more (`| head -1`). `isDone`: a change was made, which the error must name. */
    print: async (view: View, { isDone } = { isDone: false }): Promise<boolean> => {
      const end = responseSpinner.yieldTerminal();
      try {
        return await write(stdout, await render(sorted(view, options.sort), format, layoutNow()));
      } catch (error) {
        throw isDone ? withIds(error, view) : error;
      } finally {
        end();
      }
    },
    warn: createWarnings(clock, messages.warning),
    trace: messages.trace,
    /** Whether `hint` shows anything: in a terminal, or as JSON. Check it before doing work for a hint. */
    givesHints,
    hint: (what: string | Hint) => {
      if (givesHints) messages.hint(toHint(what));
    },
    note: (message: string, items?: Items) => {
      if (!quiet) messages.note(message, items);
    },
    progress: async (live: Live, later?: Later): Promise<Progress> => {
      if (quiet) return noProgress;
      // In pipes, files and log viewers: a line for each change.
      if (!isLive) return { ...noProgress, changed: messages.progress };
      const end = responseSpinner.yieldTerminal();
      const spinner = await openSpinner(live, later);
      const stop = () => {
        spinner.stop();
        end();
      };
      return { ...spinner, stop };
    },
    /** Call it before waiting for a response, and the result afterwards. A terminal shows a spinner after a second. */
    awaitAnswer: responseSpinner.begin,
    /** Removes the spinner of `awaitAnswer`, before the command's error is printed. */
    close: () => void responseSpinner.yieldTerminal(),
    /** Ends the line on which the terminal has echoed Ctrl-C. */
    endLine: () => {
      if (stderr.isTTY) stderr.write('\n');
    },
    ...createInput(host, signal, responseSpinner, report),
  };
}

/** The error if stdout takes no more, with the ids of what was changed. */
function withIds(error: unknown, { rows, id }: View) {
  const ids = rows.map((row) => cell(row[id])).filter((each) => each !== '');
  const isNamed = error instanceof CliError && ids.length > 0;
  return isNamed ? error.withHint(`The change was made: ${listed(ids)}`) : error;
}

/** Shows each `cause` at most once a minute: many requests may have the same problem. Pass it if the text varies. */
function createWarnings(clock: Clock, show: (message: string) => void) {
  const shownAt = new Map<string, number>();
  return (message: string, cause = message) => {
    const now = clock.monotonic();
    if (now - (shownAt.get(cause) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    shownAt.set(cause, now);
    show(message);
  };
}

/** What the user is asked, or pipes to stdin. The spinner of a response makes way for a question. */
function createInput(
  host: Host,
  signal: AbortSignal,
  spinner: ReturnType<typeof createResponseSpinner>,
  report: ((question: string) => void) | undefined,
) {
  const questions = once(async () => (await import('./prompt.js')).createQuestions(host, signal, report));
  const alone = async <T>(ask: (asking: Questions) => Promise<T>) => {
    const end = spinner.yieldTerminal();
    return ask(await questions()).finally(end);
  };
  const readPiped = async (what?: string) => (await import('./prompt.js')).readPiped(host, signal, what);
  return {
    confirm: (question: string) => alone((asking) => asking.confirm(question)),
    ask: (...question: Parameters<Questions['text']>) => alone((asking) => asking.text(...question)),
    askTogether: <T>(work: () => Promise<T>) => alone((asking) => asking.together(work)),
    readPiped,
    readSecret: async (question: string) =>
      host.stdin.isTTY === true ? alone((asking) => asking.secret(question)) : readPiped(),
  };
}

export interface StatusChange {
  message: string;
  facts: Readonly<Record<string, string | number | null>>;
}

export interface Progress {
  /** Something changed. Prints a line if nobody sees the rows. */
  changed(change: StatusChange): void;
  /** A row has ended. Its last line stays on the screen: a text, or cells, of which the last one is wrapped. */
  settled(end: { line: string | readonly string[]; tone: Tone }): void;
  stop(): void;
}

/** What is in progress now: one row each. The last cells of a row matter least. */
export type Live = () => readonly (readonly string[])[];

/** What comes after that: a line each. */
export type Later = () => readonly string[];

export const noProgress: Progress = { changed: () => undefined, settled: () => undefined, stop: () => undefined };

/** Milliseconds until the row is shown. Most responses arrive sooner, and a row that only flashes up disturbs. */
const delayMs = 1000;

/** A row with a spinner while we wait for a response. It makes way for other output. Without `open`, there is none. */
export function createResponseSpinner(
  clock: Pick<Clock, 'monotonic' | 'timeout'>,
  open: ((live: Live) => Promise<Pick<Progress, 'stop'>>) | undefined,
) {
  let [awaited, others] = [0, 0];
  /** Replaced each time the row is removed, so that an earlier `show` knows that it is too late. */
  let turn = {};
  let shown: Pick<Progress, 'stop'> | undefined;
  const takeDown = () => {
    turn = {};
    shown?.stop();
    shown = undefined;
  };
  const arm = () => {
    if (!open || awaited === 0 || others > 0) return;
    const mine = turn;
    const started = clock.monotonic();
    const show = async () => {
      if (turn !== mine) return;
      const row = await open(() => [['Waiting for a response', formatDuration(clock.monotonic() - started)]]);
      if (turn === mine) shown = row;
      else row.stop();
    };
    // The row is optional: ignore errors.
    clock.timeout(delayMs).addEventListener('abort', () => void show().catch(() => undefined));
  };
  return {
    begin: () => {
      awaited++;
      if (awaited === 1) arm();
      return () => {
        awaited--;
        if (awaited === 0) takeDown();
      };
    },
    /** Call it before using the terminal for something else, and call the result afterwards. */
    yieldTerminal: () => {
      others++;
      takeDown();
      return () => {
        others--;
        arm();
      };
    },
  };
}
