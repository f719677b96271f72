import { type Advice, CliError, UsageError } from '../base/errors.js';
import { isSameId } from '../clouds/shapes.js';
import type { ServiceRef } from './cloud-side.js';

export const networkHint = 'Check the network and the proxy settings, then try again.';

interface Details {
  exit?: CliError['exit'];
  hint?: Advice | undefined;
  cause?: unknown;
  /** The cloud's own name for it. */
  errorCode?: string | null;
  status?: number | null;
  mayPass?: boolean;
  mayHaveArrived?: boolean;
  retryAfterMs?: number;
}

/** The user's cloud refused a request, or gave no answer. */
export class CloudError extends CliError {
  readonly errorCode: string | null;
  readonly status: number | null;
  /** Whether the same request may succeed a little later. */
  readonly mayPass: boolean;
  /** False only if the request certainly took no effect. If true, a create may have taken effect. */
  readonly mayHaveArrived: boolean;
  /** Milliseconds that the cloud asks to wait before the next try; 0 if it doesn't say. */
  readonly retryAfterMs: number;

  constructor(message: string, details: Details = {}) {
    super(details.exit ?? 'unexpected', message, { hint: details.hint, cause: details.cause });
    this.errorCode = details.errorCode ?? null;
    this.status = details.status ?? null;
    this.mayPass = details.mayPass ?? false;
    this.mayHaveArrived = details.mayHaveArrived ?? false;
    this.retryAfterMs = details.retryAfterMs ?? 0;
  }
}

/** Codes and HTTP statuses of errors, what they mean, what to do, and the exit code unless it is that of `notAllowed`. */
export type Meaning = readonly [
  codes: readonly (string | number)[],
  what: string,
  hint: Advice,
  exit?: CliError['exit'],
];

interface Refusal extends Details {
  errorCode: string;
  status: number | null;
  /** What it means if no row has it. */
  what: string;
  /** Whether the cloud has done nothing, and may do it a little later. */
  isEarly: boolean;
}

/** What an answer with an error means: what the first row with its code or its status says. A fault of a server may pass. */
export function explainBy(rows: readonly Meaning[], { what, isEarly, ...about }: Refusal): CloudError {
  const { errorCode } = about;
  const status = about.status ?? 0;
  const row = isEarly ? undefined : rows.find(([codes]) => codes.includes(errorCode) || codes.includes(status));
  if (row) {
    const [, meaning, hint, exit = 'notAllowed'] = row;
    return new CloudError(`${meaning} (${errorCode}).`, { ...about, hint, exit });
  }
  const isUndone = isEarly || status === 429;
  const passes = { hint: 'Wait a moment, then try again.', mayPass: true, mayHaveArrived: !isUndone };
  return new CloudError(`${what} (${errorCode}).`, { ...about, ...((isUndone || status >= 500) && passes) });
}

/** What a library says of credentials, without what may be a secret: it may repeat a file, or what a program prints. */
export function withoutSecrets(said: string): string {
  const text = said.replace(/(?=[^\s\d]*\d)[\w+/=.-]{32,}/g, '…').replace(/\.?\s*$/, '');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** The plan from what is there or, for a plan alone that may not read it, from nothing. `blind` gets the reason. */
export function orBlind<P>(read: Promise<P>, isBlindAllowed: boolean, blind: (unread: string) => P): Promise<P> {
  return read.catch((error: unknown) => {
    if (!isBlindAllowed || !(error instanceof CloudError) || error.exit !== 'notAllowed') throw error;
    return blind(error.message);
  });
}

/** Something else has the name of what is to be created. */
export function takenError(what: string, hint: string): CloudError {
  const message = `${what} already exists, and atlas-pe did not create it for this service.`;
  return new CloudError(message, { exit: 'conflict', hint });
}

/** Throws a usage error if an endpoint to adopt connects to something else. `what`: the cloud's word for endpoints. */
export function checkAdopted(what: string, name: string, target: string, service: ServiceRef | undefined): void {
  if (!service?.target || isSameId(target, service.target)) return;
  const hint = `Choose a ${what} for this service, or remove --adopt to create one.`;
  throw new UsageError(`${name} connects to ${target || 'something else'}, not to ${service.target}.`, hint);
}

/** Whether a request that was to change something may or may not have done so: its answer was lost. */
export function isLost(error: unknown): error is CloudError {
  return error instanceof CloudError && error.mayHaveArrived;
}

/** The answer to a request; undefined if the cloud refused it with one of these codes. */
export function unlessRefused<T>(request: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  return request.catch((error: unknown) => {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  });
}

/** The answer to a request; null if the cloud doesn't have what it is about. */
export function orNull<T>(request: Promise<T>): Promise<T | null> {
  return request.catch((error: unknown) => {
    if (error instanceof CloudError && error.exit === 'notFound') return null;
    throw error;
  });
}

/** Whether this is the cloud's answer with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is CloudError {
  return error instanceof CloudError && error.errorCode !== null && codes.includes(error.errorCode);
}
