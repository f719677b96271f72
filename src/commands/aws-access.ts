import { isLoopback, parseBaseUrl } from '../atlas/base-url.js';
import { proxyOf } from '../atlas/proxy.js';
import type { Access } from '../cloud-side/aws/client.js';
import type { CloudContext } from '../cloud-side/cloud-side.js';
import type { Inspector } from '../cloud-side/inspect.js';
import { readAuthority } from '../config/authority.js';
import { proxiesOf } from '../context/connect.js';
import type { Context } from '../context.js';

interface AccessOptions {
  awsProfile?: string | undefined;
  verbose?: boolean | undefined;
}

/** How to get into AWS: in the sandbox into its own, without a look at the user's AWS configuration. */
export async function awsAccess(
  context: Context,
  { awsProfile: profile, verbose }: AccessOptions,
  { isAsking = context.io.isInteractive } = {},
): Promise<Access> {
  // The SDK is bundled, so its warning about future Node versions does not concern users.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  if (!context.profile.isSandbox) {
    const { env, io, signal } = context;
    const baseUrl = await context.baseUrl();
    if (isLoopback(baseUrl) && !env.AWS_ENDPOINT_URL_EC2 && !env.AWS_ENDPOINT_URL) {
      io.warn(
        `Atlas requests go to ${baseUrl}, but AWS requests go to the real AWS. To use the sandbox's AWS, use sandbox exec, or set the AWS_* variables that sandbox serve prints.`,
      );
    }
    const [{ openCredentials }, { caBundleOf }, { proxiedAgent }] = await Promise.all([
      import('../cloud-side/aws/credentials.js'),
      import('../cloud-side/aws/profiles.js'),
      import('../context/proxied-agent.js'),
    ]);
    const proxies = proxiesOf(env);
    const [setting, bundle] = await caBundleOf(profile, env);
    const httpsAgent = proxiedAgent(proxies, signal, readAuthority(bundle, setting));
    const { clock, trace } = lineOf(context, verbose);
    const proxyTo = (url: string) => proxyOf(parseBaseUrl(url), proxies)?.host;
    const askCode = isAsking ? (device: string) => io.readSecret(`MFA code for ${device}`) : undefined;
    const way = { httpsAgent, proxyTo, clock, signal, trace };
    return { httpsAgent, ...(await openCredentials(profile, { ...way, env, askCode })) };
  }
  const [{ sandboxAwsKeys }, baseUrl] = await Promise.all([import('../sandbox/aws/identity.js'), context.baseUrl()]);
  return { sandbox: { ec2: `${baseUrl}/aws/ec2`, sts: `${baseUrl}/aws/sts`, keys: sandboxAwsKeys } };
}

export function lineOf({ io, clock, random, signal, env }: Context, isVerbose: boolean | undefined): CloudContext {
  const trace = isVerbose || env.ATLAS_PE_DEBUG === '1' ? io.trace : undefined;
  return { io, clock, random, signal, trace, onCall: io.awaitAnswer };
}

/** Reads interface endpoints in a region of AWS. By default it asks for no MFA code. */
export async function openInspector(
  context: Context,
  region: string,
  options: AccessOptions,
  left: () => number,
  access = () => awsAccess(context, options, { isAsking: false }),
): Promise<Inspector> {
  const { openAwsInspector } = await import('../cloud-side/aws/inspect.js');
  return openAwsInspector(region, await access(), { ...lineOf(context, options.verbose), left, tries: 2 });
}
