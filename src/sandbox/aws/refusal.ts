import { Refusal } from '../refusal.js';

/** An error of AWS. Most have the same status. */
export class AwsRefusal extends Refusal {
  constructor(errorCode: string, message: string, status = 400) {
    super(status, errorCode, message);
  }
}

export function invalidValue(message: string): AwsRefusal {
  return new AwsRefusal('InvalidParameterValue', message);
}
