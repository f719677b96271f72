import { expect, test } from 'vitest';
import { toCloudError } from '../../../src/cloud-side/aws/explain.js';
import { stubAws } from '../../helpers/aws-environment.js';

const missing = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });

test.each([
  [undefined, 'No AWS credentials found: '],
  ['work', "No AWS credentials found for the profile 'work': "],
])('names the profile %s that it is given, not the one of this process', async (profile, said) => {
  stubAws({ AWS_PROFILE: 'other' });
  const about = { action: 'sts:GetCallerIdentity', region: 'us-east-1', profile, isTimeout: false };
  expect((await toCloudError(missing, about)).message).toBe(`${said}Could not load credentials.`);
});
