import { CliError, type Hint } from '../base/errors.js';

type Facts = 'exit' | 'status' | 'errorCode' | 'detail' | 'mayPass' | 'mayHaveArrived' | 'retryAfterMs' | 'isSignIn';

export type RequestDetails = { [Fact in Facts | 'reason']?: RequestError[Fact] | undefined } & {
  hint?: string | Hint | undefined;
  cause?: unknown;
};

/** A server refused a request, or gave no answer that can be used. */
export class RequestError extends CliError {
  /** The status of the server's refusal (HTTP); null if there was none. */
  readonly status: number | null;
  /** The server's own name for what is wrong. It is stable. */
  readonly errorCode: string | null;
  readonly detail: string | null;
  /** Whether the same request may succeed a little later. */
  readonly mayPass: boolean;
  /** False only if the request certainly had no effect. If true, a create may have taken effect. */
  readonly mayHaveArrived: boolean;
  /** How many milliseconds the server asks to wait (Retry-After); 0 if it doesn't say. */
  readonly retryAfterMs: number;
  /** Signing in failed, so that the request was not sent. Signing in has its own tries. */
  readonly isSignIn: boolean;

  constructor(message: string, details: RequestDetails = {}) {
    const { exit = 'unexpected', hint, reason, cause, status = null, errorCode = null, isSignIn = false } = details;
    super(exit, message, { hint, reason, cause });
    this.status = status;
    this.errorCode = errorCode;
    this.detail = details.detail ?? null;
    const isFault = status !== null && status >= 500;
    // The server will not implement the request later (501).
    this.mayPass = details.mayPass ?? (status === 408 || status === 429 || (isFault && status !== 501));
    // The server failed, or a proxy gave up on the request (408, 499).
    const isUnknown = status === null ? errorCode === null : isFault || status === 408 || status === 499;
    this.mayHaveArrived = details.mayHaveArrived ?? (isUnknown && !isSignIn);
    this.retryAfterMs = details.retryAfterMs ?? 0;
    this.isSignIn = isSignIn;
  }

  /** The same error if no time is left for another try. */
  asTimeout(): RequestError {
    return new RequestError(this.message, { ...this, exit: 'timedOut', cause: this.cause });
  }

  /** The same error after earlier tries. Only a refusal of the last try tells what happened to the request. */
  after(didBefore: boolean): RequestError {
    if (!didBefore || (isRefusal(this) && !isLimit(this))) return this;
    return new RequestError(this.message, { ...this, cause: this.cause, mayHaveArrived: true });
  }
}

export function isRefusal(error: unknown): error is RequestError {
  return error instanceof RequestError && !error.isSignIn && (error.status !== null || error.errorCode !== null);
}

/** Whether there was no answer, or one that is not of this server or can't be read: HTML, broken JSON, a redirect. */
export function isUnanswered(error: unknown): error is RequestError {
  const isOfRequest = error instanceof RequestError && (error.exit === 'unexpected' || error.exit === 'timedOut');
  return isOfRequest && error.status === null && error.errorCode === null;
}

export function isLost(error: unknown): error is RequestError {
  return error instanceof RequestError && error.mayHaveArrived;
}

export function isLimit(error: unknown) {
  return error instanceof RequestError && error.status === 429;
}
