import { expect, test } from 'vitest';
import { toRefusal } from '../../src/atlas/errors.js';
import { CliError, codeOf, InterruptedError, ignoreFailure, isFailure, reasonOf } from '../../src/base/errors.js';
import { RequestError } from '../../src/http/request-error.js';

test('withHint and about keep the class and data of an error, and set the original as cause', () => {
  const first = toRefusal(404, { errorCode: 'GROUP_NOT_FOUND', detail: 'No group.' }, 5000);
  const { message } = first;
  for (const other of [first.withHint({ text: 'Look:', commands: ['atlas-pe list'] }), first.about('AWS')]) {
    expect(other).toBeInstanceOf(RequestError);
    expect(other).toMatchObject({ status: 404, errorCode: 'GROUP_NOT_FOUND', retryAfterMs: 5000, exitCode: 3 });
    expect(other.cause).toBe(first);
    expect(other.stack).toContain('Error: ');
  }
  expect(first.withHint('Look.')).toMatchObject({ message, hint: { text: 'Look.', commands: [] } });
  expect(first.about('AWS')).toMatchObject({ message: `AWS: ${message}`, hint: first.hint });
  expect(first.withHint(undefined).about('x').withHint('y').hint).toEqual({ text: 'y', commands: [] });
  expect(first.message).toBe(message);
  expect(new InterruptedError('SIGINT', { mayHaveArrived: false }).withHint('x').mayHaveArrived).toBe(false);
});

test.each([
  ['ENOENT', -2, 'no such file or directory'],
  // That of another program on this machine.
  ['EODD', -1e6, 'EODD: open'],
])('the system error %s is shown in plain words, if there are any', (code, errno, reason) => {
  const error = Object.assign(new Error(`${code}: open`), { code });
  expect(reasonOf(Object.assign(error, { errno, syscall: 'open' }))).toBe(reason);
  expect(codeOf(error)).toBe(code);
});

test('the reason of anything else is what it says', () => {
  expect(reasonOf(Object.assign(new Error('Mine.'), { code: 'ENOENT' }))).toBe('Mine.');
  expect(reasonOf('Thrown.')).toBe('Thrown.');
});

test('only system errors have a code', () => {
  const withNumber = Object.assign(new Error('x'), { code: 5 });
  for (const other of [new CliError('usage', 'x'), new Error('x'), withNumber, 'ENOENT', null])
    expect(codeOf(other)).toBeUndefined();
});

test('an interruption is no failure, and neither is a bug', () => {
  const [failure, interruption, bug] = [new CliError('usage', 'x'), new InterruptedError('SIGINT'), new Error('x')];
  expect([failure, interruption, bug].map(isFailure)).toEqual([true, false, false]);
  expect(ignoreFailure(failure)).toBeUndefined();
  for (const other of [interruption, bug]) expect(() => ignoreFailure(other)).toThrow(other);
});

test('an interruption tells the signal, and whether something was sent', () => {
  const term = new InterruptedError('SIGTERM');
  expect([term.exitCode, term.message, term.mayHaveArrived]).toEqual([143, 'Terminated.', true]);
  const int = new InterruptedError('SIGINT', { mayHaveArrived: false });
  expect([int.exitCode, int.message, int.mayHaveArrived, int.signal]).toEqual([130, 'Interrupted.', false, 'SIGINT']);
  expect(new CliError('declined', 'No.').exitCode).toBe(1);
});
