import { vi } from 'vitest';
import { sandboxAwsKeys } from '../../src/sandbox/aws/identity.js';

/** The variables that point the AWS SDK at a sandbox, away from the AWS configuration of this machine. */
export function awsEnvironment(baseUrl: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_EC2: `${baseUrl}/aws/ec2`,
    AWS_ENDPOINT_URL_STS: `${baseUrl}/aws/sts`,
    AWS_ACCESS_KEY_ID: sandboxAwsKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandboxAwsKeys.secretAccessKey,
    ...withoutAws,
  };
}

const withoutAws = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

/**
 * Sets the AWS variables of an environment in this process, because the SDK reads them from the process and not from the
 * environment of a command line. Without any, there is no AWS account.
 */
export function stubAws(env: Readonly<Record<string, string>>): void {
  const isAws = (name: string) => name.startsWith('AWS_') && !name.startsWith('AWS_SDK_');
  const given = Object.keys(env).filter(isAws);
  const variables: Record<string, string> = { ...withoutAws };
  for (const name of given) variables[name] = env[name] ?? '';
  for (const name of Object.keys(process.env)) if (isAws(name) && !(name in variables)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}
