/** An error of AWS. It has no `code`, because the store takes errors with a `code` for system errors. */
export class AwsRefusal extends Error {
  constructor(
    readonly errorCode: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export function invalidValue(message: string): AwsRefusal {
  return new AwsRefusal('InvalidParameterValue', message);
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
