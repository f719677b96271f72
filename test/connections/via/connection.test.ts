import { expect, test } from 'vitest';
import { openConnection } from '../../../src/connections/via/connection.js';
import { readPrefix } from '../../../src/connections/via/prefix.js';
import type { Context } from '../../../src/endpoints/context.js';
import { fakeClock } from '../../helpers/fake-clock.js';

const env = { PATH: process.env.PATH ?? '' };

test.runIf(process.platform !== 'win32').each([
  [120_000, '2m'],
  [100_000, '1m40s'],
])('a time limit of %d ms is for all answers together, from the first one on', async (limitMs, shown) => {
  const clock = fakeClock();
  const context = { clock, settings: { env }, signal: new AbortController().signal } as unknown as Context;
  const { word, write, next, close } = openConnection(context, readPrefix('env'), limitMs);
  const ask = async (answer: string) => {
    await write([`echo '${word} ${answer}'\n`]);
    return next('gave no answer');
  };
  clock.advance(110_000);
  expect(await ask('first')).toBe('first');
  clock.advance(60_000);
  expect(await ask('second')).toBe('second');
  clock.advance(70_000);
  await expect(ask('third')).rejects.toMatchObject({ exit: 'timedOut', message: expect.stringContaining(shown) });
  await close(true);
});

test.runIf(process.platform !== 'win32')('a time limit of 1 ms is not shown as none', async () => {
  const clock = fakeClock();
  const context = { clock, settings: { env }, signal: new AbortController().signal } as unknown as Context;
  const { word, write, next, inTime, close } = openConnection(context, readPrefix('env'), 1);
  await write([`echo '${word} first'\n`]);
  await next('gave no answer');
  const late = inTime(() => new Promise(() => undefined), 'The download');
  clock.advance(1);
  await expect(late).rejects.toMatchObject({ message: 'The download was not done within 1s.' });
  await close(true);
});
