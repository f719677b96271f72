import { parseCidr, showCidr } from '../../base/cidr.js';
import { UsageError } from '../../base/errors.js';
import type { SignInContext } from '../cloud.js';
import { warnOfRealCloud } from '../rest.js';
import { parseTags } from '../shapes.js';
import { openAwsCloud } from './cloud.js';
import type { Access } from './ec2.js';
import { caBundleOf } from './profiles.js';

export const awsAccess = { readOptions: readWanted, signIn, open: openAwsCloud };

export type Wanted = ReturnType<typeof readWanted>;

export type AwsFlags = { [Name in 'vpc' | 'adopt' | 'awsProfile' | 'client']?: string | undefined } & {
  [Name in 'subnet' | 'securityGroup' | 'from' | 'tag']?: readonly string[] | undefined;
};

export function readWanted(flags: AwsFlags) {
  const { vpc, subnet = [], securityGroup = [], from = [], tag = [], adopt, client } = flags;
  if (vpc !== undefined) checkId('--vpc', vpc, 'vpc');
  for (const id of subnet) checkId('--subnet', id, 'subnet');
  for (const id of securityGroup) checkId('--security-group', id, 'sg');
  const sources = from.map((source) => {
    const range = parseCidr(source);
    if (range) return showCidr(range);
    checkId('--from', source, 'sg', '10.0.0.0/16 or ');
    return source;
  });
  if (client !== undefined) checkId('--client', client, /^(?:eni|sg)(?=-)/.exec(client)?.[0] ?? 'i');
  if (securityGroup.length > 0 && from.length > 0) {
    const what = '--from applies only to a security group that atlas-pe creates.';
    throw new UsageError(what, 'Remove --from or --security-group.');
  }
  return {
    vpc,
    subnets: [...new Set(subnet)],
    groups: [...new Set(securityGroup)],
    /** What the own security group lets in instead of the VPC's ranges: CIDRs and groups. */
    from: [...new Set(sources)],
    tags: parseTags(tag, { cloud: 'AWS', reserved: /^(?:aws|atlas-pe):/i, longest: { key: 128, value: 256 } }),
    adopt,
    client,
  };
}

/** Throws a usage error if the value is not the id of such a resource. `too`: an example of what else is valid. */
function checkId(option: string, value: string, kind: string, too = '') {
  if (new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(value)) return;
  throw new UsageError(`'${value}' is not valid for ${option}.`, `Example: ${too}${kind}-0123456789abcdef0`);
}

/** Asks for an MFA code if the profile needs one. */
async function signIn(context: SignInContext, { awsProfile: profile }: AwsFlags): Promise<Access> {
  const { env, sandbox, readSecret } = context;
  if (sandbox) {
    const text = (name: string) => sandbox[name] ?? '';
    const keys = { accessKeyId: text('AWS_ACCESS_KEY_ID'), secretAccessKey: text('AWS_SECRET_ACCESS_KEY') };
    return { sandbox: { ec2: text('AWS_ENDPOINT_URL_EC2'), sts: text('AWS_ENDPOINT_URL_STS'), keys } };
  }
  if (!env.AWS_ENDPOINT_URL_EC2 && !env.AWS_ENDPOINT_URL) warnOfRealCloud(context, 'AWS', 'AWS_*');
  const { openCredentials } = await import('./credentials.js');
  const httpsAgent = await context.agent(await caBundleOf(profile, env));
  const askCode = readSecret && ((device: string) => readSecret(`MFA code for ${device}`));
  return {
    httpsAgent,
    proxyTo: context.proxyTo,
    ...(await openCredentials(profile, { ...context, httpsAgent, askCode })),
  };
}
