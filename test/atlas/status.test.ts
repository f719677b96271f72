import { expect, test } from 'vitest';
import {
  filtersOf,
  hasReached,
  isAhead,
  isLeaving,
  isReady,
  serviceStatuses,
  statusOrder,
  untilsOf,
} from '../../src/atlas/status.js';
import { UsageError } from '../../src/base/errors.js';
import { guessed, parseName } from '../../src/base/suggest.js';

const untils = untilsOf(serviceStatuses);

test.each([
  ['ready', ['WAITING_FOR_USER', 'AVAILABLE']],
  ['INITIATING', ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE']],
  ['WAITING_FOR_USER', ['WAITING_FOR_USER', 'AVAILABLE']],
  ['AVAILABLE', ['AVAILABLE']],
  ['FAILED', ['FAILED']],
  ['DELETING', ['DELETING', 'DELETED']],
  ['DELETED', ['DELETED']],
])('%s is reached by %j only', (until, statuses) => {
  const all = ['INITIATING', 'WAITING_FOR_USER', 'AVAILABLE', 'FAILED', 'DELETING', 'DELETED', 'SOMETHING_NEW'];
  expect(all.filter((status) => hasReached(serviceStatuses, until, status))).toEqual(statuses);
});

test.each([
  ['ready', 'ready'],
  ['READY', 'ready'],
  ['waiting_for_user', 'WAITING_FOR_USER'],
  ['Waiting-For-User', 'WAITING_FOR_USER'],
  ['deleted', 'DELETED'],
])('wait accepts %s', (text, until) => {
  expect(parseName('status', text, untils)).toBe(until);
});

test.each([
  ['REDY', 'ready'],
  ['AVAILABEL', 'AVAILABLE'],
  ['FAILD', 'FAILED'],
])('%s is an error that suggests %s', (text, meant) => {
  expect(() => parseName('status', text, untils)).toThrow(
    expect.objectContaining({ constructor: UsageError, hint: { text: guessed(meant), commands: [] } }),
  );
});

test('DELETED works with wait, but not as a filter', () => {
  expect(() => parseName('status', 'DELETED', filtersOf(serviceStatuses))).toThrow(UsageError);
  expect(parseName('status', 'failed', filtersOf(serviceStatuses))).toBe('FAILED');
});

test('a new service gets some statuses by itself', () => {
  expect(untils.filter((until) => isAhead(serviceStatuses, until))).toEqual([
    'ready',
    'INITIATING',
    'WAITING_FOR_USER',
    'AVAILABLE',
  ]);
});

test('from creation to deletion, statuses have an order', () => {
  expect(statusOrder).toEqual([
    ...['INITIATING', 'PENDING_ACCEPTANCE', 'PENDING', 'VERIFIED', 'WAITING_FOR_USER', 'AVAILABLE'],
    ...['REJECTED', 'FAILED', 'DELETING', 'DELETED'],
  ]);
  expect(statusOrder.filter((status) => isReady(status))).toEqual(['WAITING_FOR_USER', 'AVAILABLE']);
  expect(statusOrder.filter((status) => isLeaving(status))).toEqual(['DELETING', 'DELETED']);
});

test('a status is ready if the table says so, also a new one', () => {
  expect(Object.keys(serviceStatuses).filter((status) => isReady(status))).toEqual(['WAITING_FOR_USER', 'AVAILABLE']);
  const statuses = { ...serviceStatuses, AVAILABLE: 'pending', SERVING: 'ready' } as const;
  expect(Object.keys(statuses).filter((status) => isReady(status, statuses))).toEqual(['WAITING_FOR_USER', 'SERVING']);
});
