import type { Agent } from 'node:https';
import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { version } from '../../../package.json';

/** How to get into an AWS account. Without a sandbox the SDK finds endpoints as the AWS CLI does. */
export interface Access {
  /** The profile of the AWS configuration in use. */
  profile?: string | undefined;
  /** All clients of a command share it. */
  credentials?: STSClientConfig['credentials'];
  /** Opens connections, through a proxy where there is one. */
  httpsAgent?: Agent | undefined;
  /** The sandbox's AWS, for which nothing is read from the user's AWS configuration. */
  sandbox?: { ec2: string; sts: string; keys: { accessKeyId: string; secretAccessKey: string } };
}

export function createClients(region: string, { profile, credentials, httpsAgent, sandbox }: Access) {
  const shared = {
    region,
    // `call` retries: it knows which requests are safe to repeat.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 10_000, ...(httpsAgent && { httpsAgent }) },
    customUserAgent: [['atlas-pe', version]] as [string, string][],
    ...(profile !== undefined && { profile }),
    ...(credentials && { credentials }),
  };
  if (sandbox === undefined) return { ec2: new EC2Client(shared), sts: new STSClient(shared) };
  const { ec2, sts, keys } = sandbox;
  const own = {
    ...shared,
    credentials: keys,
    // Otherwise the SDK would read these from the user's files.
    defaultsMode: 'standard',
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
    authSchemePreference: async () => [],
    disableClockSkewCorrection: false,
  } as const;
  return { ec2: new EC2Client({ ...own, endpoint: ec2 }), sts: new STSClient({ ...own, endpoint: sts }) };
}
