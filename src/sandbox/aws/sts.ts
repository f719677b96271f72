import { partitionOf, sandboxAccount, sandboxUser } from './identity.js';
import { actionOf } from './perform.js';
import { AwsRefusal } from './refusal.js';
import type { Xml } from './xml.js';

/** Returns the account and the user of the key. */
export function performSts(form: URLSearchParams, region: string): Xml {
  const action = actionOf(form, '2011-06-15');
  if (action !== 'GetCallerIdentity') {
    throw new AwsRefusal('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  }
  return {
    GetCallerIdentityResult: {
      Arn: `arn:${partitionOf(region)}:iam::${sandboxAccount}:user/${sandboxUser.name}`,
      UserId: sandboxUser.id,
      Account: sandboxAccount,
    },
  };
}
