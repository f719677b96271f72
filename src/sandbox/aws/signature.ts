import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../frontend.js';
import { type AwsKeys, sandboxAwsKeys } from './identity.js';

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
