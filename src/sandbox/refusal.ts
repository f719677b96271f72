import { STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';
import { CliError, hintText } from '../base/errors.js';

/** An error response. It has no `code`, because the store takes errors with a `code` for system errors. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    readonly detail: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** Refuses a request unless it is fine. `more`: the keys of the error beside its code and its message. */
export function ensure(isFine: unknown, code: string, message: string, status = 400, more = {}): asserts isFine {
  if (!isFine) throw new Refusal(status, code, message, more);
}

export function checkBody(checks: Record<string, [isFine: boolean, description: string]>): void {
  const wrong = Object.entries(checks).flatMap(([field, [isFine, description]]) =>
    isFine ? [] : [{ field, description }],
  );
  const parameters = wrong.map(({ field }) => field);
  const what = `Invalid attribute ${parameters.join(', ')} specified.`;
  ensure(wrong.length === 0, 'INVALID_ATTRIBUTE', what, 400, { parameters, badRequestDetail: { fields: wrong } });
}

/** `what`: the words of Atlas's message, such as `group with ID`. */
export function ensureKnown(found: unknown, code: string, what: string, name: string): asserts found {
  ensure(found, code, `No ${what} ${name} exists.`, 404, { parameters: [name] });
}

export function errorAnswer({ status, errorCode, detail, more }: Refusal) {
  return { detail, error: status, errorCode, parameters: [], reason: STATUS_CODES[status] ?? 'Error', ...more };
}

export function isAddress(value: unknown): boolean {
  return typeof value === 'string' && isIP(value) !== 0;
}

/** The message for an error of the sandbox itself, such as a state file that can't be read. */
export function troubleText(error: unknown): string {
  return error instanceof CliError ? `${error.message} ${hintText(error.hint)}` : 'Unexpected error in the sandbox.';
}
