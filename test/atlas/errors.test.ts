import { describe, expect, test } from 'vitest';
import { isGone, signInError, toRefusal, unusable } from '../../src/atlas/errors.js';
import { CliError } from '../../src/base/errors.js';
import { isLost, isUnanswered, RequestError } from '../../src/http/request-error.js';

const hintOf = (status: number, errorCode?: string) =>
  toRefusal(status, errorCode === undefined ? {} : { errorCode }).hint?.text;

const ofAddress = /^Add 203\.0\.113\.9 to the access list of the API key/;
const ofProject = /^Check the project id/;
const capacity = /no capacity there now/;

test.each<[errorCode: string, status: number, parameters: unknown, exitCode: number, hint: RegExp | undefined]>([
  ['PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', 404, [], 2, /^Check the id/],
  ['PATH_PARAM_PARSE_ERROR', 400, [], 2, /24 hex digits/],
  ['INVALID_ATTRIBUTE', 409, [], 2, /named value/],
  ['INVALID_REGION', 404, [], 2, /region name/],
  ['CROSS_REGION_PRIVATE_LINK_SELF_REGION', 409, [], 2, /own region/],
  ['PROVIDER_UNSUPPORTED', 404, ['AZURE'], 2, /Only services on AWS/],
  ['IP_ADDRESS_NOT_ON_ACCESS_LIST', 403, ['203.0.113.9'], 4, ofAddress],
  ['ORG_REQUIRES_ACCESS_LIST', 403, ['203.0.113.9'], 4, ofAddress],
  ['RESOURCE_REQUIRES_WHITELIST', 403, ['203.0.113.9'], 4, ofAddress],
  // What is no address is not repeated.
  ['ORG_REQUIRES_ACCESS_LIST', 403, ['some text'], 4, /^Add the address of this machine/],
  ['ORG_REQUIRES_ACCESS_LIST', 403, 'nonsense', 4, /^Add the address of this machine/],
  ['ATLAS_GENERAL_ERROR', 400, ['No Capacity'], 1, capacity],
  ['NO_CAPACITY', 409, [], 1, capacity],
  ['OUT_OF_CAPACITY', 409, [], 1, capacity],
  ['REGION_UNAVAILABLE', 409, [], 1, capacity],
  ['ATLAS_GENERAL_ERROR', 400, ['Something else'], 1, undefined],
  ['WRITES_NOT_ALLOWED_DURING_APP_UPGRADES', 405, [], 1, /maintenance/],
  ['FEATURE_UNSUPPORTED', 403, [], 4, undefined],
  ['UNSUPPORTED_FOR_CURRENT_PLAN', 403, [], 4, undefined],
  ['HOURLY_BILLING_LIMIT_EXCEEDED', 403, [], 4, undefined],
  ['ACCOUNT_SUSPENDED', 402, [], 1, undefined],
  ['SOMETHING_NEW', 405, [], 1, undefined],
  ['SOMETHING_NEW', 400, [], 2, undefined],
  ['SOMETHING_NEW', 503, [], 1, /^Try again later/],
  ['NOT_IN_GROUP', 401, [], 3, ofProject],
  ['USER_CANNOT_ACCESS_GROUP', 401, [], 3, ofProject],
  ['GROUP_NOT_FOUND', 404, [], 3, ofProject],
  ['USER_UNAUTHORIZED', 401, [], 4, /Project Owner/],
  ['UNEXPECTED_ERROR', 403, [], 4, /Project Owner/],
  ['PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES', 409, [], 5, /up to 90 nodes/],
  ['CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK', 409, [], 5, /up to 90 nodes/],
])('%s %i %j: exit code %i, and the hint %s', (errorCode, status, parameters, exitCode, hint) => {
  const error = toRefusal(status, { errorCode, parameters });
  expect(error.exitCode).toBe(exitCode);
  if (hint) expect(error.hint?.text).toMatch(hint);
  else expect(error.hint).toBeUndefined();
});

test.each([
  ['PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', 404, true],
  ['A_CODE_OF_ANOTHER_CLOUD', 404, true],
  ['PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', 404, false],
  ['GROUP_NOT_FOUND', 404, false],
  ['GROUP_NAME_NOT_FOUND', 404, false],
  ['NOT_IN_GROUP', 401, false],
  [undefined, 404, false],
])('what got %s %s is gone: %s', (errorCode, status, isSo) => {
  expect(isGone(toRefusal(status, { errorCode }))).toBe(isSo);
});

test.each([
  [402, 'payment method'],
  [405, 'proxy settings'],
  [407, 'HTTPS_PROXY'],
])('the hint for HTTP %i names the %s', (status, text) => {
  expect(hintOf(status)).toContain(text);
});

test.each([
  [{ detail: 'D', error_description: 'E', reason: 'R' }, 'D', 'D'],
  [{ detail: '', error_description: 'E', reason: 'R' }, 'E', 'E'],
  [{ detail: null, reason: 'R' }, null, 'R'],
])('the message from Atlas: %j', (body, detail, said) => {
  const error = toRefusal(418, { ...body, errorCode: 'X' });
  expect([error.detail, error.message]).toEqual([detail, `${said} (X 418).`]);
  expect(toRefusal(418, body).message).toBe(`${said} (HTTP 418).`);
});

test('a failed sign-in has exit code, hint and status of its cause, but refuses no request', () => {
  const cause = toRefusal(404, { errorCode: 'PRIVATE_X_NOT_FOUND' }, 7000);
  const failed = signInError(cause);
  expect(failed).toMatchObject({ exitCode: 3, status: 404, hint: cause.hint, cause, isSignIn: true });
  const { retryAfterMs, mayHaveArrived } = failed;
  expect([retryAfterMs, mayHaveArrived, isGone(cause), isGone(failed)]).toEqual([7000, false, true, false]);
  expect(signInError(unusable('Broke off.', { hint: 'H', mayPass: true }))).toMatchObject({
    exitCode: 1,
    status: null,
    hint: { text: 'H' },
    mayPass: true,
    mayHaveArrived: false,
  });
});

test.each<[string, unknown, boolean]>([
  ['an answer that is none', unusable('x'), true],
  ['an answer of something before Atlas', unusable('x', { mayHaveArrived: false }), false],
  ...[408, 499, 500, 503].map((status) => [`${status}`, toRefusal(status, {}), true] as [string, unknown, boolean]),
  ...[407, 409, 429].map((status) => [`${status}`, toRefusal(status, {}), false] as [string, unknown, boolean]),
  ['a failed sign-in', signInError(toRefusal(503, {})), false],
  ['another error of ours', new CliError('unexpected', 'x'), false],
])('a change that got %s may have taken effect: %s', (_, error, isSo) => {
  expect(isLost(error)).toBe(isSo);
});

test('only an error without a refusal is unanswered', () => {
  expect([unusable('x'), signInError(unusable('x'))].map(isUnanswered)).toEqual([true, true]);
  const others = [toRefusal(503, {}), new RequestError('x', { exit: 'timedOut' }), new CliError('unexpected', 'x')];
  expect(others.map(isUnanswered)).toEqual([false, true, false]);
});

describe('the hint', () => {
  test('differs for 401, 403, other refusals, and problems of Atlas', () => {
    const [refusal, trouble] = [hintOf(418), hintOf(500)];
    expect(new Set([hintOf(401), hintOf(403), refusal, trouble]).size).toBe(4);
    expect([400, 404, 409, 429, 499].map((status) => hintOf(status))).toEqual(Array(5).fill(refusal));
    expect([501, 503, 599].map((status) => hintOf(status))).toEqual(Array(3).fill(trouble));
  });

  test('ignores error codes that are properties of every object', () => {
    expect(hintOf(418, 'constructor')).toBeUndefined();
  });
});
