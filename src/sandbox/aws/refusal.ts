/** AWS says no: its code, the HTTP status and a sentence. Clients go by the code. It isn't called `code`, as that of Node's errors is. */
export class AwsRefusal extends Error {
  constructor(
    readonly errorCode: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** What a status means where nothing more is said. */
export const codesByStatus: Readonly<Record<number, string>> = {
  400: 'InvalidParameterValue',
  401: 'AuthFailure',
  403: 'UnauthorizedOperation',
  412: 'DryRunOperation',
  429: 'RequestLimitExceeded',
  500: 'InternalError',
  503: 'RequestLimitExceeded',
};

/** The id isn't one of this kind at all. */
export function checkShape(kind: string, prefix: string, id: string): void {
  if (new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return;
  throw new AwsRefusal(`${kind}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}
