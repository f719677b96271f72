import { expect, test } from 'vitest';
import { CliError } from '../../src/base/errors.js';
import { hintToContinue } from '../../src/connections/steps.js';

const hint = { text: 'Look:', commands: ['atlas-pe list'] };

test.each([
  [
    'a hint with commands',
    new CliError('conflict', 'x', { hint }),
    { text: 'It exists. Look:', commands: ['atlas-pe list', 'again'] },
  ],
  [
    'a hint that goes on itself',
    new CliError('conflict', 'x', { hint: { text: 'Go on:', commands: ['again'] } }),
    { text: 'It exists. Go on:', commands: ['again'] },
  ],
])('after %s', (_, error, advice) => {
  expect(hintToContinue(error, 'It exists.', ['again'])).toEqual(advice);
});
