/** The access key that every sandbox takes. It opens nothing else, so it is no secret. */
export const sandboxAwsKeys = {
  accessKeyId: 'AKIASANDBOXSANDBOX00',
  secretAccessKey: 'sandbox-opens-nothing-but-the-sandbox-00',
} as const;

export type AwsKeys = Record<keyof typeof sandboxAwsKeys, string>;

/** The account that the key belongs to, and the user. */
export const sandboxAccount = '123456789012';
export const sandboxUser = { id: 'AIDASANDBOXSANDBOX00', name: 'atlas-pe-sandbox' } as const;

/** The account in which Atlas has its endpoint services. */
export const atlasAccount = '210987654321';

/** The part of the world of AWS that a region is in: each has accounts of its own. */
export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The domain of the names in a region. */
export function domainOf(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

export function ec2Arn(region: string, resource: string): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${sandboxAccount}:${resource}`;
}
