import { Refusal } from '../refusal.js';

/** An error of ARM. `more`: its keys beside `code` and `message`. */
export class AzureRefusal extends Refusal {
  constructor(
    status: number,
    code: string,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(status, code, message);
  }
}

/** Refuses a request unless it is fine. */
export function ensure(isFine: unknown, code: string, message: string, status = 400, more = {}): asserts isFine {
  if (!isFine) throw new AzureRefusal(status, code, message, more);
}

export function azureError(refusal: Refusal): Record<string, unknown> {
  const code = refusal.errorCode === 'INVALID_JSON' ? 'InvalidRequestContent' : refusal.errorCode;
  return { code, message: refusal.detail, ...(refusal instanceof AzureRefusal && refusal.more) };
}
