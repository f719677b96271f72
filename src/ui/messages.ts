import { type CliError, DeclinedError, InterruptedError } from '../base/errors.js';
import type { Format } from './formats.js';
import type { Output } from '../base/host.js';
import type { Change } from './progress.js';
import { oneLine, printable, prose, shortened } from './streams.js';

/** Everything that is said on stderr, beside what a terminal draws in place: a method for each kind of line. */
export interface Messages {
  error(error: CliError): void;
  /** Where a bug came from. */
  stack(text: string): void;
  warning(message: string): void;
  note(message: string, items?: readonly string[]): void;
  /** Null where hints are unwanted: they are for people who read a table, and for programs that read every line. */
  readonly hint: ((message: string, commands?: readonly string[]) => void) | null;
  /** What goes on inside, for a user who asked to see it. */
  trace(message: string): void;
  progress(change: Change): void;
}

/** Whether a program reads what is printed in this format. */
function isJson(format: Format): boolean {
  return format === 'json' || format === 'jsonl';
}

/** Whether every line on stderr is JSON: where a program reads the data, and no person sees stderr. */
export function saysJson(stderr: Pick<Output, 'isTTY'>, format: Format): boolean {
  return isJson(format) && stderr.isTTY !== true;
}

/** What says everything beside data in this format. In a terminal only the error of a command that prints JSON is JSON too. */
export function messagesOf(stderr: Output, format: Format): Messages {
  const text = textMessages(stderr);
  if (saysJson(stderr, format)) return jsonMessages(stderr);
  if (isJson(format)) return { ...text, hint: null, error: jsonMessages(stderr).error };
  return format === 'table' ? text : { ...text, hint: null };
}

/** For people: sentences, which break at spaces in a terminal. */
function textMessages(stderr: Output): Messages {
  const say = (text: string, items?: readonly string[]) => stderr.write(prose(text, stderr, items));
  const sayLine = (line: string) => stderr.write(`${printable(oneLine(line))}\n`);
  return {
    error: (error) => {
      const head = error instanceof InterruptedError || error instanceof DeclinedError ? '' : 'Error: ';
      say(`${head}${error.message}`);
      if (error.hint !== undefined) say(`Hint: ${error.hint}`, error.commands);
    },
    stack: (text) => stderr.write(`${printable(text)}\n`),
    warning: (message) => say(`Warning: ${message}`),
    note: (message, items) => say(message, items),
    // One command ends the sentence; several stand on lines by themselves.
    hint: (message, commands = []) =>
      commands.length === 1 ? say(`Hint: ${message} ${commands[0]}`) : say(`Hint: ${message}`, commands),
    trace: sayLine,
    progress: ({ message }) => sayLine(message),
  };
}

/** For programs: each message is a line of JSON, an object whose one key names its kind. */
function jsonMessages(stderr: Output): Messages {
  const say = (kind: string, what: object) => stderr.write(`${printable(JSON.stringify({ [kind]: what }))}\n`);
  const note = (message: string, items: readonly string[] = []) =>
    say('note', { message: [message, ...items].map(oneLine).join(' ') });
  return {
    error: (error) => {
      const { code, commands, exitCode } = error;
      const message = shortened(error.message);
      const hint = error.hint === undefined ? null : [error.hint, ...commands].map(oneLine).join('\n  ');
      const { status = null, errorCode: named } = error as { status?: number; errorCode?: string | null };
      const errorCode = typeof named === 'string' ? shortened(named) : null;
      say('error', { code, message, hint, exitCode, status, errorCode });
    },
    stack: (text) => say('note', { message: text }),
    warning: (message) => say('warning', { message: oneLine(message) }),
    note,
    hint: (message, commands = []) => say('hint', { message: oneLine(message), commands }),
    trace: note,
    progress: ({ message, facts }) => say('progress', { message: oneLine(message), ...facts }),
  };
}
