import type { CloudAccess, CloudOptions, SignInContext } from '../entry.js';
import { warnOfRealCloud } from '../rest.js';
import type { Access } from './ec2.js';
import { openAwsInspector } from './inspect.js';
import { caBundleOf } from './profiles.js';
import { openAwsSide, openAwsTeardown } from './side.js';
import { type AwsFlags, readWanted } from './wanted.js';

export const awsAccess = { checkOptions, open };

function checkOptions(options: CloudOptions): void {
  readWanted(options as AwsFlags);
}

/** Finds out how to sign in to AWS; may ask for an MFA code. In the sandbox it does not look at the AWS configuration. */
async function open(context: SignInContext, options: CloudOptions): Promise<CloudAccess> {
  const given = options as AwsFlags;
  const access = await accessOf(context, given.awsProfile);
  return {
    side: (target, left) => openAwsSide(target, access, readWanted(given), { ...context, left }),
    teardown: (region, left) => openAwsTeardown(region, access, { ...context, left }),
    inspector: (region, left) => openAwsInspector(region, access, { ...context, left, tries: 2 }, given.client),
  };
}

async function accessOf(context: SignInContext, profile: string | undefined): Promise<Access> {
  const { env, sandbox, readSecret } = context;
  // The SDK is bundled, so its warning about future Node versions does not concern users.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  if (sandbox) {
    const text = (name: string) => sandbox[name] ?? '';
    const keys = { accessKeyId: text('AWS_ACCESS_KEY_ID'), secretAccessKey: text('AWS_SECRET_ACCESS_KEY') };
    return { sandbox: { ec2: text('AWS_ENDPOINT_URL_EC2'), sts: text('AWS_ENDPOINT_URL_STS'), keys } };
  }
  if (!env.AWS_ENDPOINT_URL_EC2 && !env.AWS_ENDPOINT_URL) warnOfRealCloud(context, 'AWS', 'AWS_*');
  const { openCredentials } = await import('./credentials.js');
  const [setting, file] = await caBundleOf(profile, env);
  const httpsAgent = await context.agent({ setting, file });
  const askCode = readSecret && ((device: string) => readSecret(`MFA code for ${device}`));
  return { httpsAgent, ...(await openCredentials(profile, { ...context, httpsAgent, askCode })) };
}
