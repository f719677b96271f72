import { expect, test } from 'vitest';
import { CliError, codeOf, InterruptedError, isFailure, orNone, reasonOf } from '../../src/base/errors.js';

test.each([
  ['ENOENT', -2, 'no such file or directory'],
  // That of another program on this machine.
  ['EODD', -1e6, 'EODD: open'],
])('the system error %s is shown in plain words, if there are any', (code, errno, reason) => {
  const error = Object.assign(new Error(`${code}: open`), { code });
  expect(reasonOf(Object.assign(error, { errno, syscall: 'open' }))).toBe(reason);
  expect(codeOf(error)).toBe(code);
});

test('an interruption is no failure, and neither is a bug', async () => {
  const [failure, interruption, bug] = [new CliError('usage', 'x'), new InterruptedError('SIGINT'), new Error('x')];
  expect([failure, interruption, bug].map(isFailure)).toEqual([true, false, false]);
  expect(await orNone(Promise.reject(failure))).toBeUndefined();
  expect(await orNone<number, number>(Promise.reject(failure), 1)).toBe(1);
  for (const other of [interruption, bug]) await expect(orNone(Promise.reject(other))).rejects.toBe(other);
});
