import { expect, test } from 'vitest';
import { ApiError } from '../../src/atlas/errors.js';
import { CliError, InterruptedError } from '../../src/base/errors.js';

test('withHint and about keep the class and data of an error, and set the original as cause', () => {
  const first = new ApiError(404, { errorCode: 'GROUP_NOT_FOUND', detail: 'No group.' }, 5);
  const { message } = first;
  for (const other of [first.withHint({ text: 'Look:', commands: ['atlas-pe list'] }), first.about('AWS')]) {
    expect(other).toBeInstanceOf(ApiError);
    expect(other).toMatchObject({ status: 404, errorCode: 'GROUP_NOT_FOUND', retryAfterSeconds: 5, exitCode: 3 });
    expect(other.cause).toBe(first);
    expect(other.stack).toContain('Error: ');
  }
  expect(first.withHint('Look.')).toMatchObject({ message, hint: { text: 'Look.', commands: [] } });
  expect(first.about('AWS')).toMatchObject({ message: `AWS: ${message}`, hint: first.hint });
  expect(first.withHint(undefined).about('x').withHint('y').hint).toEqual({ text: 'y', commands: [] });
  expect(first.message).toBe(message);
  expect(new InterruptedError('SIGINT', { mayHaveArrived: false }).withHint('x').mayHaveArrived).toBe(false);
});

test('a hint has a text and optional commands', () => {
  expect(new CliError('usage', 'x').hint).toBeUndefined();
  expect(new CliError('usage', 'x', { hint: 'y' }).hint).toEqual({ text: 'y', commands: [] });
});
