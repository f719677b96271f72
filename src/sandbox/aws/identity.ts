import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../frontend.js';
import { type Chance, digits, hex } from '../world.js';
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
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
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

const shape =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([\w;-]+), *Signature=([0-9a-f]{64})$/;

export type KeyRefusals = Readonly<Record<'missing' | 'unknownKey' | 'wrongSignature', Refusal>>;

/** The scope of the signature. Its time is not checked: the clock of a client may be another one. */
export function scopeOf(
  request: IncomingMessage,
  body: string,
  { missing, unknownKey, wrongSignature }: KeyRefusals,
  keys: AwsKeys = sandboxAwsKeys,
) {
  const { authorization = '', 'x-amz-date': time = '', 'x-amz-security-token': token } = request.headers;
  const [, keyId, day = '', region = '', service = '', names = '', signature = ''] = shape.exec(authorization) ?? [];
  if (keyId === undefined) throw missing;
  if (keyId !== keys.accessKeyId || token !== keys.sessionToken) throw unknownKey;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signed = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical(request, body, names.split(';')))}`;
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
  if (hmac(key, signed).toString('hex') !== signature) throw wrongSignature;
  return { region, service };
}

function canonical({ method, url = '', headers }: IncomingMessage, body: string, names: readonly string[]) {
  const [path = '', query = ''] = url.split('?');
  const parameters = query.split('&').sort().join('&');
  const lines = names.map((name) => `${name}:${[headers[name] ?? ''].flat().join(',').trim().replace(/ +/g, ' ')}\n`);
  return [method, path, parameters, lines.join(''), names.join(';'), sha256(body)].join('\n');
}

function sha256(text: string) {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string) {
  return createHmac('sha256', key).update(text).digest();
}
