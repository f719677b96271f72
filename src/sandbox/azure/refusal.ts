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

/** An error in the format of ARM. */
export function azureError(refusal: Refusal): Record<string, unknown> {
  const code = refusal.errorCode === 'INVALID_JSON' ? 'InvalidRequestContent' : refusal.errorCode;
  const more = refusal instanceof AzureRefusal ? refusal.more : {};
  return { code, message: refusal.detail, ...more };
}

/** A body with a wrong part. The message says which. */
export function invalidFormat(message: string): AzureRefusal {
  const details = [{ code: 'InvalidJson', message }];
  return new AzureRefusal(400, 'InvalidRequestFormat', 'Cannot parse the request.', { details });
}
