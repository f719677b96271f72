import { type Advice, type Hint, toHint } from './hint.js';

/** The exit codes that scripts may rely on. They are documented in README.md and never change their meaning. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  endpointFailed: 6,
  timedOut: 8,
  interrupted: 130,
  terminated: 143,
} as const;

type ExitName = Exclude<keyof typeof exitCodes, 'done'>;
type ExitCode = (typeof exitCodes)[ExitName];

/** What code needs to know of an error beside its exit: sentences are for people. */
export type Reason =
  /** What was given is a near miss of something that exists. */
  | 'misspelled'
  /** There is none at all of what was looked for, so that another name wouldn't help. */
  | 'noneAtAll';

interface Details {
  /** What to do next. */
  hint?: Advice | undefined;
  reason?: Reason | undefined;
  cause?: unknown;
}

/** An error that its reader can act on. It is thrown once and printed once, by main. */
export class CliError extends Error {
  readonly exit: ExitName;
  readonly exitCode: ExitCode;
  /** A short stable name for scripts: `usage`, `not_found`, … */
  readonly code: string;
  /** What to do next. */
  readonly hint: Hint | undefined;
  readonly reason: Reason | undefined;

  constructor(exit: ExitName, message: string, { hint, reason, cause }: Details = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.exit = exit;
    this.exitCode = exitCodes[exit];
    this.code = exit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    this.hint = hint === undefined ? undefined : toHint(hint);
    this.reason = reason;
  }

  /** The same error with another next step, from where a better one is known; this one is its cause. */
  withHint(hint: Advice | undefined): this {
    return copyOf(this, this.message, hint);
  }

  /** The same error with a message that says what it is about; this one is its cause. */
  about(what: string): this {
    return copyOf(this, `${what}: ${this.message}`, this.hint);
  }
}

/** An error of the same class with the same facts. Constructors differ by class; the facts are an error's own properties. */
function copyOf<E extends CliError>(error: E, message: string, hint: Advice | undefined): E {
  const copy: E = Object.setPrototypeOf(new Error(message, { cause: error }), Object.getPrototypeOf(error));
  return Object.assign(copy, error, { hint: hint === undefined ? undefined : toHint(hint) });
}

/** The command line, the environment or the configuration asks for something that can't be meant. */
export class UsageError extends CliError {
  constructor(message: string, hint?: Advice, reason?: Reason) {
    super('usage', message, { hint, reason });
  }
}

export class NotFoundError extends CliError {
  constructor(message: string, hint?: Advice, reason?: Reason) {
    super('notFound', message, { hint, reason });
  }
}

/** Whether something went wrong, rather than that the user wanted an end. */
export function isFailure(error: unknown): error is CliError {
  return error instanceof CliError && !(error instanceof InterruptedError);
}

/** Whoever was asked said no. That is no fault, but nothing was done. */
export class DeclinedError extends CliError {
  constructor(message: string) {
    super('usage', message);
  }
}

/** Ctrl-C, or a polite request to stop. */
export class InterruptedError extends CliError {
  /** False only where the request that was interrupted certainly never reached Atlas. */
  readonly mayHaveArrived: boolean;

  constructor(
    readonly signal: 'SIGINT' | 'SIGTERM',
    { hint, mayHaveArrived = true }: { hint?: Advice; mayHaveArrived?: boolean } = {},
  ) {
    super(signal === 'SIGINT' ? 'interrupted' : 'terminated', signal === 'SIGINT' ? 'Interrupted.' : 'Terminated.', {
      hint,
    });
    this.mayHaveArrived = mayHaveArrived;
  }

  /** The same, where a request that was to change something had not left yet. */
  beforeSending(): InterruptedError {
    return new InterruptedError(this.signal, { hint: 'Nothing was sent to Atlas.', mayHaveArrived: false });
  }
}

/** Nobody reads what is still to come (`| head -1`): there is nothing to say about that, nor anything left to do. */
export class ReaderGoneError extends Error {}

/** What to do where a file can't be written: of a full disk that is something else than of a folder that is not ours. */
export function writingHint(error: unknown, otherwise: string): string {
  return codeOf(error) === 'ENOSPC' ? 'The disk is full: free some space on it.' : otherwise;
}

/** The reason as a sentence, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error (`ENOENT`, `ECONNREFUSED`, …), or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof CliError) return undefined;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
