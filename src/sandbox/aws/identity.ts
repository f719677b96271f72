import { type Chance, digits, hex } from '../chance.js';
import type { StoredEndpoint } from './account.js';

/** The access key that every sandbox accepts. It is valid nowhere else, so it is not a secret. */
export const sandboxAwsKeys = {
  accessKeyId: 'AKIASANDBOXSANDBOX00',
  secretAccessKey: 'sandbox-opens-nothing-but-the-sandbox-00',
} as const;

export type AwsKeys = Record<keyof typeof sandboxAwsKeys, string> & { sessionToken?: string };

export const sandboxAccount = '123456789012';
export const sandboxUser = { id: 'AIDASANDBOXSANDBOX00', name: 'atlas-pe-sandbox' } as const;

export const atlasAccount = '210987654321';

export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export function accountDomain(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

export function ec2Arn(region: string, resource: string): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${sandboxAccount}:${resource}`;
}

export function endpointDnsName(
  { id, region, serviceName }: Pick<StoredEndpoint, 'id' | 'region' | 'serviceName'>,
  zone?: string,
): string {
  const service = serviceName.split('.').at(-1) ?? '';
  const ofZone = zone === undefined ? '' : `-${zone}`;
  return `${id}-${digits(id, 8)}${ofZone}.${service}.${region}.vpce.${accountDomain(region)}`;
}

export function newAwsId(prefix: string, { random }: Pick<Chance, 'random'>): string {
  return `${prefix}-0${hex(16, random)}`;
}

/** The id of something that always exists. It is derived from a name, so that it need not be saved. */
export function fixedAwsId(prefix: string, name: string): string {
  return `${prefix}-0${digits(name, 16)}`;
}
