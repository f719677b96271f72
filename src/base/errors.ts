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

interface Details {
  /** What to do next, one sentence. */
  hint?: string | undefined;
  /** Command lines that the hint leads up to, where there are several. */
  commands?: readonly string[] | undefined;
  cause?: unknown;
}

/** An error that its reader can act on. It is thrown once and printed once, by main. */
export class CliError extends Error {
  readonly exit: ExitName;
  readonly exitCode: ExitCode;
  /** A short stable name for scripts: `usage`, `not_found`, … */
  readonly code: string;
  #hint: string | undefined;
  #commands: readonly string[];

  constructor(exit: ExitName, message: string, { hint, commands = [], cause }: Details = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
    this.exit = exit;
    this.exitCode = exitCodes[exit];
    this.code = exit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    this.#hint = hint;
    this.#commands = commands;
  }

  /** What to do next. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /** The command lines that the hint leads up to: each is shown on a line by itself, to be copied. */
  get commands(): readonly string[] {
    return this.#commands;
  }

  /** Whoever lets an error pass may know a better next step. */
  advise(hint: string | undefined, commands: readonly string[] = []): void {
    this.#hint = hint;
    this.#commands = commands;
  }
}

/** The command line, the environment or the configuration asks for something that can't be meant. */
export class UsageError extends CliError {
  constructor(message: string, hint?: string) {
    super('usage', message, { hint });
  }
}

export class NotFoundError extends CliError {
  constructor(message: string, hint?: string) {
    super('notFound', message, { hint });
  }
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
    { hint, mayHaveArrived = true }: { hint?: string; mayHaveArrived?: boolean } = {},
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
