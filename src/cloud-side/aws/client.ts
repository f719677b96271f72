import type { Agent } from 'node:https';
import { EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { version } from '../../../package.json';

/** How to get into an AWS account. Without a sandbox the SDK finds credentials and endpoints as the AWS CLI does. */
export interface Access {
  /** A profile of the AWS configuration; the one that the environment names if it is left out. */
  profile?: string | undefined;
  /** The profile that the environment names, which the SDK reads itself. Errors name it. */
  environmentProfile?: string | undefined;
  /** Opens connections, through a proxy where there is one. */
  httpsAgent?: Agent | undefined;
  /** The sandbox's AWS, for which nothing is read from the user's AWS configuration. */
  sandbox?: Sandbox | undefined;
}

interface Sandbox {
  ec2: string;
  sts: string;
  keys: { accessKeyId: string; secretAccessKey: string };
}

export interface Clients {
  ec2: EC2Client;
  sts: STSClient;
}

export function createClients(region: string, { profile, httpsAgent, sandbox }: Access): Clients {
  // The SDK is bundled, so its warning about future Node versions does not concern users.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const shared = {
    region,
    // `call` tries again, with this program's clock and never blindly.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 10_000, ...(httpsAgent && { httpsAgent }) },
    customUserAgent: [['atlas-pe', version]] as [string, string][],
    ...(profile !== undefined && { profile }),
  };
  if (sandbox === undefined) return { ec2: new EC2Client(shared), sts: new STSClient(shared) };
  const { ec2, sts, keys } = sandbox;
  const own = {
    ...shared,
    credentials: keys,
    // Each of these the SDK would look up in the user's files.
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
