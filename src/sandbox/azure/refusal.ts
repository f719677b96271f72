import { Refusal } from '../refusal.js';

/** Refuses a request unless it is fine. `more`: the keys of the error beside `code` and `message`. */
export function ensure(isFine: unknown, code: string, message: string, status = 400, more = {}): asserts isFine {
  if (!isFine) throw new Refusal(status, code, message, [], more);
}

export function azureError({ errorCode, message, more }: Refusal): Record<string, unknown> {
  return { code: errorCode === 'INVALID_JSON' ? 'InvalidRequestContent' : errorCode, message, ...more };
}
