import { describe, expect, test } from 'vitest';
import { isAlreadyThere, isGone, signInError, toRefusal, unusable } from '../../src/atlas/errors.js';
import { CliError } from '../../src/base/errors.js';
import { isLost, isUnanswered, RequestError } from '../../src/http/request-error.js';

const hintOf = (status: number, errorCode?: string, retryAfter: number | null = null) =>
  toRefusal(status, errorCode === undefined ? {} : { errorCode }, retryAfter).hint?.text;

test.each([
  [400, undefined, 2],
  [401, undefined, 4],
  [403, undefined, 4],
  [404, undefined, 3],
  [409, undefined, 5],
  [429, undefined, 1],
  [500, undefined, 1],
  [404, 'PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', 2],
  [409, 'INVALID_ATTRIBUTE', 2],
  [404, 'INVALID_REGION', 2],
  [409, 'CROSS_REGION_PRIVATE_LINK_SELF_REGION', 2],
])('HTTP %i %s exits with %i', (status, errorCode, exitCode) => {
  expect(toRefusal(status, { errorCode }).exitCode).toBe(exitCode);
});

test('the hint is that of the error code, of the status, or of all refusals; the time of the next try comes first', () => {
  const [refusal, trouble] = [hintOf(418), hintOf(500)];
  expect(new Set([hintOf(401), hintOf(403), refusal, trouble]).size).toBe(4);
  expect([400, 404, 409, 429, 499].map((status) => hintOf(status))).toEqual(Array(5).fill(refusal));
  expect([501, 599].map((status) => hintOf(status))).toEqual([trouble, trouble]);
  for (const errorCode of ['GROUP_NOT_FOUND', 'RATE_LIMITED', 'IP_ADDRESS_NOT_ON_ACCESS_LIST'])
    expect([hintOf(403), refusal, trouble, undefined]).not.toContain(hintOf(403, errorCode));
  expect(hintOf(418, 'constructor')).toBe(refusal);
  expect(hintOf(400, 'INVALID_ATTRIBUTE')).not.toMatch(/region/);
  expect([hintOf(403, 'RATE_LIMITED', 7), hintOf(503, undefined, 7)]).toEqual(Array(2).fill('Try again in 7s.'));
});

describe('the message from Atlas', () => {
  test.each([
    [{ detail: 'D', error_description: 'E', reason: 'R' }, 'D', 'D'],
    [{ detail: '', error_description: 'E', reason: 'R' }, 'E', 'E'],
    [{ detail: null, reason: 'R' }, null, 'R'],
  ])('%j', (body, detail, said) => {
    const error = toRefusal(418, { ...body, errorCode: 'X' });
    expect([error.detail, error.message]).toEqual([detail, `${said} (X 418).`]);
    expect(toRefusal(418, body).message).toBe(`${said} (HTTP 418).`);
  });

  test('includes up to ten invalid fields', () => {
    const fields = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ field: `f${index}`, description: `d${index}` }));
    const about = (all: unknown) => toRefusal(400, { detail: 'D.', badRequestDetail: { fields: all } }).message;
    expect(about(fields(2))).toBe('D. f0: d0; f1: d1 (HTTP 400).');
    expect(about(fields(12))).toMatch(/; f9: d9 and 2 more \(HTTP 400\)\.$/);
    for (const none of [undefined, null, 'x', {}]) expect(about(none)).toBe('D (HTTP 400).');
    expect(about([null, { field: 1 }])).toBe('D. field: is not valid; field: is not valid (HTTP 400).');
  });
});

test('a failed sign-in has the exit code, hint and status of its cause, but is no refusal of the request', () => {
  const cause = toRefusal(404, { errorCode: 'PRIVATE_X_NOT_FOUND' }, 7);
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

test.each([
  [409, 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', true, false],
  [409, 'PRIVATELINK_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', true, false],
  [400, 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', false, false],
  [409, 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS', false, false],
  [404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', false, true],
  [404, 'GROUP_NOT_FOUND', false, false],
  [404, undefined, false, false],
  [410, 'PRIVATELINK_NOT_FOUND', false, false],
])('%i %s: already exists %s, is gone %s', (status, errorCode, isThere, isNoMore) => {
  const error = toRefusal(status, { errorCode });
  expect([isAlreadyThere(error), isGone(error)]).toEqual([isThere, isNoMore]);
  const other = Object.assign(new Error('x'), { status, errorCode });
  expect([isAlreadyThere(other), isGone(other)]).toEqual([false, false]);
});
