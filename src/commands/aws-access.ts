import type { Access } from '../cloud-side/aws/client.js';
import type { Line } from '../cloud-side/cloud-side.js';
import type { Context } from '../context.js';

/** How to get into AWS: in the sandbox into its own, without a look at the user's AWS configuration. */
export async function awsAccess(context: Context, profile: string | undefined): Promise<Access> {
  if (!context.profile.isSandbox) return { profile };
  const [{ sandboxAwsKeys }, baseUrl] = await Promise.all([import('../sandbox/aws/identity.js'), context.baseUrl()]);
  return { sandbox: { ec2: `${baseUrl}/aws/ec2`, sts: `${baseUrl}/aws/sts`, keys: sandboxAwsKeys } };
}

export function lineOf({ io, clock, random, signal, env }: Context, isVerbose: boolean | undefined): Line {
  const trace = isVerbose || env.ATLAS_PE_DEBUG === '1' ? io.trace : undefined;
  return { io, clock, random, signal, trace, onCall: io.awaitAnswer };
}
