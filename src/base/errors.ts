import { getSystemErrorMap } from 'node:util';
import type { Words } from './shell.js';

/** The exit codes. Scripts rely on them, so they don't change their meaning within a major version. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  /** The user answered no. This is not a fault, but nothing was done. */
  declined: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  endpointFailed: 6,
  timedOut: 8,
  cannotExecute: 126,
  commandNotFound: 127,
  interrupted: 130,
  terminated: 143,
} as const;

type ExitName = Exclude<keyof typeof exitCodes, 'done'>;
type ExitCode = (typeof exitCodes)[ExitName];

/** What code may check about an error besides its exit code. Code must not look into messages. */
export type Reason =
  | 'misspelled'
  /** An argument is not what it stands for. It may be the value of an option, or a noun: `get regions`. */
  | 'otherWord'
  /** Nothing of this kind exists, so another name wouldn't help. */
  | 'noneAtAll'
  /** An endpoint in the user's cloud can never connect. It stays, and is billed, until it is deleted. */
  | 'cannotConnect'
  | 'noCredentials'
  /** Atlas says so also of creates at the same time. It created nothing. */
  | 'noCapacity'
  /** Atlas has no such service, and without its region the cloud could not be searched. */
  | 'notSearched'
  /** The resolver of this Node.js is at fault. Other programs look up names well. */
  | 'nodeResolver';

interface Details {
  hint?: string | Hint | undefined;
  reason?: Reason | undefined;
  cause?: unknown;
}

export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** A short stable name for scripts: `usage`, `not_found`, … */
  readonly code: string;
  readonly hint: Hint | undefined;
  readonly reason: Reason | undefined;

  constructor(
    readonly exit: ExitName,
    message: string,
    { hint, reason, cause }: Details = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.exitCode = exitCodes[exit];
    this.code = exit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    this.hint = hint === undefined ? undefined : toHint(hint);
    this.reason = reason;
  }

  /** The same error with a better hint, and perhaps in other words. This error becomes its cause. */
  withHint(hint: string | Hint | undefined, message = this.message): this {
    // Constructors differ between the subclasses, so this copies the properties instead.
    const error = new Error(message, { cause: this });
    const copy: this = Object.setPrototypeOf(error, Object.getPrototypeOf(this));
    return Object.assign(copy, this, { hint: hint === undefined ? undefined : toHint(hint) });
  }

  about(what: string): this {
    return this.withHint(this.hint, `${what}: ${this.message}`);
  }
}

export class UsageError extends CliError {
  constructor(message: string, hint?: string | Hint, reason?: Reason) {
    super('usage', message, { hint, reason });
  }
}

export class NotFoundError extends CliError {
  constructor(message: string, hint?: string | Hint, reason?: Reason) {
    super('notFound', message, { hint, reason });
  }
}

/** Whether a command failed, as opposed to an interruption by the user. False for bugs (anything but a CliError). */
export function isFailure(error: unknown): error is CliError {
  return error instanceof CliError && !(error instanceof InterruptedError);
}

/** The answer; `none` instead of a failure. Throws anything else, such as an interruption. */
export async function orNone<T, None extends T | undefined = undefined>(
  answer: Promise<T>,
  none?: None,
): Promise<T | None> {
  try {
    return await answer;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return none as None;
  }
}

const ends = { SIGINT: ['interrupted', 'Interrupted.'], SIGTERM: ['terminated', 'Terminated.'] } as const;

export class InterruptedError extends CliError {
  /** False only if the interrupted request certainly never reached its server. */
  readonly mayHaveArrived: boolean;

  constructor(
    readonly signal: 'SIGINT' | 'SIGTERM',
    { hint, mayHaveArrived = true }: { hint?: string | Hint; mayHaveArrived?: boolean } = {},
  ) {
    const [exit, message] = ends[signal];
    super(exit, message, { hint });
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** The reader of our output is gone (`| head -1`). There is nothing to report, and nothing left to do. */
export class ReaderGoneError extends Error {}

/** The error for a failed write of `what`. `otherwise`: the hint, unless the disk is full. */
export function unwritable(what: string, cause: unknown, otherwise: string): CliError {
  const hint = codeOf(cause) === 'ENOSPC' ? 'The disk is full. Free up some space.' : otherwise;
  return new CliError('unexpected', `Cannot write ${what} (${reasonOf(cause)}).`, { hint, cause });
}

/** The reason of anything that was thrown: a sentence or part of one. System errors in words, instead of `ENOENT: …, open '…'`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The messages of network errors name the host.
  if (!('errno' in error) || 'hostname' in error || 'address' in error) return error.message;
  return getSystemErrorMap().get(Number(error.errno))?.[1] ?? error.message;
}

export function codeOf(error: unknown): string | undefined {
  if (error instanceof CliError) return undefined;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A next step: a sentence, and the command lines that it introduces. */
export interface Hint {
  text: string;
  commands: readonly string[];
}

export function toHint(hint: string | Hint): Hint {
  return typeof hint === 'string' ? { text: hint, commands: [] } : hint;
}

/** A hint with command lines that have the same project and profile options as the current one. */
export function advise(
  { settings }: { settings: { commandLine(command: Words): string } },
  text: string,
  ...commands: Words[]
): Hint {
  return { text, commands: commands.map((command) => settings.commandLine(command)) };
}

/** A hint as one line, for a cell of a table. Several commands run one after the other, in shells that have `&&`. */
export function hintLine({ text, commands }: Hint): string {
  return commands.length === 0 ? text : `${text} ${commands.join(' && ')}`;
}

/** A hint as part of a longer text. It ends with a period, because more may follow. Empty if there is no hint. */
export function hintText(hint: Hint | undefined): string {
  if (hint === undefined) return '';
  const text = hintLine(hint);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
