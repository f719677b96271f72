import { expect, test } from 'vitest';
import { isReady, serviceStatuses } from '../../src/atlas/model.js';

test('a status is ready if the table says so, also a new one', () => {
  expect(Object.keys(serviceStatuses).filter((status) => isReady(status))).toEqual(['WAITING_FOR_USER', 'AVAILABLE']);
  const statuses = { ...serviceStatuses, AVAILABLE: 'pending', SERVING: 'ready' } as const;
  expect(Object.keys(statuses).filter((status) => isReady(status, statuses))).toEqual([
    'WAITING_FOR_USER',
    'SERVING',
  ]);
});
