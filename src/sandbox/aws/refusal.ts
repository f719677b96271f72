import { Refusal } from '../refusal.js';

export class AwsRefusal extends Refusal {
  constructor(errorCode: string, message: string, status = 400) {
    super(status, errorCode, message);
  }
}

export function invalidValue(message: string): AwsRefusal {
  return new AwsRefusal('InvalidParameterValue', message);
}
