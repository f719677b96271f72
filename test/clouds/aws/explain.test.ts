import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenAnswer, noCredentials, toRequestError } from '../../../src/clouds/aws/explain.js';
import { stubAws } from '../../helpers/aws-environment.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const about = { action: 'ec2:CreateVpcEndpoint', region: 'us-east-1', profile: undefined, isTimeout: false };
const refused = (name: string, status = 400, message = 'You may not.') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

describe('what a refusal means', () => {
  const denied = { exit: 'notAllowed', mayPass: false, mayHaveArrived: false };
  const rejected = { exit: 'unexpected', mayPass: false, mayHaveArrived: false };
  const busy = { exit: 'unexpected', mayPass: true, mayHaveArrived: false };

  const limits = ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'];
  const meanings: [codes: string[], status: number, meaning: object][] = [
    [['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'OptInRequired'], 403, denied],
    [['ExpiredToken', 'ExpiredTokenException'], 403, denied],
    [['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture'], 400, { ...denied, mayPass: true }],
    [['AuthFailure', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException'], 401, denied],
    [['IncompleteSignature', 'MissingAuthenticationToken', 'InvalidAccessKeyId'], 400, denied],
    [[...limits, 'RequestThrottled'], 400, busy],
    [[...limits, 'RequestThrottled'], 503, busy],
    [['InternalError', 'Unavailable'], 500, { ...busy, mayHaveArrived: true }],
    [['InvalidParameterValue', 'TagLimitExceeded'], 400, rejected],
    [['VpcEndpointLimitExceeded', 'SecurityGroupLimitExceeded', 'NetworkInterfaceLimitExceeded'], 400, denied],
    [['InsufficientFreeAddressesInSubnet'], 400, { ...rejected, exit: 'usage' }],
    [['InvalidVpcID.NotFound'], 400, { ...rejected, exit: 'notFound' }],
  ];

  test.each(meanings)('%j, %i', async (codes, status, meaning) => {
    for (const code of codes) {
      const error = refused(code, status);
      const cloud = await toRequestError(error, about);
      expect(cloud, code).toMatchObject({ ...meaning, errorCode: code, status, cause: error });
      expect(cloud.message).toContain(`(${code}).`);
    }
  });

  test.each([
    ['UnauthorizedOperation', 'AWS denied ec2:CreateVpcEndpoint: You may not', /administrator/],
    ['AuthFailure', 'AWS rejected the credentials', /the clock/],
    ['OptInRequired', 'The region us-east-1 is not enabled for the AWS account', /another region/],
    ['SecurityGroupLimitExceeded', 'A quota of the AWS account in us-east-1 is used up: You may not', /higher quota/],
    ['InsufficientFreeAddressesInSubnet', 'AWS rejected ec2:CreateVpcEndpoint: You may not', /--subnet/],
    ['Throttling', 'AWS rejected ec2:CreateVpcEndpoint: You may not', /Wait a moment/],
    ['InvalidVpcID.NotFound', 'AWS rejected ec2:CreateVpcEndpoint: You may not', /us-east-1/],
  ])('%s says what to do', async (code, message, hint) => {
    const cloud = await toRequestError(refused(code), about);
    expect([cloud.message, cloud.hint?.text]).toEqual([`${message} (${code}).`, expect.stringMatching(hint)]);
  });

  test('what AWS says about a signature, which may repeat the session token, is left out', async () => {
    const said = 'The Canonical String should have been: POST / x-amz-security-token:short-token';
    const { message } = await toRequestError(refused('SignatureDoesNotMatch', 403, said), about);
    expect(message).toBe('AWS rejected the credentials (SignatureDoesNotMatch).');
  });

  test('the encoded part of a message is left out', async () => {
    const said = `You are not authorized. Encoded authorization failure message: ${'x'.repeat(200)}`;
    const { message } = await toRequestError(refused('UnauthorizedOperation', 403, said), about);
    expect(message).toBe('AWS denied ec2:CreateVpcEndpoint: You are not authorized (UnauthorizedOperation).');
    const long = `Not ${'x'.repeat(198)}.`;
    expect((await toRequestError(refused('InvalidParameter', 400, long), about)).message).toContain('x'.repeat(198));
  });
});

const lost = { exit: 'unexpected', mayPass: true, mayHaveArrived: true, errorCode: null };

describe('without a refusal', () => {
  test('an answer that cannot be read counts as one that may have had an effect', async () => {
    const error = refused('SyntaxError', 200);
    const message = 'AWS sent an invalid response to ec2:CreateVpcEndpoint.';
    expect(await toRequestError(error, about)).toMatchObject({ ...lost, message, cause: error });
    expect(brokenAnswer('ec2:CreateVpcEndpoint')).toMatchObject({ ...lost, message });
    expect(await toRequestError(refused('x', 399), about)).toMatchObject({ message });
    expect(await toRequestError(refused('x', 400), about)).not.toMatchObject({ message });
  });

  test.each([
    [['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'], false],
    [['ECONNRESET', 'EPIPE'], true],
  ])('after %j the request may have arrived: %s', async (codes, mayHaveArrived) => {
    for (const code of codes) {
      const error = Object.assign(new Error('no luck.'), { code });
      const message = `Cannot reach AWS for ec2:CreateVpcEndpoint: no luck (${code}).`;
      expect(await toRequestError(error, about)).toMatchObject({ ...lost, mayHaveArrived, message });
    }
  });
});

test.each([
  ['CERT_HAS_EXPIRED', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['SELF_SIGNED_CERT_IN_CHAIN', false],
  // It may come behind the handshake, when a create is on its way.
  ['EPROTO', true],
])('with %s the request may have arrived, and another try helps: %s', async (code, may) => {
  const error = Object.assign(new Error('no luck.'), { code });
  expect(await toRequestError(error, about)).toMatchObject({ ...lost, mayPass: may, mayHaveArrived: may });
});

describe('how to sign in again', () => {
  const profiles = [
    '[default]',
    'sso_start_url = https://example.awsapps.com/start',
    '[profile work]',
    'sso_session = me',
    '[profile keys]',
    'region = us-east-1',
    '[profile role]',
    'role_arn = arn',
    'source_profile = work',
    '',
  ];
  const withProfiles = () => {
    const file = join(temporaryFolder(), 'config');
    writeFileSync(file, profiles.join('\n'));
    stubAws({ AWS_CONFIG_FILE: file });
  };

  test.each([
    [undefined, ['aws sso login']],
    ['work', ['aws sso login --profile work']],
    ['role', ['aws sso login --profile work']],
    ['keys', []],
    ['unknown', []],
  ])('with the profile %s', async (profile, commands) => {
    withProfiles();
    for (const error of [refused('ExpiredToken'), refused('RequestExpired')]) {
      expect((await toRequestError(error, { ...about, profile })).hint?.commands).toEqual(commands);
    }
    const cloud = await noCredentials(new Error('expired.'), profile);
    expect(cloud).toMatchObject({ exit: 'notAllowed', hint: { commands } });
    if (commands.length > 0) expect(cloud.message).toBe('Cannot use the AWS SSO session: expired.');
  });
});

test('a request that the SDK gave up may have had an effect', async () => {
  const error = Object.assign(new Error('x'), { name: 'TimeoutError' });
  const message = 'AWS did not respond to ec2:CreateVpcEndpoint in time.';
  expect(await toRequestError(error, about)).toMatchObject({ ...lost, message, cause: error });
});
