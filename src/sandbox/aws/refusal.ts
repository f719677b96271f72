/** An error of AWS. Its code is not in `code`, where system errors have theirs: the store tells them apart by it. */
export class AwsRefusal extends Error {
  constructor(
    readonly errorCode: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** The default code for a status. */
export const codesByStatus: Readonly<Record<number, string>> = {
  400: 'InvalidParameterValue',
  401: 'AuthFailure',
  403: 'UnauthorizedOperation',
  412: 'DryRunOperation',
  429: 'RequestLimitExceeded',
  500: 'InternalError',
  503: 'RequestLimitExceeded',
};

/** Throws a refusal if the id does not have the form of this kind. */
export function checkShape(kind: string, prefix: string, id: string): void {
  if (new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return;
  throw new AwsRefusal(`${kind}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}
