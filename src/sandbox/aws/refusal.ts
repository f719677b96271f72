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
