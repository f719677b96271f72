import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AwsKeys, sandboxAwsKeys } from './identity.js';

/* AWS Signature Version 4, in the Authorization header. */

export interface Signed {
  method: string;
  /** The request target, with its query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** The scope of a signature, or why it is refused. */
export type Identified =
  | { kind: 'signed'; region: string; service: string }
  | { kind: 'missing' | 'unknown-key' | 'wrong-signature' };

const shape =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([\w;-]+), *Signature=([0-9a-f]{64})$/;

/** The time is not checked: the clock of a sandbox may differ from that of its clients. */
export function identify(request: Signed, keys: AwsKeys = sandboxAwsKeys): Identified {
  const { authorization = '', 'x-amz-date': time = '', 'x-amz-security-token': token } = request.headers;
  const [, keyId, day = '', region = '', service = '', names = '', signature = ''] = shape.exec(authorization) ?? [];
  if (keyId === undefined) return { kind: 'missing' };
  if (keyId !== keys.accessKeyId || token !== keys.sessionToken) return { kind: 'unknown-key' };
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signed = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical(request, names.split(';')))}`;
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
  const fits = timingSafeEqual(hmac(key, signed), Buffer.from(signature, 'hex'));
  return fits ? { kind: 'signed', region, service } : { kind: 'wrong-signature' };
}

/** The canonical request. */
function canonical({ method, url, headers, body }: Signed, names: readonly string[]): string {
  const [path = '', query = ''] = url.split('?');
  const parameters = query.split('&').sort().join('&');
  const lines = names.map((name) => `${name}:${[headers[name] ?? ''].flat().join(',').trim().replace(/ +/g, ' ')}\n`);
  return [method, path, parameters, lines.join(''), names.join(';'), sha256(body)].join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
