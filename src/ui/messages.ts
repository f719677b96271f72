import { type CliError, DeclinedError, InterruptedError } from '../base/errors.js';
import type { Hint } from '../base/hint.js';
import { isJson } from './formats.js';
import type { Change } from './progress.js';
import { hintProse, oneLine, printable, prose, type Said, shortened } from './streams.js';

/** Everything that is said on stderr, beside what a terminal draws in place: a method for each kind of line. */
export interface Messages {
  error(error: CliError): void;
  /** Where a bug came from. */
  stack(text: string): void;
  warning(message: string): void;
  note(message: string, items?: readonly string[]): void;
  /** Null where hints are unwanted: they are for people who read a table, and for programs that read every line. */
  readonly hint: ((hint: Hint) => void) | null;
  /** What goes on inside, for a user who asked to see it. */
  trace(message: string): void;
  progress(change: Change): void;
}

/** Whether every line on stderr is JSON: where a program reads the data, and no person sees stderr. */
export function saysJson(stderr: Pick<Said, 'isTTY'>, format: string): boolean {
  return isJson(format) && stderr.isTTY !== true;
}

/**
 * What says everything beside data in this format. In a terminal only the error of a command that prints JSON is JSON
 * too.
 */
export function messagesOf(stderr: Said, format: string): Messages {
  const text = textMessages(stderr);
  if (saysJson(stderr, format)) return jsonMessages(stderr);
  if (isJson(format)) return { ...text, hint: null, error: jsonMessages(stderr).error };
  return format === 'table' ? text : { ...text, hint: null };
}

/** For people: sentences, which break at spaces in a terminal. */
function textMessages(stderr: Said): Messages {
  const say = (text: string, items?: readonly string[]) => stderr.write(prose(text, stderr, items));
  const hint = (what: Hint) => stderr.write(hintProse(what, stderr));
  const sayLine = (line: string) => stderr.write(`${printable(oneLine(line))}\n`);
  return {
    error: (error) => {
      const head = error instanceof InterruptedError || error instanceof DeclinedError ? '' : 'Error: ';
      say(`${head}${error.message}`);
      if (error.hint) hint(error.hint);
    },
    stack: (text) => stderr.write(`${printable(text)}\n`),
    warning: (message) => say(`Warning: ${message}`),
    note: (message, items) => say(message, items),
    hint,
    trace: sayLine,
    progress: ({ message }) => sayLine(message),
  };
}

/** For programs: each message is a line of JSON, an object whose one key names its kind. */
function jsonMessages(stderr: Said): Messages {
  const say = (kind: string, what: object) => stderr.write(`${printable(JSON.stringify({ [kind]: what }))}\n`);
  const note = (message: string, items: readonly string[] = []) =>
    say('note', { message: [message, ...items].map(oneLine).join(' ') });
  return {
    error: (error) => {
      const { code, exitCode } = error;
      const message = shortened(error.message);
      const hint = error.hint ? hintOnLines(error.hint) : null;
      const { status = null, errorCode: named } = error as { status?: number; errorCode?: string | null };
      const errorCode = typeof named === 'string' ? shortened(named) : null;
      say('error', { code, message, hint, exitCode, status, errorCode });
    },
    stack: (text) => say('note', { message: text }),
    warning: (message) => say('warning', { message: oneLine(message) }),
    note,
    hint: ({ text, commands }) => say('hint', { message: oneLine(text), commands }),
    trace: note,
    progress: ({ message, facts }) => say('progress', { message: oneLine(message), ...facts }),
  };
}

/** A hint as one text: a single command line ends the sentence, each of several has a line by itself. */
function hintOnLines({ text, commands }: Hint): string {
  return [text, ...commands].map(oneLine).join(commands.length === 1 ? ' ' : '\n  ');
}
