import { expect, test } from 'vitest';
import { CliError, InterruptedError } from '../../src/base/errors.js';
import { hintToContinue } from '../../src/connections/steps.js';

const hint = { text: 'Look:', commands: ['atlas-pe list'] };
const goOn = { text: 'It exists. To continue:', commands: ['again'] };

test.each([
  ['an interruption', new InterruptedError('SIGINT', { hint }), goOn],
  ['a time-out', new CliError('timedOut', 'x', { hint }), goOn],
  ['an error without a hint', new CliError('unexpected', 'x'), goOn],
  ['a usage error', new CliError('usage', 'x', { hint }), { text: 'It exists. Look:', commands: hint.commands }],
  [
    'a usage error without commands',
    new CliError('usage', 'x', { hint: 'Choose.' }),
    { text: 'It exists. Choose.', commands: [] },
  ],
  [
    'a hint without commands',
    new CliError('conflict', 'x', { hint: 'Wait.' }),
    { text: 'Wait. It exists. To continue:', commands: ['again'] },
  ],
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
