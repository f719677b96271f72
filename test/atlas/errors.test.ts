import { describe, expect, test } from 'vitest';
import { isGone, signInError, toRefusal, unusable } from '../../src/atlas/errors.js';
import { CliError } from '../../src/base/errors.js';
import { isLost, isUnanswered, RequestError } from '../../src/http/request-error.js';

const hintOf = (status: number, errorCode?: string) =>
  toRefusal(status, errorCode === undefined ? {} : { errorCode }).hint?.text;

test.each([
  ['PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', 404],
  ['PATH_PARAM_PARSE_ERROR', 400],
  ['INVALID_ATTRIBUTE', 409],
  ['INVALID_REGION', 404],
  ['CROSS_REGION_PRIVATE_LINK_SELF_REGION', 409],
])("%s is the caller's mistake, whatever its status", (errorCode, status) => {
  expect(toRefusal(status, { errorCode }).exitCode).toBe(2);
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

test('a failed sign-in has the exit code, hint and status of its cause, but is no refusal of the request', () => {
  const cause = toRefusal(404, { errorCode: 'PRIVATE_X_NOT_FOUND' }, 7000);
  const failed = signInError(cause);
  expect(failed).toMatchObject({ exitCode: 3, status: 404, hint: cause.hint, cause, isSignIn: true });
  expect([failed.retryAfterMs, failed.mayHaveArrived, isGone(cause), isGone(failed)]).toEqual([
    7000,
    false,
    true,
    false,
  ]);
  const broken = signInError(unusable('Broke off.', { hint: 'H', mayPass: true }));
  expect(broken).toMatchObject({
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
  expect(others.map(isUnanswered)).toEqual([false, false, false]);
});

describe('the hint', () => {
  test('differs for 401, 403, other refusals, and problems of Atlas', () => {
    const [refusal, trouble] = [hintOf(418), hintOf(500)];
    expect(new Set([hintOf(401), hintOf(403), refusal, trouble]).size).toBe(4);
    expect([400, 404, 409, 429, 499].map((status) => hintOf(status))).toEqual(Array(5).fill(refusal));
    expect([501, 503, 599].map((status) => hintOf(status))).toEqual(Array(3).fill(trouble));
  });

  test('ignores error codes that are properties of every object', () => {
    expect(hintOf(418, 'constructor')).toBe(hintOf(418));
  });
});
