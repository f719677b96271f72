import type { Clock } from '../base/clock.js';
import { CliError } from '../base/errors.js';
import { type Advice, toHint } from '../base/hint.js';
import type { System } from '../base/host.js';
import { listed } from '../base/listed.js';
import { messagesOf, saysJson } from './messages.js';
import { render } from './output.js';
import { type Later, type Live, lineProgress, noProgress, type Progress } from './progress.js';
import type { Asking, Questions } from './prompt.js';
import { withoutRepeats } from './repeats.js';
import type { Screen } from './screen.js';
import { isTerminal, wantsColor, write } from './streams.js';
import { symbolsOf } from './symbols.js';
import { cell, type Layout, type View } from './view.js';

export interface IoOptions {
  /** The name of an output format. */
  format: string;
  /** The keys that rows can have. */
  keys: readonly string[];
  /** Those of them that --fields picks. */
  fields?: readonly string[] | undefined;
  quiet?: boolean | undefined;
  /** False where --no-color was given. */
  color?: boolean | undefined;
  /** What tells whether the terminal is this process's own now, rather than the shell's. */
  foreground: () => Promise<() => boolean>;
}

interface Printed {
  /** Something was changed, which must not be lost with the output that tells of it. */
  isDone: boolean;
}

/** Everything a command says. stdout carries data and nothing else; all the rest goes to stderr. */
export interface Io {
  readonly format: string;
  /** --fields was given. */
  readonly hasFields: boolean;
  /** A person can be asked: both what they type and what they are shown are a terminal's. */
  readonly isInteractive: boolean;
  /** A person looks at the data, on a screen whose cursor can move. */
  readonly isOnScreen: boolean;
  /** False where nobody reads any more (`| head -1`). */
  print(view: View, what?: Printed): Promise<boolean>;
  /** Lines of data that are no view, such as a shell script. */
  printRaw(text: string): Promise<void>;
  /** Once a minute for each `cause`, by default the message itself. */
  warn(message: string, cause?: string): void;
  /** A line about what goes on inside, that the user asked for. */
  trace(message: string): void;
  /** Whether hints are shown, for what it takes work to hint at. */
  readonly givesHints: boolean;
  /** A next step worth taking: beside a table, and where each line is JSON. */
  hint(hint: Advice): void;
  /** What was done, beside the data. */
  note(message: string, items?: readonly string[]): void;
  progress(live: Live, later?: Later): Promise<Progress>;
  /** Ends the line on which a terminal has shown Ctrl-C. */
  endLine(): void;
  /**
   * A screen of its own for data that is shown anew again and again. Until it is closed all else that is said is held
   * back.
   */
  openScreen(): Promise<Screen>;
  confirm(question: string): Promise<boolean>;
  /** A line of text, from a terminal. */
  ask(question: string, how?: Asking): Promise<string>;
  /** Asks several questions, so that what is typed ahead of a question isn't shown before it. */
  askTogether<T>(work: () => Promise<T>): Promise<T>;
  /** Typed unseen in a terminal, else all of stdin. */
  readSecret(question: string): Promise<string>;
  /** All of stdin. */
  readPiped(): Promise<string>;
}

export function createIo(system: System, clock: Pick<Clock, 'monotonic'>, signal: AbortSignal, options: IoOptions): Io {
  const { stdin, stdout, stderr, env } = system;
  const { format, keys, quiet = false } = options;
  const symbols = symbolsOf(env, system.platform);
  const layoutNow = (): Layout => ({
    keys,
    fields: options.fields,
    isTerminal: stdout.isTTY === true,
    color: wantsColor(stdout, env, options.color),
    symbols,
    width: stdout.columns || 80,
  });
  let held: (() => void)[] | undefined;
  const messages = messagesOf(stderr, format);
  const tell = (write: () => void) => {
    if (!held) write();
    // Nobody reads more than this when the screen is closed.
    else if (held.push(write) > 100) held.shift();
  };
  const { hint } = quiet ? { hint: null } : messages;
  let asked: Questions | undefined;
  const questions = async () => {
    const { createQuestions } = await import('./prompt.js');
    // Where every line on stderr is JSON, the program that reads it shows the question.
    asked ??= createQuestions(system, signal, saysJson(stderr, format) ? messages.note : undefined);
    return asked;
  };
  return {
    format,
    hasFields: options.fields !== undefined,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    isOnScreen: isTerminal(stdout, env),
    print: async (view, { isDone } = { isDone: false }) => {
      try {
        return await write(stdout, await render(view, format, layoutNow()));
      } catch (error) {
        const ids = isDone ? view.rows.map((row) => cell(row[view.id])).filter((id) => id !== '') : [];
        if (!(error instanceof CliError) || ids.length === 0) throw error;
        throw error.withHint(`The change was made: ${listed(ids)}`);
      }
    },
    printRaw: async (text) => {
      await write(stdout, text);
    },
    warn: withoutRepeats((message) => tell(() => messages.warning(message)), clock),
    trace: (message) => tell(() => messages.trace(message)),
    givesHints: hint !== null,
    hint: (what) => {
      if (hint) tell(() => hint(toHint(what)));
    },
    note: (message, items) => {
      if (!quiet) tell(() => messages.note(message, items));
    },
    progress: async (live, later = () => []) => {
      if (quiet) return noProgress;
      if (!isTerminal(stderr, env)) return lineProgress((change) => tell(() => messages.progress(change)));
      const safe = () => live().map((row) => row.map(cell));
      const display = { live: safe, later };
      const { spinnerProgress } = await import('./spinner.js');
      const job = { signals: system, isInForeground: await options.foreground() };
      return spinnerProgress(stderr, { color: wantsColor(stderr, env, options.color), symbols }, display, job);
    },
    endLine: () => {
      if (stderr.isTTY) stderr.write('\n');
    },
    openScreen: async () => {
      const { openScreen } = await import('./screen.js');
      const screen = openScreen(stdout, layoutNow, { signals: system, isInForeground: await options.foreground() });
      // Where stderr is no terminal it is in nobody's way.
      if (stderr.isTTY === true) held = [];
      return {
        show: (view, headline) => screen.show(view, quiet && headline?.tone !== 'bad' ? undefined : headline),
        close: () => {
          screen.close();
          const writes = held ?? [];
          held = undefined;
          for (const writeNow of writes) writeNow();
        },
      };
    },
    confirm: async (question) => (await questions()).confirm(question),
    ask: async (question, how) => (await questions()).text(question, how),
    askTogether: async (work) => (await questions()).together(work),
    readPiped: async () => {
      const { readPiped } = await import('./prompt.js');
      return readPiped(system, signal);
    },
    readSecret: async (question) => {
      if (stdin.isTTY === true) return (await questions()).secret(question);
      const { readPiped } = await import('./prompt.js');
      return readPiped(system, signal);
    },
  };
}
