import { isIP } from 'node:net';

/** An error response. It has no `code`, because the store takes errors with a `code` for system errors. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** Refuses a request unless it is fine. `more`: the keys of the error beside its code and its message. */
export function ensure(isFine: unknown, code: string, message: string, status = 400, more = {}): asserts isFine {
  if (!isFine) throw new Refusal(status, code, message, more);
}

/** The same with an error of Atlas, which has the names in its message as parameters. */
export function ensureAtlas(
  isFine: unknown,
  code: string,
  message: string,
  status: number,
  ...parameters: string[]
): asserts isFine {
  ensure(isFine, code, message, status, { parameters });
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
  ensureAtlas(found, code, `No ${what} ${name} exists.`, 404, name);
}

export function isAddress(value: unknown): boolean {
  return typeof value === 'string' && isIP(value) !== 0;
}
