import { describe, expect, test } from 'vitest';
import { isAlreadyThere, isGone, signInError, toRefusal, unusable } from '../../src/atlas/errors.js';
import { CliError } from '../../src/base/errors.js';
import { isLost } from '../../src/http/request-error.js';

const hintOf = (status: number, errorCode?: string, retryAfter: number | null = null) =>
  toRefusal(status, errorCode === undefined ? {} : { errorCode }, retryAfter).hint?.text;

test.each([
  [400, 2],
  [401, 4],
  [402, 1],
  [403, 4],
  [404, 3],
  [409, 5],
  [418, 1],
  [429, 1],
  [500, 1],
])('HTTP %i exits with %i', (status, exitCode) => {
  expect(toRefusal(status, {}).exitCode).toBe(exitCode);
});

test.each([
  ['PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED', 404],
  ['PATH_PARAM_PARSE_ERROR', 400],
  ['INVALID_ATTRIBUTE', 409],
  ['INVALID_REGION', 404],
  ['CROSS_REGION_PRIVATE_LINK_SELF_REGION', 409],
])("%s is the caller's mistake, whatever its status", (errorCode, status) => {
  expect(toRefusal(status, { errorCode }).exitCode).toBe(2);
});

const explained = `GROUP_NOT_FOUND PRIVATE_ENDPOINT_SERVICE_NOT_FOUND PRIVATELINK_NOT_FOUND
  PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION PRIVATELINK_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION
  CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND
  PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS
  PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION
  PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK PATH_PARAM_PARSE_ERROR
  INVALID_ATTRIBUTE INVALID_REGION CROSS_REGION_PRIVATE_LINK_SELF_REGION IP_ADDRESS_NOT_ON_ACCESS_LIST
  RATE_LIMITED`.split(/\s+/);

describe('the hint', () => {
  test('differs for 401, 403, other refusals, and problems of Atlas', () => {
    const [refusal, trouble] = [hintOf(418), hintOf(500)];
    expect(new Set([hintOf(401), hintOf(403), refusal, trouble]).size).toBe(4);
    expect([400, 402, 404, 409, 429, 499].map((status) => hintOf(status))).toEqual(Array(6).fill(refusal));
    expect([501, 503, 599].map((status) => hintOf(status))).toEqual(Array(3).fill(trouble));
  });

  test.each(explained)('for %s is specific', (errorCode) => {
    expect([hintOf(403), hintOf(418), hintOf(500), '', undefined]).not.toContain(hintOf(403, errorCode));
    // The time of the next try matters more.
    expect(hintOf(403, errorCode, 7)).toBe(hintOf(503, undefined, 7));
  });

  test('ignores error codes that are properties of every object', () => {
    expect(hintOf(418, 'constructor')).toBe(hintOf(418));
  });

  test('of an invalid response can be overridden', () => {
    expect(unusable('x').hint?.text).toBeTruthy();
    expect(unusable('x', { hint: 'Own.' }).hint?.text).toBe('Own.');
  });
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
    const about = (all: unknown) => toRefusal(400, { detail: 'D.', badRequestDetail: { fields: all } });
    expect(about(fields(2)).message).toBe('D. f0: d0; f1: d1 (HTTP 400).');
    expect(about(fields(10)).message).toMatch(/; f9: d9 \(HTTP 400\)\.$/);
    expect(about(fields(12)).message).toMatch(/; f9: d9 and 2 more \(HTTP 400\)\.$/);
    for (const none of [undefined, null, 'x', {}]) expect(about(none).message).toBe('D (HTTP 400).');
    expect(about([null, { field: 1 }]).message).toBe('D. field: is not valid; field: is not valid (HTTP 400).');
  });
});

test('a failed sign-in has the exit code, hint and status of its cause', () => {
  const cause = toRefusal(401, { errorCode: 'X' });
  expect(signInError(cause)).toMatchObject({ exitCode: 4, status: 401, errorCode: 'X', hint: cause.hint, cause });
  const broken = unusable('Broke off.', { hint: 'H' });
  expect(signInError(broken)).toMatchObject({ exitCode: 1, status: null, errorCode: null, hint: { text: 'H' } });
});

const network = (mayHaveArrived: boolean) => unusable('x', { mayPass: true, mayHaveArrived });

test.each<[string, unknown, boolean]>([
  ['a connection that broke off later', network(true), true],
  ['a connection that was never made', network(false), false],
  ['an answer that is none', unusable('x'), true],
  ['an answer of something before Atlas', unusable('x', { mayHaveArrived: false }), false],
  ['500', toRefusal(500, {}), true],
  ['503', toRefusal(503, {}), true],
  ['499', toRefusal(499, {}), true],
  ['408', toRefusal(408, {}), true],
  ['407', toRefusal(407, {}), false],
  ['409', toRefusal(409, {}), false],
  ['429', toRefusal(429, {}), false],
  ['a failed sign-in', signInError(toRefusal(503, {})), false],
  ['another error of ours', new CliError('unexpected', 'x'), false],
])('a change that got %s may have taken effect: %s', (_, error, isSo) => {
  expect(isLost(error)).toBe(isSo);
});

test.each([
  [409, 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', true, false],
  [409, 'PRIVATELINK_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', true, false],
  [400, 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION', false, false],
  [409, 'PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS', false, false],
  [404, 'PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', false, true],
  [404, 'PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND', false, true],
  [404, 'GROUP_NOT_FOUND', false, false],
  [404, undefined, false, false],
  [410, 'PRIVATELINK_NOT_FOUND', false, false],
])('%i %s: already exists %s, is gone %s', (status, errorCode, isThere, isNoMore) => {
  const error = toRefusal(status, errorCode === undefined ? {} : { errorCode });
  expect([isAlreadyThere(error), isGone(error)]).toEqual([isThere, isNoMore]);
  const other = Object.assign(new Error('x'), { status, errorCode });
  expect([isAlreadyThere(other), isGone(other)]).toEqual([false, false]);
});

test('an invalid attribute need not be a region', () => {
  expect(toRefusal(400, { errorCode: 'INVALID_ATTRIBUTE' }).hint?.text).not.toMatch(/region/);
});
