import { isLoopback } from '../atlas/base-url.js';
import type { Access } from '../cloud-side/aws/client.js';
import type { Line } from '../cloud-side/cloud-side.js';
import { proxiesOf } from '../context/connect.js';
import type { Context } from '../context.js';

/** How to get into AWS: in the sandbox into its own, without a look at the user's AWS configuration. */
export async function awsAccess(context: Context, profile: string | undefined): Promise<Access> {
  if (!context.profile.isSandbox) {
    const { env, io, signal } = context;
    const baseUrl = await context.baseUrl();
    if (isLoopback(baseUrl) && !env.AWS_ENDPOINT_URL_EC2 && !env.AWS_ENDPOINT_URL) {
      io.warn(
        `Atlas requests go to ${baseUrl}, but AWS requests go to the real AWS. To use the sandbox's AWS, set the AWS_* variables that 'sandbox serve' prints.`,
      );
    }
    const proxies = proxiesOf(env);
    const isDirect = !proxies.https && !proxies.http;
    const environmentProfile = env.AWS_PROFILE || undefined;
    if (isDirect) return { profile, environmentProfile };
    const { proxiedAgent } = await import('../context/proxied-agent.js');
    return { profile, environmentProfile, httpsAgent: proxiedAgent(proxies, signal) };
  }
  const [{ sandboxAwsKeys }, baseUrl] = await Promise.all([import('../sandbox/aws/identity.js'), context.baseUrl()]);
  return { sandbox: { ec2: `${baseUrl}/aws/ec2`, sts: `${baseUrl}/aws/sts`, keys: sandboxAwsKeys } };
}

export function lineOf({ io, clock, random, signal, env }: Context, isVerbose: boolean | undefined): Line {
  const trace = isVerbose || env.ATLAS_PE_DEBUG === '1' ? io.trace : undefined;
  return { io, clock, random, signal, trace, onCall: io.awaitAnswer };
}
