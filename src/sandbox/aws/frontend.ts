import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Frontend, SandboxOptions } from '../frontend.js';
import { readBody } from '../incoming.js';
import { Refusal, troubleText } from '../refusal.js';
import { regionOf } from '../services.js';
import { type AwsKeys, sandboxAwsKeys } from './identity.js';
import { performEc2, performSts } from './perform.js';
import { AwsRefusal } from './refusal.js';
import { type Xml, xmlDocument } from './xml.js';

export type AwsServiceName = 'ec2' | 'sts';

/** EC2 or STS: signed requests, form-encoded actions, answers and errors in XML. */
export function awsFrontend(
  name: AwsServiceName,
  { store, clock, random = Math.random, awsKeys }: SandboxOptions,
): Frontend {
  const service = awsServices[name];
  const type = 'text/xml;charset=UTF-8';

  /** A signature for another service or region is refused like a wrong one. */
  function checkScope(isFine: boolean, message: string): void {
    const { errorCode, status } = service.refusals.wrongSignature;
    if (!isFine) throw new AwsRefusal(errorCode, message, status);
  }

  return {
    admit: async ({ request, response }) => {
      const { method } = request;
      if (method !== 'POST')
        throw new AwsRefusal('InvalidAction', `The sandbox accepts only POST, not ${method}.`, 405);
      const body = await readBody(request).catch(({ detail, status }: Refusal) => {
        throw new AwsRefusal('MalformedQueryString', detail, status);
      });
      const form = new URLSearchParams(body);
      const requestId = randomUUID();
      response.setHeader('x-amzn-RequestId', requestId);
      const { region, service: scope } = scopeOf(request, body, service.refusals, awsKeys);
      checkScope(scope === name, `Credential should be scoped to correct service: '${name}'.`);
      checkScope(regionOf('AWS', region)?.region === region, 'Credential should be scoped to a valid region.');
      const action = form.get('Action') ?? '';
      return {
        action,
        carryOut: async (fate) => {
          const about = { now: clock.now(), random, region, fate };
          const content = name === 'sts' ? performSts(form, region) : await performEc2(store, form, about);
          return { status: 200, body: service.answer(action, content, requestId), type };
        },
      };
    },
    // The key does not expire: only this request is refused.
    expire: () =>
      new AwsRefusal(name === 'sts' ? 'ExpiredToken' : 'RequestExpired', 'The credentials have expired.', 400),
    errorCode: (status) => codesByStatus[status] ?? (status < 500 ? 'InvalidParameterValue' : 'InternalError'),
    refuse: (error, response) => {
      const refusal = error instanceof Refusal ? error : new AwsRefusal('InternalError', troubleText(error), 500);
      const requestId = String(response.getHeader('x-amzn-RequestId') ?? randomUUID());
      return { status: refusal.status, body: service.error(refusal, requestId), type };
    },
  };
}

/** The codes of errors that a status is typical of. */
const codesByStatus: Readonly<Record<number, string>> = {
  401: 'AuthFailure',
  403: 'UnauthorizedOperation',
  412: 'DryRunOperation',
  429: 'RequestLimitExceeded',
  503: 'RequestLimitExceeded',
};

/* What differs between EC2 and STS: how they refuse a key, and how they write answers and errors. */

interface AwsService {
  refusals: Readonly<Record<'missing' | 'unknownKey' | 'wrongSignature', AwsRefusal>>;
  answer(action: string, content: Xml, requestId: string): string;
  error(refusal: Refusal, requestId: string): string;
}

const ec2Namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const notValidated = new AwsRefusal('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
const wrongSignature = 'The request signature we calculated does not match the signature you provided.';

const awsServices: Readonly<Record<AwsServiceName, AwsService>> = {
  ec2: {
    refusals: {
      missing: new AwsRefusal('MissingAuthenticationToken', 'The request must be signed with an access key.', 403),
      unknownKey: notValidated,
      wrongSignature: notValidated,
    },
    answer: (action, content, requestId) =>
      xmlDocument(`${action}Response`, ec2Namespace, { requestId, ...(content as Record<string, Xml>) }),
    error: ({ errorCode, message }, requestId) =>
      xmlDocument('Response', undefined, {
        Errors: { Error: { Code: errorCode, Message: message } },
        RequestID: requestId,
      }),
  },
  sts: {
    refusals: {
      missing: new AwsRefusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
      unknownKey: new AwsRefusal('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
      wrongSignature: new AwsRefusal('SignatureDoesNotMatch', wrongSignature, 403),
    },
    answer: (action, content, requestId) =>
      xmlDocument(`${action}Response`, stsNamespace, {
        ...(content as Record<string, Xml>),
        ResponseMetadata: { RequestId: requestId },
      }),
    error: ({ errorCode, message, status }, requestId) => {
      const Type = status >= 500 ? 'Receiver' : 'Sender';
      return xmlDocument('ErrorResponse', stsNamespace, {
        Error: { Type, Code: errorCode, Message: message },
        RequestId: requestId,
      });
    },
  },
};

/* AWS Signature Version 4, in the Authorization header. */

const shape =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([\w;-]+), *Signature=([0-9a-f]{64})$/;

/**
 * The scope of the signature. Throws these refusals if it is not valid. The time is not checked: the clock of a sandbox
 * may differ from that of its clients.
 */
function scopeOf(
  request: IncomingMessage,
  body: string,
  { missing, unknownKey, wrongSignature }: AwsService['refusals'],
  keys: AwsKeys = sandboxAwsKeys,
) {
  const { authorization = '', 'x-amz-date': time = '', 'x-amz-security-token': token } = request.headers;
  const [, keyId, day = '', region = '', service = '', names = '', signature = ''] = shape.exec(authorization) ?? [];
  if (keyId === undefined) throw missing;
  if (keyId !== keys.accessKeyId || token !== keys.sessionToken) throw unknownKey;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signed = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical(request, body, names.split(';')))}`;
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
  if (!timingSafeEqual(hmac(key, signed), Buffer.from(signature, 'hex'))) throw wrongSignature;
  return { region, service };
}

/** The canonical request. */
function canonical({ method, url = '', headers }: IncomingMessage, body: string, names: readonly string[]): string {
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
