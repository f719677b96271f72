import { expect, test } from 'vitest';
import { withoutRepeats } from '../../src/ui/io.js';
import { fakeClock } from '../helpers/fake-clock.js';

test('a message is shown once a minute for each cause (default: its text)', () => {
  const clock = fakeClock();
  const said: string[] = [];
  const warn = withoutRepeats((message) => said.push(message), clock);
  warn('Busy. Again in 3 s.', 'Busy.');
  warn('Busy. Again in 4 s.', 'Busy.');
  warn('Old.');
  warn('Old.');
  expect(said).toEqual(['Busy. Again in 3 s.', 'Old.']);
  clock.advance(59_999);
  warn('Busy. Again in 5 s.', 'Busy.');
  warn('New.');
  expect(said.slice(2)).toEqual(['New.']);
  clock.advance(1);
  warn('Busy. Again in 6 s.', 'Busy.');
  warn('New.');
  expect(said.slice(3)).toEqual(['Busy. Again in 6 s.']);
});
