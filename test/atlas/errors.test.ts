import { describe, expect, test } from 'vitest';
import { AnswerError, ApiError, mayHaveTakenEffect, SignInError } from '../../src/atlas/errors.js';
import { CliError } from '../../src/base/errors.js';

const hintOf = (status: number, errorCode?: string, retryAfter: number | null = null) =>
  new ApiError(status, errorCode === undefined ? {} : { errorCode }, retryAfter).hint?.text;

test.each([
  ['PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', 404],
  ['PATH_PARAM_PARSE_ERROR', 400],
  ['INVALID_ATTRIBUTE', 409],
  ['INVALID_REGION', 404],
  ['CROSS_REGION_PRIVATE_LINK_SELF_REGION', 409],
])("%s is the caller's mistake, whatever its status", (errorCode, status) => {
  expect(new ApiError(status, { errorCode }).exitCode).toBe(2);
});

describe('the hint', () => {
  test('differs for 401, 403, other refusals, and problems of Atlas', () => {
    const [refusal, trouble] = [hintOf(418), hintOf(500)];
    expect(new Set([hintOf(401), hintOf(403), refusal, trouble]).size).toBe(4);
    expect([400, 402, 404, 409, 429, 499].map((status) => hintOf(status))).toEqual(Array(6).fill(refusal));
    expect([501, 503, 599].map((status) => hintOf(status))).toEqual(Array(3).fill(trouble));
  });

  test('ignores error codes that are properties of every object', () => {
    expect(hintOf(418, 'constructor')).toBe(hintOf(418));
  });

  test('of an invalid response can be overridden', () => {
    expect(new AnswerError('x').hint?.text).toBeTruthy();
    expect(new AnswerError('x', { hint: 'Own.' }).hint?.text).toBe('Own.');
  });
});

describe('the message from Atlas', () => {
  test.each([
    [{ detail: 'D', error_description: 'E', reason: 'R' }, 'D', 'D'],
    [{ detail: '', error_description: 'E', reason: 'R' }, 'E', 'E'],
    [{ detail: null, reason: 'R' }, null, 'R'],
  ])('%j', (body, detail, said) => {
    const error = new ApiError(418, { ...body, errorCode: 'X' });
    expect([error.detail, error.message]).toEqual([detail, `${said} (X 418).`]);
    expect(new ApiError(418, body).message).toBe(`${said} (HTTP 418).`);
  });
});

test('a failed sign-in has the exit code, hint and status of its cause', () => {
  const cause = new ApiError(401, { errorCode: 'X' });
  expect(new SignInError(cause)).toMatchObject({ exitCode: 4, status: 401, errorCode: 'X', hint: cause.hint, cause });
  const broken = new AnswerError('Broke off.', { hint: 'H' });
  expect(new SignInError(broken)).toMatchObject({ exitCode: 1, status: null, errorCode: null, hint: { text: 'H' } });
});

const network = (mayHaveArrived: boolean) => new AnswerError('x', { transient: true, mayHaveArrived });

test.each<[string, unknown, boolean]>([
  ['a connection that broke off later', network(true), true],
  ['a connection that was never made', network(false), false],
  ['an answer that is none', new AnswerError('x'), true],
  ['an answer of something before Atlas', new AnswerError('x', { mayHaveArrived: false }), false],
  ['500', new ApiError(500, {}), true],
  ['503', new ApiError(503, {}), true],
  ['499', new ApiError(499, {}), true],
  ['408', new ApiError(408, {}), true],
  ['407', new ApiError(407, {}), false],
  ['409', new ApiError(409, {}), false],
  ['429', new ApiError(429, {}), false],
  ['a failed sign-in', new SignInError(new ApiError(503, {})), false],
  ['another error of ours', new CliError('unexpected', 'x'), false],
])('a change that got %s may have taken effect: %s', (_, error, isSo) => {
  expect(mayHaveTakenEffect(error)).toBe(isSo);
});
